/**
 * Lifecycles of supervision, evaluated purely inside the command's database transaction. A state is never set by
 * anything but the answer of a `next…` function; null means that the event is not allowed in that state.
 */
import { type AnyStateMachine, createMachine, transition } from 'xstate'

/** The leader's decision on a held transaction. */
const authorisationMachine = createMachine({
  id: 'authorisation',
  initial: 'requested',
  states: {
    requested: { on: { GRANT: 'granted', REFUSE: 'refused', EXPIRE: 'expired', WITHDRAW: 'withdrawn' } },
    granted: { type: 'final' },
    refused: { type: 'final' },
    expired: { type: 'final' },
    withdrawn: { type: 'final' },
  },
})
export const authorisationStates = {
  requested: '待授权',
  granted: '已授权',
  refused: '不予授权',
  expired: '已过期',
  withdrawn: '已撤回',
} as const
export type AuthorisationState = keyof typeof authorisationStates
type AuthorisationEvent = 'GRANT' | 'REFUSE' | 'EXPIRE' | 'WITHDRAW'

/** What an in-process indicator showed to the handler. */
const warningMachine = createMachine({
  id: 'warning',
  initial: 'shown',
  states: { shown: { on: { ACKNOWLEDGE: 'acknowledged' } }, acknowledged: { type: 'final' } },
})
export const warningStates = { shown: '待确认', acknowledged: '已确认' } as const
export type WarningState = keyof typeof warningStates
type WarningEvent = 'ACKNOWLEDGE'

/** One crossing of a post-hoc threshold. A later run over the same period supersedes it. */
const findingMachine = createMachine({
  id: 'finding',
  initial: 'open',
  states: {
    open: { on: { JOIN_CASE: 'in_case', SUPPRESS: 'suppressed', SUPERSEDE: 'superseded' } },
    in_case: { on: { SUPERSEDE: 'superseded' } },
    suppressed: { on: { REOPEN: 'open', SUPERSEDE: 'superseded' } },
    superseded: { type: 'final' },
  },
})
export const findingStates = {
  open: '待处理',
  in_case: '已立嫌疑业务',
  suppressed: '已屏蔽',
  superseded: '已被取代',
} as const
export type FindingState = keyof typeof findingStates
type FindingEvent = 'JOIN_CASE' | 'SUPPRESS' | 'REOPEN' | 'SUPERSEDE'

/** A setting that waits for a second person. */
const settingChangeMachine = createMachine({
  id: 'setting_change',
  initial: 'proposed',
  states: {
    proposed: { on: { APPROVE: 'approved', REFUSE: 'refused', WITHDRAW: 'withdrawn' } },
    approved: { type: 'final' },
    refused: { type: 'final' },
    withdrawn: { type: 'final' },
  },
})
export const settingChangeStates = {
  proposed: '待批准',
  approved: '已批准',
  refused: '未批准',
  withdrawn: '已撤回',
} as const
export type SettingChangeState = keyof typeof settingChangeStates
export type SettingChangeEvent = 'APPROVE' | 'REFUSE' | 'WITHDRAW'

/** A version of a composed indicator. Which of the approved ones runs is said by the indicator itself. */
const composedMachine = createMachine({
  id: 'composed_version',
  initial: 'draft',
  states: {
    draft: { on: { SAVE: 'draft', SUBMIT: 'submitted' } },
    submitted: { on: { APPROVE: 'approved', REFUSE: 'refused' } },
    approved: { type: 'final' },
    refused: { type: 'final' },
  },
})
export const composedStates = {
  draft: '暂存',
  submitted: '待批准',
  approved: '已批准',
  refused: '未批准',
} as const
export type ComposedState = keyof typeof composedStates
export type ComposedEvent = 'SAVE' | 'SUBMIT' | 'APPROVE' | 'REFUSE'

/** Findings about one subject under investigation (SUP-20, SUP-21). */
const caseMachine = createMachine({
  id: 'suspect_case',
  initial: 'pending',
  states: {
    pending: { on: { ASSIGN: 'pending', START: 'investigating' } },
    investigating: { on: { ASSIGN: 'pending', RECORD: 'investigating', SUBMIT: 'under_review' } },
    under_review: { on: { CLOSE: 'closed', RETURN: 'returned' } },
    returned: { on: { ASSIGN: 'pending', START: 'investigating' } },
    closed: { on: { REOPEN: 'pending' } },
  },
})
export const caseStates = {
  pending: '待处理',
  investigating: '调查中',
  under_review: '待审核',
  returned: '退回重办',
  closed: '已办结',
} as const
export type CaseState = keyof typeof caseStates
export type CaseEvent = 'ASSIGN' | 'START' | 'RECORD' | 'SUBMIT' | 'CLOSE' | 'RETURN' | 'REOPEN'
export const caseOutcomes = { confirmed: '属实', valuable: '情况存在', false_positive: '误报' } as const

function next(machine: AnyStateMachine, state: string, event: string): string | null {
  const before = machine.resolveState({ value: state } as never)
  if (!before.can({ type: event })) return null
  return transition(machine, before, { type: event })[0].value as string
}

export const nextAuthorisation = (state: AuthorisationState, event: AuthorisationEvent) =>
  next(authorisationMachine, state, event) as AuthorisationState | null
export const nextWarning = (state: WarningState, event: WarningEvent) =>
  next(warningMachine, state, event) as WarningState | null
export const nextFinding = (state: FindingState, event: FindingEvent) =>
  next(findingMachine, state, event) as FindingState | null
export const nextSettingChange = (state: SettingChangeState, event: SettingChangeEvent) =>
  next(settingChangeMachine, state, event) as SettingChangeState | null
export const nextComposed = (state: ComposedState, event: ComposedEvent) =>
  next(composedMachine, state, event) as ComposedState | null
export const nextCase = (state: CaseState, event: CaseEvent) =>
  next(caseMachine, state, event) as CaseState | null
