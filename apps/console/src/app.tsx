/** The console: theme, words, data, addresses. */
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { router } from './router.tsx'
import { queryClient } from './session.ts'
import { themeOf, useShade } from './theme.ts'

dayjs.locale('zh-cn')

export function Console() {
  const shade = useShade()
  return (
    <ConfigProvider locale={zhCN} theme={themeOf(shade)} button={{ autoInsertSpace: false }}>
      <App className="hj-root" component="div">
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
