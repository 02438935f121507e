import {
  BookOutlined,
  CalendarOutlined,
  FieldTimeOutlined,
  FileProtectOutlined,
  SlidersOutlined,
} from '@ant-design/icons'
import type { Feature } from '../../feature.ts'

export const administration: Feature = {
  pages: [
    {
      path: '/parameters',
      load: () => import('./pages/parameters.tsx'),
      name: 'ParametersPage',
      title: '参数',
    },
    {
      path: '/dictionaries',
      load: () => import('./pages/dictionaries.tsx'),
      name: 'DictionariesPage',
      title: '数据字典',
    },
    {
      path: '/calendar',
      load: () => import('./pages/calendar.tsx'),
      name: 'CalendarPage',
      title: '工作日历',
    },
    { path: '/jobs', load: () => import('./pages/jobs.tsx'), name: 'JobsPage', title: '后台任务' },
    { path: '/audit', load: () => import('./pages/audit.tsx'), name: 'AuditPage', title: '审计日志' },
    {
      path: '/audit/verifications',
      load: () => import('./pages/verifications.tsx'),
      name: 'VerificationsPage',
      title: '审计校验',
    },
  ],
  menu: [
    {
      path: '/parameters',
      label: '参数',
      group: '系统管理',
      icon: <SlidersOutlined />,
      permissions: ['administration.parameter.find'],
    },
    {
      path: '/dictionaries',
      label: '数据字典',
      group: '系统管理',
      icon: <BookOutlined />,
      // The security administrator reads parameters only.
      permissions: ['administration.dictionary.import', 'administration.job.find'],
    },
    {
      path: '/calendar',
      label: '工作日历',
      group: '系统管理',
      icon: <CalendarOutlined />,
      permissions: ['administration.calendar.update', 'administration.job.find'],
    },
    {
      path: '/jobs',
      label: '后台任务',
      group: '系统管理',
      icon: <FieldTimeOutlined />,
      permissions: ['administration.job.find'],
    },
    {
      path: '/audit',
      label: '审计日志',
      group: '审计',
      icon: <FileProtectOutlined />,
      permissions: ['administration.audit.find'],
    },
  ],
}
