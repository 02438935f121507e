/** Errors of supervision. */
import { defineErrors } from '@hengjian/platform/errors'

export const supervisionErrors = defineErrors('supervision', {
  not_your_warning: { status: 403, title: '只有被提示的经办人可以确认该提示' },
  not_allowed_in_state: { status: 409, title: '当前状态不允许该操作' },
  own_transaction: { status: 403, title: '不得授权本人经办的业务' },
  handled_a_step: { status: 403, title: '经办过该业务环节的人员不得授权' },
  wrong_unit: { status: 403, title: '不属于有权处理的机构或其上级机构' },
  authorisation_expired: { status: 409, title: '授权申请已超过时限，请由经办人重新申请' },
  not_the_handler: { status: 403, title: '只有该业务的经办人可以重新申请授权' },
  unknown_indicator: { status: 404, title: '没有该编号的指标' },
  parameter_invalid: { status: 400, title: '指标参数有误' },
  setting_changed: { status: 409, title: '该指标的设置已被他人修改，请刷新后重试' },
  change_pending: { status: 409, title: '该指标在本机构已有一项调整等待批准，请先处理' },
  own_change: { status: 403, title: '不得批准本人提出的调整' },
  suppression_ended: { status: 409, title: '该屏蔽已经到期或已被解除' },
  period_invalid: { status: 400, title: '研判期间有误' },
  override_invalid: { status: 400, title: '研判条件不能用于该指标' },
  run_finished: { status: 409, title: '该研判任务已经结束' },
  findings_differ: { status: 400, title: '所选研判结果不属于同一主体' },
  finding_not_open: { status: 409, title: '所选研判结果已在嫌疑业务中、已屏蔽或已被取代' },
  not_assigned_to_you: { status: 403, title: '该嫌疑业务未分派给您或您的机构' },
  investigator_reviews: { status: 403, title: '调查人不得审核本人调查的嫌疑业务' },
  nothing_recorded: { status: 409, title: '请先记录调查情况，再提交审核' },
  unknown_theme: { status: 404, title: '没有该专题' },
  theme_too_slow: { status: 503, title: '统计超过时限，请缩短期间或缩小机构范围' },
  unknown_unit: { status: 400, title: '没有该机构' },
})
