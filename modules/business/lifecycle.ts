/**
 * Lifecycle of a transaction, evaluated purely inside the command's database transaction. A state field is never set
 * by anything but the answer of `nextState`.
 */
import { createMachine, transition } from 'xstate'
import type { Step } from './kinds.ts'

/** States with their words (conventions: state names). */
export const transactionStates = {
  accepted: '已受理',
  held: '待授权',
  in_review: '复核中',
  returned: '已退回',
  approved: '已复核',
  issued: '已制证',
  archived: '已归档',
  completed: '办结',
  suspended: '已挂起',
  withdrawn: '退办',
} as const
export type TransactionState = keyof typeof transactionStates

/** What may happen to a transaction. `last`: the step completed was the kind's last. */
export type TransactionEvent =
  | { type: 'HOLD' }
  | { type: 'RELEASE'; to: Running }
  | { type: 'REFUSE' }
  | { type: 'REVIEWED'; last: boolean }
  | { type: 'ISSUED'; last: boolean }
  | { type: 'ARCHIVED'; last: boolean }
  | { type: 'RETURN' }
  | { type: 'RESUBMIT' }
  | { type: 'WITHDRAW' }
  | { type: 'SUSPEND' }
  | { type: 'RESUME'; to: Running }

/** States in which steps are worked on. */
export type Running = 'accepted' | 'in_review' | 'approved' | 'issued' | 'archived'

const last = ({ event }: { event: { last?: boolean } }) => event.last === true
const back = (['accepted', 'in_review', 'approved', 'issued', 'archived'] as const).map((target) => ({
  target,
  guard: ({ event }: { event: { to?: Running } }) => event.to === target,
}))
/** While work goes on it may be held, sent back, suspended or withdrawn at any step. */
const running = { HOLD: 'held', RETURN: 'returned', SUSPEND: 'suspended', WITHDRAW: 'withdrawn' } as const
const finish = (target: Running) => [{ target: 'completed', guard: last }, { target }]

/** The machine; `docs` and the module's README draw it. */
export const transactionMachine = createMachine({
  types: {} as { events: TransactionEvent },
  id: 'transaction',
  initial: 'accepted',
  states: {
    accepted: { on: { ...running, REVIEWED: finish('approved') } },
    in_review: { on: { ...running, REVIEWED: finish('approved') } },
    approved: { on: { ...running, ISSUED: finish('issued'), ARCHIVED: finish('archived') } },
    issued: { on: { ...running, ARCHIVED: finish('archived') } },
    archived: { on: { ...running } },
    held: { on: { RELEASE: back, REFUSE: 'withdrawn', WITHDRAW: 'withdrawn' } },
    returned: { on: { RESUBMIT: 'in_review', WITHDRAW: 'withdrawn', HOLD: 'held' } },
    suspended: { on: { RESUME: back, WITHDRAW: 'withdrawn' } },
    completed: { type: 'final' },
    withdrawn: { type: 'final' },
  },
})

/** State after `event`, or null when the event is not allowed in `state`. */
export function nextState(state: TransactionState, event: TransactionEvent): TransactionState | null {
  const snapshot = transactionMachine.resolveState({ value: state })
  const [next] = transition(transactionMachine, snapshot, event)
  const value = next.value as TransactionState
  const known = transactionMachine.states[state]?.on as Record<string, unknown> | undefined
  return known?.[event.type] === undefined || (value === state && event.type !== 'RESUBMIT') ? null : value
}

/** The event that completing a step is. */
export const stepEvents = { review: 'REVIEWED', issue: 'ISSUED', archive: 'ARCHIVED' } as const

/** State a held or suspended transaction goes back to: that of its last completed step. */
export function runningStateAfter(doneSteps: readonly Step[]): Running {
  if (doneSteps.includes('archive')) return 'archived'
  if (doneSteps.includes('issue')) return 'issued'
  if (doneSteps.includes('review')) return 'approved'
  return 'accepted'
}
