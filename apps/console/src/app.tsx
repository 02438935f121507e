/** The console: theme, words, data, addresses. */
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider, type ConfigProviderProps } from 'antd'
import zhCN from 'antd/es/locale/zh_CN.js'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn.js'
import { router } from './router.tsx'
import { queryClient } from './session.ts'
import { themeOf, useShade } from './theme.ts'

dayjs.locale('zh-cn')

// The bundler gives the module's default; the type checker, seeing CommonJS, its wrapper.
const words = zhCN as unknown as NonNullable<ConfigProviderProps['locale']>

export function Console() {
  const shade = useShade()
  return (
    <ConfigProvider locale={words} theme={themeOf(shade)} button={{ autoInsertSpace: false }}>
      <App className="hj-root" component="div">
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
