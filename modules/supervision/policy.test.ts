import { expect, test } from 'vitest'
import { mayAssign, mayDecide, mayInvestigate, mayRenew, mayReview } from './policy.ts'

const corps = '/45/'
const city = '/45/4503/'
const brigade = '/45/4503/450301/'
const sister = '/45/4503/450302/'
const other = '/61/6101/'

test('SUP-1 who may decide on an authorisation of a brigade', () => {
  const row = { handlerId: 'h', unitPath: brigade }
  const said = (id: string, unitPath: string, operators: (string | null)[] = ['h', null]) =>
    mayDecide({ id, unitPath }, row, operators)?.code ?? 'allowed'
  expect(said('leader', brigade)).toBe('allowed')
  expect(said('leader', city)).toBe('allowed')
  expect(said('leader', corps)).toBe('allowed')
  expect(said('leader', sister)).toBe('supervision.wrong_unit')
  expect(said('leader', other)).toBe('supervision.wrong_unit')
  expect(said('h', city)).toBe('supervision.own_transaction')
  expect(said('reviewer', city, ['h', 'reviewer'])).toBe('supervision.handled_a_step')
})

test('SUP-1 only the handler asks again', () => {
  expect(mayRenew({ id: 'h' }, { handlerId: 'h' })).toBeNull()
  expect(mayRenew({ id: 'x' }, { handlerId: 'h' })?.code).toBe('supervision.not_the_handler')
})

test('SUP-21 who may assign a case of a brigade, and where', () => {
  const said = (
    unitPath: string,
    target: string,
    assignedPath: string | null = null,
    scope: 'unit' | 'all' = 'unit',
  ) => mayAssign({ unitPath, scope }, { unitPath: brigade, assignedPath }, target)?.code ?? 'allowed'
  expect(said(brigade, brigade)).toBe('allowed')
  expect(said(city, sister)).toBe('allowed')
  expect(said(sister, brigade)).toBe('supervision.wrong_unit')
  expect(said(sister, city, sister)).toBe('allowed')
  expect(said(city, other)).toBe('supervision.wrong_unit')
  expect(said('/', other, null, 'all')).toBe('allowed')
})

test('SUP-21 who may investigate', () => {
  const said = (
    id: string,
    unitPath: string,
    assigneeId: string | null,
    assignedPath: string | null = sister,
  ) => mayInvestigate({ id, unitPath }, { unitPath: brigade, assignedPath, assigneeId })?.code ?? 'allowed'
  expect(said('i', sister, 'i')).toBe('allowed')
  expect(said('x', sister, 'i')).toBe('supervision.not_assigned_to_you')
  expect(said('x', sister, null)).toBe('allowed')
  expect(said('x', brigade, null)).toBe('supervision.not_assigned_to_you')
  expect(said('x', brigade, null, null)).toBe('allowed')
  expect(said('x', city, null)).toBe('supervision.not_assigned_to_you')
})

test('SUP-21 who may review', () => {
  const said = (id: string, unitPath: string) =>
    mayReview({ id, unitPath }, { unitPath: brigade, assignedPath: sister, investigatorId: 'i' })?.code ??
    'allowed'
  expect(said('leader', sister)).toBe('allowed')
  expect(said('leader', city)).toBe('allowed')
  expect(said('leader', brigade)).toBe('supervision.wrong_unit')
  expect(said('i', city)).toBe('supervision.investigator_reviews')
})
