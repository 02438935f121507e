import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { warningsOf, withdrawAuthorisations } from './index.ts'
import { expireAuthorisations } from './jobs/expire-authorisations.handler.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
beforeAll(async () => {
  fixture = await createSupervisionFixture()
  // An empty list of products would be no list at all (012104 could not be judged).
  await fixture.admin.query(`INSERT INTO non_compliant_product (id, model) VALUES ($1, 'NO-SUCH-MODEL')`, [
    randomUUID(),
  ])
})
afterAll(() => fixture.close())

/** A person of another unit who owns so many vehicles, all registered elsewhere. */
async function ownerOf(vehicles: number, unitPath: string): Promise<string> {
  const owner = await fixture.fact('person', { kind: 'person', unit_path: unitPath })
  for (let i = 0; i < vehicles; i++) await ownedBy(owner, unitPath)
  return owner
}
async function ownedBy(owner: string, unitPath: string): Promise<string> {
  const vehicle = await fixture.fact('vehicle', {
    plate: `桂C${randomUUID().slice(0, 5)}`,
    unit_path: unitPath,
  })
  await fixture.fact('vehicle_owner', {
    vehicle_id: vehicle,
    person_id: owner,
    from: new Date('2025-01-01T00:00:00Z'),
    unit_path: unitPath,
  })
  return vehicle
}
const newVehicle = () => fixture.fact('vehicle', { vehicle_type: 'K33' })

/** A change of co-owner: needs a leader (012105). */
async function coOwnerChange(handler = fixture.user(units.brigade)) {
  const transactionId = randomUUID()
  await fixture.fact('transaction_change', { transaction_id: transactionId, field: 'co_owner' })
  const vehicleId = await newVehicle()
  const judged = await fixture.accept(handler, {
    id: transactionId,
    businessKind: 'change_registration',
    vehicleId,
  })
  return { handler, ...judged }
}

test('SUP-IN-012001 prompts at the 12th vehicle although the eleven before are another city’s', async () => {
  const handler = fixture.user(units.brigade)
  const owner = await ownerOf(11, units.otherCity)
  const { outcome, warnings, authorisationId, transaction } = await fixture.accept(handler, {
    personId: owner,
    vehicleId: await newVehicle(),
  })
  expect({ outcome, authorisationId }).toEqual({ outcome: 'prompt', authorisationId: null })
  expect(warnings).toMatchObject([{ code: '012001', effect: 'prompt', state: 'shown' }])
  expect(warnings[0]!.sentence).toContain('11')

  const { items } = await fixture.call(handler, 'findWarnings', { transactionId: transaction.transactionId })
  const { explanation } = items[0]
  expect(explanation).toMatchObject({ measured: 11, threshold: 10, comparison: '>', status: 'fired' })
  // Records of another unit: how many, where, a masked key, and nothing to click.
  expect(explanation.evidence).toEqual([])
  expect(explanation.elsewhere).toMatchObject([
    { unitPath: units.otherCity, unitName: '外市支队', count: 11 },
  ])
  expect(explanation.elsewhere[0].maskedKeys).toHaveLength(3)
  for (const key of explanation.elsewhere[0].maskedKeys) expect(key).toMatch(/^桂C\*+..$/)
})

test('SUP-IN-012001 stays silent at the 11th vehicle', async () => {
  const owner = await ownerOf(10, units.brigade)
  const judged = await fixture.accept(fixture.user(units.brigade), {
    personId: owner,
    vehicleId: await newVehicle(),
  })
  expect(judged).toMatchObject({ outcome: 'pass', warnings: [], authorisationId: null })
})

test('SUP-2 SUP-IN-012104 without a product list the fallback applies, and the sentence says so', async () => {
  await fixture.admin.query('DELETE FROM non_compliant_product')
  const judged = await fixture.accept(fixture.user(units.brigade), { vehicleId: await newVehicle() })
  await fixture.admin.query(`INSERT INTO non_compliant_product (id, model) VALUES ($1, 'NO-SUCH-MODEL')`, [
    randomUUID(),
  ])
  expect(judged.outcome).toBe('authorise')
  expect(judged.warnings).toMatchObject([{ code: '012104', effect: 'authorise' }])
  expect(judged.warnings[0]!.sentence).toContain('未能答复')
})

