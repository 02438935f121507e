/** Permissions of business handling, with the words the console shows. */
export const businessPermissions = {
  'business.transaction.find': '查询业务流水',
  'business.transaction.accept': '受理业务',
  'business.transaction.review': '复核业务',
  'business.transaction.issue': '制证',
  'business.transaction.archive': '归档',
  'business.transaction.amend': '流水修改',
  'business.transaction.withdraw': '退办业务',
  'business.person.find': '查询人员',
  'business.person.unmask': '查看人员完整信息',
  'business.person.update': '变更人员信息',
  'business.vehicle.find': '查询机动车',
  'business.import.find': '查看数据导入',
  'business.import.create': '导入数据',
} as const
