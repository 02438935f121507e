import { BankOutlined, IdcardOutlined } from '@ant-design/icons'
import type { Feature } from '../../feature.ts'

export const registry: Feature = {
  pages: [
    {
      path: '/institutions',
      load: () => import('./pages/institutions.tsx'),
      name: 'InstitutionsPage',
      title: '社会化服务机构',
    },
    { path: '/agents', load: () => import('./pages/agents.tsx'), name: 'AgentsPage', title: '代理人' },
  ],
  menu: [
    {
      path: '/institutions',
      label: '社会化机构',
      group: '业务办理',
      icon: <BankOutlined />,
      permissions: ['registry.institution.find'],
    },
    {
      path: '/agents',
      label: '代理人',
      group: '业务办理',
      icon: <IdcardOutlined />,
      permissions: ['registry.agent.find'],
    },
  ],
}