test('SUP-10 evidence within the reader’s scope is named and linked', async () => {
  const handler = fixture.user(units.city)
  const clerk = fixture.user(units.city, {
    permissions: new Set(['supervision.warning.find', 'business.vehicle.find']),
  })
  const owner = await ownerOf(11, units.brigade)
  const { transaction } = await fixture.accept(handler, { personId: owner, vehicleId: await newVehicle() })
  const { items } = await fixture.call(handler, 'findWarnings', { transactionId: transaction.transactionId })
  const seen = await fixture.call(clerk, 'findWarnings', { transactionId: transaction.transactionId })
  expect(items[0].explanation.elsewhere).toEqual([])
  expect(items[0].explanation.evidence).toHaveLength(11)
  expect(items[0].explanation.evidence[0]).toMatchObject({ fact: 'vehicle_owner', unitPath: units.brigade })
  expect(seen.items[0].explanation.evidence[0].link).toMatch(/^\/vehicles\/[0-9a-f-]{36}$/)
  // Without the permission for vehicles' files nothing leads there.
  expect(items[0].explanation.evidence[0].link).toBeNull()
})

test('SUP-IN a prompt is acknowledged by its handler alone, once, and recorded', async () => {
  const handler = fixture.user(units.brigade)
  const owner = await ownerOf(11, units.brigade)
  const { transaction, warnings } = await fixture.accept(handler, {
    personId: owner,
    vehicleId: await newVehicle(),
  })
  const id = warnings[0]!.id
  const colleague = fixture.user(units.brigade)
  await expect(fixture.call(colleague, 'acknowledgeWarning', { id })).rejects.toMatchObject({
    code: 'supervision.not_your_warning',
    status: 403,
  })
  expect(await fixture.call(handler, 'acknowledgeWarning', { id })).toMatchObject({ state: 'acknowledged' })
  await expect(fixture.call(handler, 'acknowledgeWarning', { id })).rejects.toMatchObject({
    code: 'supervision.not_allowed_in_state',
  })
  // The step that follows finds the same hit: nothing is asked again.
  expect(await fixture.judge(handler, transaction, 'step')).toMatchObject({
    outcome: 'pass',
    warnings: [{ id, state: 'acknowledged' }],
  })
  const audited = await fixture.admin.query('SELECT actor_id FROM audit_entry WHERE object_id = $1', [id])
  expect(audited.rows).toEqual([{ actor_id: handler.id }])
})

test('SUP-IN an unacknowledged prompt is shown again at the step, as the same warning', async () => {
  const handler = fixture.user(units.brigade)
  const owner = await ownerOf(11, units.brigade)
  const { transaction, warnings } = await fixture.accept(handler, {
    personId: owner,
    vehicleId: await newVehicle(),
  })
  expect(await fixture.judge(handler, transaction, 'step')).toMatchObject({
    outcome: 'prompt',
    warnings: [{ id: warnings[0]!.id, state: 'shown' }],
  })
})

test('SUP-1 SUP-IN-012105 a hit that needs a leader holds the transaction and tells the leaders', async () => {
  const leader = fixture.user(units.brigade)
  const chief = fixture.user(units.city)
  const stranger = fixture.user(units.sister)
  const { handler, outcome, authorisationId, warnings } = await coOwnerChange()
  expect(outcome).toBe('authorise')
  expect(warnings).toMatchObject([{ code: '012105', effect: 'authorise', state: 'shown' }])
  const view = await fixture.call(leader, 'getAuthorisation', { id: authorisationId })
  expect(view).toMatchObject({ state: 'requested', handlerId: handler.id, allowed: ['grant', 'refuse'] })
  // One working day after Wednesday 10:00 in Shanghai.
  expect(view.expiresAt).toBe('2026-03-05T02:00:00.000Z')
  expect(view.hits[0].explanation.sentence).toBeTruthy()
  const told = await fixture.admin.query('SELECT recipient_id FROM notification WHERE link = $1', [
    `/authorisations/${authorisationId}`,
  ])
  const recipients = told.rows.map((row) => row.recipient_id)
  expect(recipients).toContain(leader.id)
  // Those of the level above see it in their queue; the nearest are told.
  expect(recipients).not.toContain(chief.id)
  expect(recipients).not.toContain(stranger.id)
  expect(recipients).not.toContain(handler.id)
})

test('SUP-1 granting releases the transaction, and covers exactly these hits at every later step', async () => {
  const { handler, transaction, authorisationId } = await coOwnerChange()
  const leader = fixture.user(units.city)
  const granted = await fixture.call(leader, 'grantAuthorisation', {
    id: authorisationId,
    reason: '材料齐全',
  })
  expect(granted).toMatchObject({ state: 'granted', decidedByName: leader.name, reason: '材料齐全' })
  expect(fixture.ports.released).toContain(transaction.transactionId)
  expect(await fixture.judge(handler, transaction, 'step')).toMatchObject({
    outcome: 'pass',
    authorisationId: null,
  })
  // A hit of another indicator appears before the step ends: it asks again, for itself alone.
  await fixture.fact('transaction_change', { transaction_id: transaction.transactionId, field: 'plate' })
  const again = await fixture.judge(handler, transaction, 'step')
  expect(again.outcome).toBe('authorise')
  expect(again.authorisationId).not.toBe(authorisationId)
  const view = await fixture.call(leader, 'getAuthorisation', { id: again.authorisationId })
  expect(view.hits.map((hit: { code: string }) => hit.code)).toEqual(['012102'])
})

