/** Business handling and supervision together, as the composition root joins them. */
import { createBusinessModule, transactionFacts, transactionHold } from '@hengjian/business'
import { aHandler, anIdNumber, aPerson, aVehicle, call, quietPorts } from '@hengjian/business/testing'
import type { Actor } from '@hengjian/platform/context'
import type { ModuleManifest } from '@hengjian/platform/http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { warningsOf, withdrawAuthorisations } from './index.ts'
import { supervisionPermissions } from './permissions.ts'
import { createSupervisionFixture, type SupervisionFixture } from './testing.ts'

let fixture: SupervisionFixture
let business: ModuleManifest
let leader: Actor
const brigade = '/45/4503/450302/'

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  const ports = quietPorts({
    guards: [fixture.supervision.guard],
    warningsOf,
    onWithdrawn: withdrawAuthorisations,
  })
  const facts = (ctx: Parameters<typeof transactionFacts>[0], id: string) => transactionFacts(ctx, ports, id)
  Object.assign(fixture.ports, { transactions: { ...transactionHold(ports), facts } })
  business = createBusinessModule(ports)
  leader = fixture.user('/45/4503/')
  await fixture.admin.query(
    `INSERT INTO non_compliant_product (id, model) VALUES (gen_random_uuid(), 'BAD1') ON CONFLICT DO NOTHING`,
  )
})
afterAll(() => fixture.close())

const window = () => {
  const handler = aHandler({ unitPath: brigade })
  return {
    ...handler,
    permissions: new Set([...handler.permissions, ...Object.keys(supervisionPermissions)]),
  }
}
interface Answer {
  id: string
  serial: string
  state: string
  authorisationId: string | null
  warnings: { id: string; code: string; state: string }[]
}
const accept = (actor: Actor, input: object) =>
  call<Answer>(fixture.services, business, actor, 'acceptTransaction', {
    requestId: crypto.randomUUID(),
    businessKind: 'registration',
    channel: 'window',
    changes: [],
    vehicle: aVehicle(),
    person: aPerson(),
    ...input,
  })
const get = (actor: Actor, id: string) =>
  call<{ state: string }>(fixture.services, business, actor, 'getTransaction', { id })
const review = (actor: Actor, id: string) =>
  call<Answer>(fixture.services, business, actor, 'completeStep', { id, step: 'review', opinion: '同意' })

test('SUP-1 SUP-IN-012104 accepted, held in the same transaction, granted, goes on', async () => {
  const handler = window()
  const accepted = await accept(handler, { vehicle: aVehicle({ model: 'BAD1' }) })
  expect(accepted).toMatchObject({ state: 'held', warnings: [{ code: '012104', effect: 'authorise' }] })
  const view = await fixture.call(leader, 'getAuthorisation', { id: accepted.authorisationId })
  expect(view).toMatchObject({ serial: accepted.serial, allowed: ['grant', 'refuse'] })
  expect(view.steps[0]).toMatchObject({ step: 'accept', operatorId: handler.id })
  await expect(review(window(), accepted.id)).rejects.toMatchObject({ status: 409 })
  await fixture.call(leader, 'grantAuthorisation', { id: accepted.authorisationId, reason: '经核实不在名单' })
  expect((await get(handler, accepted.id)).state).toBe('accepted')
  expect(await review(window(), accepted.id)).toMatchObject({ state: 'approved' })
})

test('SUP-1 refused by the leader: the transaction ends', async () => {
  const handler = window()
  const accepted = await accept(handler, { vehicle: aVehicle({ model: 'BAD1' }) })
  await fixture.call(leader, 'refuseAuthorisation', { id: accepted.authorisationId, reason: '属违规产品' })
  expect((await get(handler, accepted.id)).state).toBe('withdrawn')
})

test('SUP-1 withdrawn at the window: the waiting authorisation ends with it', async () => {
  const handler = window()
  const accepted = await accept(handler, { vehicle: aVehicle({ model: 'BAD1' }) })
  await call(fixture.services, business, handler, 'withdrawTransaction', {
    id: accepted.id,
    reason: '申请人放弃',
  })
  expect(await fixture.call(leader, 'getAuthorisation', { id: accepted.authorisationId })).toMatchObject({
    state: 'withdrawn',
  })
})

test('SUP-IN-012001 the twelfth vehicle of one person prompts; the review waits until the handler has acknowledged', async () => {
  const handler = window()
  const idNumber = anIdNumber()
  const person = () => aPerson({ idNumber })
  for (let i = 0; i < 11; i++) expect((await accept(handler, { person: person() })).warnings).toEqual([])
  const twelfth = await accept(handler, { person: person() })
  expect(twelfth).toMatchObject({ state: 'accepted', warnings: [{ code: '012001', state: 'shown' }] })
  await expect(review(window(), twelfth.id)).rejects.toMatchObject({ code: 'business.warnings_open' })
  await fixture.call(handler, 'acknowledgeWarning', { id: twelfth.warnings[0]!.id })
  expect(await review(window(), twelfth.id)).toMatchObject({ state: 'approved' })
})

test('SUP-IN what would only prompt does not stop a reviewer; what needs a leader does (see guard.test)', async () => {
  const handler = window()
  const idNumber = anIdNumber()
  const first = await accept(handler, { person: aPerson({ idNumber }) })
  await fixture.call(
    fixture.user('/45/4503/', { permissions: new Set(Object.keys(supervisionPermissions)) }),
    'updateIndicatorSetting',
    {
      code: '012001',
      unitPath: brigade,
      enabled: null,
      parameters: { F1_vehicles: 0 },
      version: 0,
      reason: '试点从严',
    },
  )
  const owner = await fixture.admin.query('SELECT person_id FROM transaction WHERE id = $1', [first.id])
  const vehicle = await fixture.fact('vehicle', {})
  await fixture.fact('vehicle_owner', {
    vehicle_id: vehicle,
    person_id: owner.rows[0].person_id,
    from: new Date('2026-01-01T00:00:00Z'),
  })
  const reviewer = window()
  expect(await review(reviewer, first.id)).toMatchObject({ state: 'approved', warnings: [] })
})
