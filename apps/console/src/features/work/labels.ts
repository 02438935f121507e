import type { WorkItem } from '@hengjian/supervision/contract'

export const workKinds: Record<WorkItem['kind'], string> = {
  authorisation: '待授权',
  warning: '预警提示',
  setting_change: '指标调整',
  composed_version: '自编指标',
  case_assign: '待分派',
  case_investigate: '待调查',
  case_review: '待审核',
  transaction: '业务',
}