test('SUP-1 a transaction that waits already is not put before the leaders twice', async () => {
  const { handler, transaction, authorisationId } = await coOwnerChange()
  expect(await fixture.judge(handler, transaction, 'step')).toMatchObject({
    outcome: 'authorise',
    authorisationId,
  })
  const { rows } = await fixture.admin.query(
    'SELECT count(*)::int AS n FROM authorisation WHERE transaction_id = $1',
    [transaction.transactionId],
  )
  expect(rows).toEqual([{ n: 1 }])
})

test('SUP-1 refusing ends the transaction with the leader’s reason', async () => {
  const { transaction, authorisationId } = await coOwnerChange()
  const leader = fixture.user(units.brigade)
  expect(
    await fixture.call(leader, 'refuseAuthorisation', { id: authorisationId, reason: '共有人未到场' }),
  ).toMatchObject({ state: 'refused' })
  expect(fixture.ports.refused).toContainEqual({
    transactionId: transaction.transactionId,
    reason: '共有人未到场',
  })
  await expect(
    fixture.call(leader, 'grantAuthorisation', { id: authorisationId, reason: '改变主意' }),
  ).rejects.toMatchObject({ code: 'supervision.not_allowed_in_state', status: 409 })
})

test('SUP-1 who may not decide: the handler, one who did a step, another unit, without permission or second factor', async () => {
  const { handler, transaction, authorisationId } = await coOwnerChange()
  const input = { id: authorisationId, reason: '同意办理' }
  const grant = (actor: typeof handler) => fixture.call(actor, 'grantAuthorisation', input)
  await expect(grant(handler)).rejects.toMatchObject({ code: 'supervision.own_transaction', status: 403 })
  const reviewer = fixture.user(units.brigade)
  fixture.ports.steps.set(transaction.transactionId, [
    {
      step: 'review',
      title: '复核',
      state: 'open',
      operatorId: reviewer.id,
      operatorName: null,
      at: null,
      opinion: null,
    },
  ])
  await expect(grant(reviewer)).rejects.toMatchObject({ code: 'supervision.handled_a_step' })
  await expect(grant(fixture.user(units.sister))).rejects.toMatchObject({ status: 404 })
  await expect(grant(fixture.user(units.sister, { scope: 'all' }))).rejects.toMatchObject({
    code: 'supervision.wrong_unit',
  })
  await expect(grant(fixture.user(units.city, { permissions: new Set() }))).rejects.toMatchObject({
    code: 'platform.forbidden',
  })
  await expect(grant(fixture.user(units.city, { steppedUpAt: null }))).rejects.toMatchObject({
    code: 'platform.step_up_required',
  })
  await expect(grant({ ...handler, kind: 'anonymous' })).rejects.toMatchObject({ status: 401 })
  expect(() =>
    fixture.call(fixture.user(units.city), 'grantAuthorisation', { id: authorisationId, reason: ' ' }),
  ).toThrow()
  expect(fixture.ports.released).not.toContain(transaction.transactionId)
})

test('SUP-1 an authorisation nobody decides expires; the handler asks again with the same hits', async () => {
  const { handler, transaction, authorisationId } = await coOwnerChange()
  const leader = fixture.user(units.brigade)
  fixture.setNow('2026-03-05T02:00:01Z')
  try {
    await expect(
      fixture.call({ ...leader, steppedUpAt: new Date('2026-03-05T02:00:00Z') }, 'grantAuthorisation', {
        id: authorisationId,
        reason: '来得及吗',
      }),
    ).rejects.toMatchObject({ code: 'supervision.authorisation_expired' })
    await expireAuthorisations(fixture.services)
    expect(await fixture.call(handler, 'getAuthorisation', { id: authorisationId })).toMatchObject({
      state: 'expired',
      allowed: ['renew'],
    })
    const bench = await fixture.call(handler, 'getWorkbench', {})
    expect(bench.returned).toContainEqual(
      expect.objectContaining({ id: authorisationId, kind: 'authorisation' }),
    )
    await expect(fixture.call(leader, 'renewAuthorisation', { id: authorisationId })).rejects.toMatchObject({
      code: 'supervision.not_the_handler',
    })
    const renewed = await fixture.call(handler, 'renewAuthorisation', { id: authorisationId })
    expect(renewed).toMatchObject({ state: 'requested', transactionId: transaction.transactionId })
    await expect(fixture.call(handler, 'renewAuthorisation', { id: authorisationId })).rejects.toMatchObject({
      code: 'supervision.not_allowed_in_state',
    })
  } finally {
    fixture.setNow('2026-03-04T02:00:00Z')
  }
})

