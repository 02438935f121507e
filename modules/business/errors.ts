/** Errors of business handling. */
import { defineErrors } from '@hengjian/platform/errors'

export const businessErrors = defineErrors('business', {
  unknown_kind: { status: 400, title: '不支持的业务类型' },
  unknown_reason: { status: 400, title: '业务原因不适用于该业务类型' },
  agent_not_allowed: { status: 400, title: '该业务不允许代理人办理' },
  subject_required: { status: 400, title: '缺少业务主体信息' },
  identity_number: { status: 400, title: '身份证明号码有误' },
  not_allowed_in_state: { status: 409, title: '当前状态不允许该操作' },
  warnings_open: { status: 409, title: '尚有未确认的业务提示' },
  same_person: { status: 403, title: '受理人不得复核本人受理的业务' },
  not_the_step: { status: 409, title: '该环节当前不能办理' },
  altered: { status: 500, title: '该业务流水在数据库中被篡改，已记录为安全事件' },
})
