import { defineErrors } from '@hengjian/platform/errors'

/** What can be wrong in administration. */
export const administrationErrors = defineErrors('administration', {
  unknown_parameter: { status: 404, title: '没有这个参数' },
  parameter_invalid: { status: 400, title: '参数值不在允许的范围内' },
  parameter_changed: { status: 409, title: '参数已被他人修改，请刷新后重试' },
  parameter_level: { status: 400, title: '该参数只能在全局设置' },
  nothing_to_reset: { status: 409, title: '本机构没有自设值，已沿用上级' },
  unknown_unit: { status: 404, title: '没有这个机构' },
  unknown_dictionary: { status: 404, title: '没有这个字典或版本' },
  dictionary_unnamed: { status: 400, title: '新字典须给出名称' },
  csv_invalid: { status: 400, title: '文件内容有误，未作任何修改' },
  calendar_day_not_set: { status: 409, title: '该日没有单独设置' },
  job_not_failed: { status: 409, title: '只有失败的任务可以重试' },
  job_ended: { status: 409, title: '任务已结束，不能取消' },
})