test('SUP-1 an authorisation of a withdrawn transaction is withdrawn', async () => {
  const { handler, transaction, authorisationId } = await coOwnerChange()
  await fixture.as(handler, (ctx) => withdrawAuthorisations(ctx, transaction.transactionId))
  expect(await fixture.call(handler, 'getAuthorisation', { id: authorisationId })).toMatchObject({
    state: 'withdrawn',
  })
  const { authorisationId: waiting, warnings } = await fixture.as(handler, (ctx) =>
    warningsOf(ctx, transaction.transactionId),
  )
  expect(waiting).toBeNull()
  expect(warnings).toHaveLength(1)
})

test('SUP-1 the queue holds what the caller may decide, oldest first, and nothing of their own', async () => {
  const leader = fixture.user(units.otherCity)
  const first = await coOwnerChange(fixture.user(units.otherCity))
  const own = await coOwnerChange(leader)
  fixture.setNow('2026-03-04T03:00:00Z')
  const second = await coOwnerChange(fixture.user(units.otherCity))
  fixture.setNow('2026-03-04T02:00:00Z')
  const ids = async (input: object) =>
    (await fixture.call(leader, 'findAuthorisations', input)).items.map((item: { id: string }) => item.id)
  expect(await ids({ queue: 'mine' })).toEqual([first.authorisationId, second.authorisationId])
  expect((await ids({})).toSorted()).toEqual(
    [first.authorisationId, own.authorisationId, second.authorisationId].toSorted(),
  )
  const page = await fixture.call(leader, 'findAuthorisations', { queue: 'mine', limit: 1 })
  expect(page.items).toHaveLength(1)
  expect(await ids({ queue: 'mine', limit: 1, cursor: page.nextCursor })).toEqual([second.authorisationId])
  expect(
    (await fixture.call(leader, 'getWorkbench', {})).waiting.map((item: { id: string }) => item.id),
  ).toEqual([first.authorisationId, second.authorisationId])
})

test('SUP-1 warnings and authorisations are counted by unit, handler and indicator', async () => {
  const handler = fixture.user('/46/4601/')
  const owner = await ownerOf(11, '/46/4601/')
  await fixture.accept(handler, { personId: owner, vehicleId: await newVehicle() })
  const { authorisationId } = await coOwnerChange(handler)
  const leader = fixture.user('/46/4601/')
  fixture.setNow('2026-03-04T02:30:00Z')
  await fixture.call({ ...leader, steppedUpAt: new Date('2026-03-04T02:30:00Z') }, 'grantAuthorisation', {
    id: authorisationId,
    reason: '同意办理',
  })
  fixture.setNow('2026-03-04T02:00:00Z')
  const count = async (by: string) =>
    (await fixture.call(leader, 'countWarnings', { by, from: '2026-03-04', to: '2026-03-04' })).items
  expect(await count('unit')).toMatchObject([
    {
      key: '/46/4601/',
      prompts: 1,
      acknowledged: 0,
      authorisations: 1,
      granted: 1,
      waiting: 0,
      averageMinutes: 30,
    },
  ])
  expect(await count('handler')).toMatchObject([
    { key: handler.id, label: handler.name, prompts: 1, granted: 1 },
  ])
  expect(await count('code')).toMatchObject([
    { key: '012001', prompts: 1, authorisations: 0 },
    { key: '012105', prompts: 0, granted: 1 },
  ])
})

test('PLT-22 a decision on an authorisation altered in the database is refused and named', async () => {
  const { authorisationId } = await coOwnerChange()
  await fixture.admin.query(`UPDATE authorisation SET handler_name = '他人' WHERE id = $1`, [authorisationId])
  await expect(
    fixture.call(fixture.user(units.city), 'grantAuthorisation', { id: authorisationId, reason: '同意办理' }),
  ).rejects.toMatchObject({ code: 'platform.integrity', detail: `authorisation ${authorisationId}` })
})

