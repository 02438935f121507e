import { ApartmentOutlined, SafetyCertificateOutlined, TeamOutlined } from '@ant-design/icons'
import type { Feature } from '../../feature.ts'

export const identity: Feature = {
  pages: [
    { path: '/units', load: () => import('./pages/units.tsx'), name: 'UnitsPage', title: '机构' },
    { path: '/users', load: () => import('./pages/users.tsx'), name: 'UsersPage', title: '用户' },
    { path: '/users/$id', load: () => import('./pages/user.tsx'), name: 'UserPage', title: '用户详情' },
    { path: '/roles', load: () => import('./pages/roles.tsx'), name: 'RolesPage', title: '角色与权限' },
  ],
  menu: [
    {
      path: '/units',
      label: '机构',
      group: '系统管理',
      icon: <ApartmentOutlined />,
      permissions: ['identity.unit.create', 'identity.unit.update', 'identity.user.find'],
    },
    {
      path: '/users',
      label: '用户',
      group: '系统管理',
      icon: <TeamOutlined />,
      permissions: ['identity.user.find'],
    },
    {
      path: '/roles',
      label: '角色与权限',
      group: '系统管理',
      icon: <SafetyCertificateOutlined />,
      permissions: ['identity.role.find'],
    },
  ],
}
