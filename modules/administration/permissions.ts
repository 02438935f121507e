/** Permissions of this module with the words the console shows. The audit log is the audit administrator's alone (PLT-5). */
export const administrationPermissions = {
  'administration.parameter.find': '查询参数',
  'administration.parameter.update': '修改参数',
  'administration.security.update': '修改安全参数',
  'administration.dictionary.find': '查询字典',
  'administration.dictionary.import': '导入字典',
  'administration.calendar.find': '查询工作日历',
  'administration.calendar.update': '维护工作日历',
  'administration.job.find': '查询后台任务',
  'administration.job.manage': '重试与取消后台任务',
  'administration.audit.find': '查询、校验与导出审计日志',
} as const
