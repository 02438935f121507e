import { HomeOutlined } from '@ant-design/icons'
import type { Feature } from '../../feature.ts'

export const work: Feature = {
  pages: [
    { path: '/', load: () => import('./pages/workbench.tsx'), name: 'WorkbenchPage', title: '工作台' },
    { path: '/account', load: () => import('./pages/account.tsx'), name: 'AccountPage', title: '我的账号' },
  ],
  menu: [{ path: '/', label: '工作台', group: '', icon: <HomeOutlined />, permissions: [] }],
}
