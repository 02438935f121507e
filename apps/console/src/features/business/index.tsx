import { CloudUploadOutlined, FileSearchOutlined, SolutionOutlined } from '@ant-design/icons'
import type { Feature } from '../../feature.ts'

export const business: Feature = {
  pages: [
    {
      path: '/desk',
      load: () => import('./pages/window-desk.tsx'),
      name: 'WindowDeskPage',
      title: '窗口办理',
    },
    {
      path: '/transactions',
      load: () => import('./pages/transactions.tsx'),
      name: 'TransactionsPage',
      title: '业务流水',
    },
    {
      path: '/transactions/$id',
      load: () => import('./pages/transaction.tsx'),
      name: 'TransactionPage',
      title: '业务流水详情',
    },
    {
      path: '/vehicles/$id',
      load: () => import('./pages/vehicle.tsx'),
      name: 'VehiclePage',
      title: '机动车档案',
    },
    { path: '/persons/$id', load: () => import('./pages/person.tsx'), name: 'PersonPage', title: '人员档案' },
    { path: '/imports', load: () => import('./pages/imports.tsx'), name: 'ImportsPage', title: '数据导入' },
    { path: '/imports/$id', load: () => import('./pages/import.tsx'), name: 'ImportPage', title: '导入详情' },
  ],
  menu: [
    {
      path: '/desk',
      label: '窗口办理',
      group: '业务办理',
      icon: <SolutionOutlined />,
      permissions: [
        'business.transaction.accept',
        'business.transaction.review',
        'business.transaction.issue',
        'business.transaction.archive',
      ],
    },
    {
      path: '/transactions',
      label: '业务流水',
      group: '业务办理',
      icon: <FileSearchOutlined />,
      permissions: ['business.transaction.find'],
    },
    {
      path: '/imports',
      label: '数据导入',
      group: '数据',
      icon: <CloudUploadOutlined />,
      permissions: ['business.import.find'],
    },
  ],
}
