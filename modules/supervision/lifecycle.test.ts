import { expect, test } from 'vitest'
import {
  authorisationStates,
  caseStates,
  composedStates,
  findingStates,
  nextAuthorisation,
  nextCase,
  nextComposed,
  nextFinding,
  nextSettingChange,
  nextWarning,
  settingChangeStates,
  warningStates,
} from './lifecycle.ts'

/** Every state × event; what is not named here must be refused. */
const walks = [
  {
    name: 'SUP-1 authorisation',
    states: Object.keys(authorisationStates),
    next: nextAuthorisation,
    allowed: {
      requested: { GRANT: 'granted', REFUSE: 'refused', EXPIRE: 'expired', WITHDRAW: 'withdrawn' },
    },
  },
  {
    name: 'SUP-1 warning',
    states: Object.keys(warningStates),
    next: nextWarning,
    allowed: { shown: { ACKNOWLEDGE: 'acknowledged' } },
  },
  {
    name: 'SUP-3 change of a setting',
    states: Object.keys(settingChangeStates),
    next: nextSettingChange,
    allowed: { proposed: { APPROVE: 'approved', REFUSE: 'refused', WITHDRAW: 'withdrawn' } },
  },
  {
    name: 'SUP-3 version of a composed indicator',
    states: Object.keys(composedStates),
    next: nextComposed,
    allowed: {
      draft: { SAVE: 'draft', SUBMIT: 'submitted' },
      submitted: { APPROVE: 'approved', REFUSE: 'refused' },
    },
  },
  {
    name: 'SUP-10 finding',
    states: Object.keys(findingStates),
    next: nextFinding,
    allowed: {
      open: { JOIN_CASE: 'in_case', SUPPRESS: 'suppressed', SUPERSEDE: 'superseded' },
      in_case: { SUPERSEDE: 'superseded' },
      suppressed: { REOPEN: 'open', SUPERSEDE: 'superseded' },
    },
  },
  {
    name: 'SUP-21 suspect case',
    states: Object.keys(caseStates),
    next: nextCase,
    allowed: {
      pending: { ASSIGN: 'pending', START: 'investigating' },
      investigating: { ASSIGN: 'pending', RECORD: 'investigating', SUBMIT: 'under_review' },
      under_review: { CLOSE: 'closed', RETURN: 'returned' },
      returned: { ASSIGN: 'pending', START: 'investigating' },
      closed: { REOPEN: 'pending' },
    },
  },
] as const

for (const walk of walks) {
  const allowed = walk.allowed as Record<string, Record<string, string>>
  const events = new Set(Object.values(allowed).flatMap((to) => Object.keys(to)))
  for (const state of walk.states)
    for (const event of events)
      test(`${walk.name}: ${event} in ${state}`, () => {
        expect(walk.next(state as never, event as never)).toBe(allowed[state]?.[event] ?? null)
      })
}
