import { describe, expect, test } from 'vitest'
import { businessKinds, stepAfter } from './kinds.ts'
import {
  nextState,
  runningStateAfter,
  type TransactionEvent,
  type TransactionState,
  transactionStates,
} from './lifecycle.ts'

/** What each event does in each state; what is not named is refused. */
const ALLOWED: Record<TransactionState, Partial<Record<string, TransactionState>>> = {
  accepted: {
    HOLD: 'held',
    RETURN: 'returned',
    SUSPEND: 'suspended',
    WITHDRAW: 'withdrawn',
    REVIEWED: 'approved',
    'REVIEWED last': 'completed',
  },
  in_review: {
    HOLD: 'held',
    RETURN: 'returned',
    SUSPEND: 'suspended',
    WITHDRAW: 'withdrawn',
    REVIEWED: 'approved',
    'REVIEWED last': 'completed',
  },
  approved: {
    HOLD: 'held',
    RETURN: 'returned',
    SUSPEND: 'suspended',
    WITHDRAW: 'withdrawn',
    ISSUED: 'issued',
    'ISSUED last': 'completed',
    ARCHIVED: 'archived',
    'ARCHIVED last': 'completed',
  },
  issued: {
    HOLD: 'held',
    RETURN: 'returned',
    SUSPEND: 'suspended',
    WITHDRAW: 'withdrawn',
    ARCHIVED: 'archived',
    'ARCHIVED last': 'completed',
  },
  archived: { HOLD: 'held', RETURN: 'returned', SUSPEND: 'suspended', WITHDRAW: 'withdrawn' },
  held: {
    'RELEASE accepted': 'accepted',
    'RELEASE approved': 'approved',
    REFUSE: 'withdrawn',
    WITHDRAW: 'withdrawn',
  },
  returned: { RESUBMIT: 'in_review', WITHDRAW: 'withdrawn', HOLD: 'held' },
  suspended: { 'RESUME accepted': 'accepted', 'RESUME approved': 'approved', WITHDRAW: 'withdrawn' },
  completed: {},
  withdrawn: {},
}

const EVENTS: Record<string, TransactionEvent> = {
  HOLD: { type: 'HOLD' },
  'RELEASE accepted': { type: 'RELEASE', to: 'accepted' },
  'RELEASE approved': { type: 'RELEASE', to: 'approved' },
  REFUSE: { type: 'REFUSE' },
  REVIEWED: { type: 'REVIEWED', last: false },
  'REVIEWED last': { type: 'REVIEWED', last: true },
  ISSUED: { type: 'ISSUED', last: false },
  'ISSUED last': { type: 'ISSUED', last: true },
  ARCHIVED: { type: 'ARCHIVED', last: false },
  'ARCHIVED last': { type: 'ARCHIVED', last: true },
  RETURN: { type: 'RETURN' },
  RESUBMIT: { type: 'RESUBMIT' },
  WITHDRAW: { type: 'WITHDRAW' },
  SUSPEND: { type: 'SUSPEND' },
  'RESUME accepted': { type: 'RESUME', to: 'accepted' },
  'RESUME approved': { type: 'RESUME', to: 'approved' },
}

describe.each(Object.keys(transactionStates) as TransactionState[])(
  'BIZ-4 a transaction that is %s',
  (state) => {
    test.each(Object.keys(EVENTS))('BIZ-4 answers %s', (name) => {
      expect(nextState(state, EVENTS[name]!)).toBe(ALLOWED[state][name] ?? null)
    })
  },
)

test('BIZ-4 a held transaction goes back to the state of its last completed step', () => {
  expect(runningStateAfter(['accept'])).toBe('accepted')
  expect(runningStateAfter(['accept', 'review'])).toBe('approved')
  expect(runningStateAfter(['accept', 'review', 'issue'])).toBe('issued')
})

test.each(businessKinds)('BIZ-2 $title ($code) runs from acceptance to archiving, each step once', (kind) => {
  expect(kind.steps[0]).toBe('accept')
  expect(kind.steps.at(-1)).toBe('archive')
  expect(new Set(kind.steps).size).toBe(kind.steps.length)
  expect(stepAfter(kind, 'archive')).toBeNull()
})

test('BIZ-2 codes of business kinds are unique', () => {
  expect(new Set(businessKinds.map((kind) => kind.code)).size).toBe(businessKinds.length)
})