test('SUP-IN two windows that accept for one owner at once do not both see too few', async () => {
  // F1 = 3 re-issues of the plates of one vehicle within a year: the fourth prompts, whoever comes first.
  const vehicleId = await newVehicle()
  const handlers = Array.from({ length: 4 }, () => fixture.user(units.brigade))
  const plates = { businessKind: 'plate_replacement', reason: 'reissue', vehicleId }
  await fixture.accept(handlers[0]!, plates)
  await fixture.accept(handlers[0]!, plates)
  const { supervision, services } = fixture
  // Both write their own transaction in the transaction in which they judge, as `business` does.
  const window = (handler: (typeof handlers)[number], delayMs: number) =>
    fixture.as(handler, async (ctx) => {
      const transactionId = randomUUID()
      await ctx.tx.client.query(
        `INSERT INTO transaction (id, source, source_key, occurred_at, unit_id, unit_path, serial, subject_kind, business_kind, reason, state, channel, vehicle_id, accepted_at)
         VALUES ($1, 'test', $2, $3, $4, $5, $6, 'vehicle', 'plate_replacement', 'reissue', 'accepted', 'window', $7, $3)`,
        [
          transactionId,
          transactionId,
          services.clock.now(),
          handler.unitId,
          handler.unitPath,
          transactionId,
          vehicleId,
        ],
      )
      await new Promise((done) => setTimeout(done, delayMs))
      const judged = await supervision.guard.evaluate(ctx, {
        event: 'accept',
        transactionId,
        serial: transactionId,
        subjectKind: 'vehicle',
        businessKind: 'plate_replacement',
        reason: 'reissue',
        unitId: handler.unitId,
        unitPath: handler.unitPath,
        vehicleId,
        personId: null,
        organisationId: null,
        agentId: null,
        handlerId: handler.id,
        acceptedAt: services.clock.now(),
        local: true,
        step: null,
      })
      await new Promise((done) => setTimeout(done, 50))
      return judged
    })
  const outcomes = await Promise.all([window(handlers[1]!, 0), window(handlers[2]!, 5)])
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['pass', 'prompt'])
})

test('SUP-IN-022102 an amendment that moves the address out of the local region needs a leader; one within it does not', async () => {
  const handler = fixture.user(units.brigade)
  const personId = await fixture.fact('person', { kind: 'person' })
  const { transaction } = await fixture.accept(handler, {
    businessKind: 'licence_exchange',
    reason: 'expired',
    personId,
  })
  const amend = (after: string, at: string) =>
    fixture.fact('amendment', {
      transaction_id: transaction.transactionId,
      field: 'address',
      before_region: '450304',
      after_region: after,
      at: new Date(at),
    })
  await amend('450305', '2026-03-04T02:01:00Z')
  expect(await fixture.judge(handler, transaction, 'amendment')).toMatchObject({
    outcome: 'pass',
    warnings: [],
  })
  await amend('430102', '2026-03-04T02:02:00Z')
  expect(await fixture.judge(handler, transaction, 'amendment')).toMatchObject({
    outcome: 'authorise',
    warnings: [{ code: '022102', effect: 'authorise' }],
  })
})

test('SUP-2 SUP-IN-022104 when the register does not answer, the unit’s fallback applies: stop, prompt or pass', async () => {
  const accept = async (unitPath: string) => {
    const id = randomUUID()
    const personId = await fixture.fact('person', { kind: 'person' })
    await fixture.fact('external_check', {
      transaction_id: id,
      person_id: personId,
      kind: 'residence_permit',
      outcome: 'unavailable',
      at: new Date('2026-03-04T01:59:00Z'),
      unit_path: unitPath,
    })
    return fixture.accept(fixture.user(unitPath), {
      id,
      businessKind: 'licence_transfer_in',
      personId,
      local: false,
    })
  }
  const fallback = async (unitPath: string, value: string) => {
    const { pendingChange } = await fixture.call(fixture.user(units.corps), 'updateIndicatorSetting', {
      code: '022104',
      unitPath,
      enabled: null,
      parameters: { S2_fallback: value },
      version: 0,
      reason: '接口不稳定',
    })
    await fixture.call(fixture.user(units.corps), 'approveSettingChange', { id: pendingChange!.id })
  }
  await fallback('/45/4505/', 'prompt')
  await fallback('/45/4506/', 'pass')
  const stopped = await accept('/45/4507/')
  expect(stopped).toMatchObject({ outcome: 'authorise', warnings: [{ code: '022104' }] })
  expect(stopped.warnings[0]!.sentence).toContain('未能答复')
  expect(await accept('/45/4505/')).toMatchObject({ outcome: 'prompt', warnings: [{ effect: 'prompt' }] })
  expect(await accept('/45/4506/')).toMatchObject({ outcome: 'pass', warnings: [] })
})
