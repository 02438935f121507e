/** Permissions of supervision, with the words the console shows. */
export const supervisionPermissions = {
  'supervision.warning.find': '查询预警提示',
  'supervision.warning.acknowledge': '确认预警提示',
  'supervision.authorisation.find': '查询业务授权',
  'supervision.authorisation.request': '重新申请业务授权',
  'supervision.authorisation.grant': '业务审核授权',
  'supervision.indicator.find': '查询指标与阈值',
  'supervision.indicator.update': '调整指标与阈值',
  'supervision.analysis.find': '查询研判任务',
  'supervision.analysis.start': '发起研判任务',
  'supervision.finding.find': '查询研判结果',
  'supervision.finding.suppress': '屏蔽研判结果',
  'supervision.case.find': '查询嫌疑业务',
  'supervision.case.open': '登记嫌疑业务',
  'supervision.case.assign': '分派嫌疑业务',
  'supervision.case.investigate': '调查嫌疑业务',
  'supervision.case.review': '审核嫌疑业务',
} as const
