/** Permissions of registry, with the words the console shows. */
export const registryPermissions = {
  'registry.institution.find': '查询社会化服务机构',
  'registry.staff.find': '查询经办人员',
  'registry.agent.find': '查询代理人',
  'registry.agent.create': '登记代理人',
} as const
