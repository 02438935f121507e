import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseConfig } from '@hengjian/platform/config'
import { anonymous, newId, type Services, systemClock } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { runAs } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transactionHold } from './commands/move-transaction.ts'
import { createBusinessModule } from './module.ts'
import { aHandler, anIdNumber, aPerson, aVehicle, call, quietPorts } from './testing.ts'

let database: TestDatabase
let services: Services
let dataDir: string
let admin: pg.Client
const module = createBusinessModule(quietPorts())

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = mkdtempSync(join(tmpdir(), 'hengjian-business-'))
  const keys = loadKeys(dataDir)
  services = {
    config: parseConfig({ DATA_DIR: dataDir }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl),
    log: pino({ level: 'silent' }),
    clock: systemClock,
  }
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
})
afterAll(async () => {
  await admin?.end()
  await services?.database.close()
  await database?.drop()
  if (dataDir) rmSync(dataDir, { recursive: true, force: true })
})

type Decided = { id: string; serial: string; state: string }
const register = (actor = aHandler(), overrides: Record<string, unknown> = {}) =>
  call<Decided>(services, module, actor, 'acceptTransaction', {
    requestId: newId(),
    businessKind: 'registration',
    vehicle: aVehicle(),
    person: aPerson(),
    ...overrides,
  })
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  )

describe('accepting', () => {
  test('BIZ-4 a registration is accepted with a serial number and its first two steps', async () => {
    const decided = await register()
    expect(decided).toMatchObject({ state: 'accepted', serial: expect.stringMatching(/^T\d{6}\d{8}$/) })
    const detail = await call(services, module, aHandler(), 'getTransaction', { id: decided.id })
    expect(detail['steps']).toMatchObject([
      { step: 'accept', state: 'done' },
      { step: 'review', state: 'open' },
    ])
    expect(detail['local']).toBe(true)
  })

  test('BIZ-3 a transaction records channel, handler, unit and client address', async () => {
    const actor = aHandler()
    const { id } = await register(actor)
    const { rows } = await admin.query(
      'SELECT channel, handler_id, unit_path, client_address FROM transaction WHERE id = $1',
      [id],
    )
    expect(rows[0]).toEqual({
      channel: 'window',
      handler_id: actor.id,
      unit_path: actor.unitPath,
      client_address: '10.1.2.3',
    })
  })

  test('BIZ-20 names, identity numbers, mobiles and addresses stand encrypted', async () => {
    const person = aPerson({ name: '欧阳不可见' })
    await register(aHandler(), { person })
    const { rows } = await admin.query<{ row: string }>(`SELECT p::text AS row FROM person p`)
    const all = rows.map((one) => one.row).join('\n')
    for (const secret of [person.name, person.idNumber, person.mobile, person.address]) {
      expect(all).not.toContain(secret)
      expect(all).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })

  test('BIZ-4 the same request submitted twice is accepted once', async () => {
    const requestId = newId()
    const actor = aHandler()
    const vehicle = aVehicle()
    const first = await register(actor, { requestId, vehicle })
    const second = await register(actor, { requestId, vehicle })
    expect(second.id).toBe(first.id)
  })

  test('BIZ-4 the same request submitted while the first still runs waits for the first’s answer', async () => {
    const requestId = newId()
    const actor = aHandler()
    const input = { requestId, vehicle: aVehicle(), person: aPerson() }
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => register(actor, input)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  })

  test('BIZ-4 a request whose first does not end is told to come back, and holds no connection meanwhile', async () => {
    const requestId = newId()
    await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`request ${requestId}`])
    const waiting = code(register(aHandler(), { requestId }))
    await pause(1200)
    const { pool } = services.database
    expect(pool.idleCount).toBe(pool.totalCount)
    expect(await waiting).toBe('platform.in_progress')
    await admin.query('SELECT pg_advisory_unlock_all()')
    expect((await register(aHandler(), { requestId })).id).toBeDefined()
  })

  test('BIZ-4 faulty input names every field and changes nothing', async () => {
    const before = await admin.query('SELECT count(*) FROM transaction')
    const error = await register(aHandler(), {
      reason: 'reissue',
      vehicle: undefined,
      person: aPerson({ idNumber: '450302198001010011' }),
    }).catch((caught: { issues: { path: string }[] }) => caught)
    expect((error as { issues: { path: string }[] }).issues.map((one) => one.path).sort()).toEqual([
      'person.idNumber',
      'reason',
      'vehicle',
    ])
    expect((await admin.query('SELECT count(*) FROM transaction')).rows).toEqual(before.rows)
  })

  test('PLT-3 accepting asks for sign-in and permission', async () => {
    expect(await code(register(anonymous))).toBe('platform.sign_in_required')
    expect(await code(register(aHandler({ permissions: new Set() })))).toBe('platform.forbidden')
  })

  test('PLT-20 a refusal is recorded', async () => {
    const actor = aHandler({ permissions: new Set() })
    await code(register(actor))
    const { rows } = await admin.query('SELECT action, result, reason FROM audit_entry WHERE actor_id = $1', [
      actor.id,
    ])
    expect(rows).toEqual([
      { action: 'business.acceptTransaction', result: 'refused', reason: 'platform.forbidden' },
    ])
  })
})

describe('handling to the end', () => {
  test('BIZ-4 review, issue and archive complete a registration; the vehicle is then normal', async () => {
    const { id } = await register()
    const other = aHandler()
    for (const step of ['review', 'issue']) await call(services, module, other, 'completeStep', { id, step })
    const done = await call<Decided>(services, module, other, 'completeStep', { id, step: 'archive' })
    expect(done.state).toBe('completed')
    const { rows } = await admin.query(
      'SELECT v.status FROM vehicle v JOIN transaction t ON t.vehicle_id = v.id WHERE t.id = $1',
      [id],
    )
    expect(rows).toEqual([{ status: 'A' }])
  })

  test('SUP-PA-V1.3 a temporary plate is a fact once its business completes, with its kind and whose it is', async () => {
    const vehicle = await register()
    const { rows: known } = await admin.query<{ vehicle_id: string }>(
      'SELECT vehicle_id FROM transaction WHERE id = $1',
      [vehicle.id],
    )
    const ask = (overrides: Record<string, unknown>) =>
      register(aHandler(), {
        businessKind: 'temporary_plate',
        vehicle: undefined,
        vehicleId: known[0]!.vehicle_id,
        ...overrides,
      })
    expect(await code(ask({}))).toBe('platform.invalid_input')
    const plates = () =>
      admin
        .query(
          `SELECT p.transaction_id, p.cross_district, p.person_id = t.person_id AS of_applicant
           FROM temporary_plate p JOIN transaction t ON t.id = p.transaction_id WHERE p.vehicle_id = $1 ORDER BY p.issued_at`,
          [known[0]!.vehicle_id],
        )
        .then(({ rows }) => rows)
    const across = await ask({ reason: 'cross_district' })
    expect(await plates()).toEqual([])
    const within = await ask({ reason: 'within_district' })
    for (const { id } of [across, within])
      for (const step of ['review', 'issue', 'archive'])
        await call(services, module, aHandler(), 'completeStep', { id, step })
    expect(await plates()).toEqual([
      { transaction_id: across.id, cross_district: true, of_applicant: true },
      { transaction_id: within.id, cross_district: false, of_applicant: true },
    ])
  })

  test('BIZ-4 who accepted does not review', async () => {
    const actor = aHandler()
    const { id } = await register(actor)
    expect(await code(call(services, module, actor, 'completeStep', { id, step: 'review' }))).toBe(
      'business.same_person',
    )
  })

  test('BIZ-4 steps keep their order', async () => {
    const { id } = await register()
    expect(await code(call(services, module, aHandler(), 'completeStep', { id, step: 'archive' }))).toBe(
      'business.not_the_step',
    )
  })

  test('BIZ-4 returned, resubmitted, reviewed', async () => {
    const { id } = await register()
    const reviewer = aHandler()
    expect(
      await call<Decided>(services, module, reviewer, 'returnTransaction', { id, reason: '缺少购车发票' }),
    ).toMatchObject({ state: 'returned' })
    expect(await call<Decided>(services, module, aHandler(), 'resubmitTransaction', { id })).toMatchObject({
      state: 'in_review',
    })
    expect(
      await call<Decided>(services, module, reviewer, 'completeStep', { id, step: 'review' }),
    ).toMatchObject({ state: 'approved' })
    const detail = await call<{ timeline: { title: string }[] }>(
      services,
      module,
      reviewer,
      'getTransaction',
      { id },
    )
    expect(detail.timeline.map((one) => one.title)).toEqual(['受理完成', '复核退回', '复核完成'])
  })

  test('BIZ-4 a withdrawn registration ends the ownership it began, and frees the VIN', async () => {
    const vehicle = aVehicle()
    const { id } = await register(aHandler(), { vehicle })
    expect(
      await call<Decided>(services, module, aHandler(), 'withdrawTransaction', { id, reason: '申请人放弃' }),
    ).toMatchObject({ state: 'withdrawn' })
    const { rows } = await admin.query(
      'SELECT o."to" IS NOT NULL AS ended FROM vehicle_owner o JOIN transaction t ON t.vehicle_id = o.vehicle_id WHERE t.id = $1',
      [id],
    )
    expect(rows).toEqual([{ ended: true }])
    expect((await register(aHandler(), { vehicle })).state).toBe('accepted')
  })

  test('BIZ-4 nothing happens to a completed transaction', async () => {
    const { id } = await register()
    const other = aHandler()
    for (const step of ['review', 'issue', 'archive'])
      await call(services, module, other, 'completeStep', { id, step })
    for (const key of ['withdrawTransaction', 'returnTransaction', 'suspendTransaction'])
      expect(await code(call(services, module, other, key, { id, reason: '理由' }))).toBe(
        'business.not_allowed_in_state',
      )
  })

  test('BIZ-5 an amendment keeps the value before and after, encrypted, and its reason', async () => {
    const { id } = await register()
    await call(services, module, aHandler(), 'amendTransaction', {
      id,
      field: 'address',
      value: '南宁市青秀区民族大道9号',
      region: '450103',
      reason: '申请人更正',
    })
    const { rows } = await admin.query(
      'SELECT field, before_region, after_region, reason, after_enc FROM amendment WHERE transaction_id = $1',
      [id],
    )
    expect(rows).toMatchObject([
      { field: 'address', before_region: '450304', after_region: '450103', reason: '申请人更正' },
    ])
    expect(services.cipher.decrypt(rows[0].after_enc)).toBe('南宁市青秀区民族大道9号')
  })

  test('BIZ-20 a change of mobile applies when it completes', async () => {
    const person = aPerson()
    const { id } = await call<Decided>(services, module, aHandler(), 'acceptTransaction', {
      requestId: newId(),
      businessKind: 'information_change',
      reason: 'mobile',
      person,
      newMobile: '13911112222',
    })
    const other = aHandler()
    for (const step of ['review', 'archive'])
      await call(services, module, other, 'completeStep', { id, step })
    const found = await call<{ items: { mobile: string }[] }>(services, module, other, 'findPersons', {
      mobile: '13911112222',
    })
    expect(found.items).toHaveLength(1)
    expect(found.items[0]!.mobile).toBe('139****2222')
  })
})

describe('what licence business leaves behind', () => {
  const handled = async (businessKind: string, input: Record<string, unknown>, last = 'archive') => {
    const { id } = await call<Decided>(services, module, aHandler(), 'acceptTransaction', {
      requestId: newId(),
      businessKind,
      ...input,
    })
    const other = aHandler()
    const detail = await call<{ steps: { step: string; state: string }[] }>(
      services,
      module,
      other,
      'getTransaction',
      { id },
    )
    for (let open = detail.steps.find((one) => one.state === 'open')?.step; open && open !== last; ) {
      await call(services, module, other, 'completeStep', { id, step: open })
      const { steps } = await call<typeof detail>(services, module, other, 'getTransaction', { id })
      open = steps.find((one) => one.state === 'open')?.step
    }
    return { id, finish: () => call<Decided>(services, module, other, 'completeStep', { id, step: last }) }
  }
  const rowsOf = async (table: string, id: string) =>
    (await admin.query(`SELECT * FROM ${table} WHERE transaction_id = $1`, [id])).rows
  /** Someone whose licence another first application made here, `issuedRegion` where it says so. */
  const holder = async (issuedRegion?: string) => {
    const person = aPerson()
    const { id, finish } = await handled('first_licence', { reason: 'ordinary', person, licenceClass: 'C1' })
    await finish()
    if (issuedRegion)
      await admin.query(
        'UPDATE licence SET issued_region = $1 WHERE person_id = (SELECT person_id FROM transaction WHERE id = $2)',
        [issuedRegion, id],
      )
    return person
  }

  test.each(['validation', 'medical_report', 'full_mark_study'])(
    'SUP-PA-L2 a completed %s is a fact, elsewhere where another city issued the licence',
    async (kind) => {
      const here = await handled(kind, { person: await holder() })
      expect(await rowsOf(kind, here.id)).toEqual([])
      await here.finish()
      expect(await rowsOf(kind, here.id)).toMatchObject([{ elsewhere: false, unit_path: '/45/4503/450302/' }])

      const away = await handled(kind, { person: await holder('440100') })
      await away.finish()
      expect(await rowsOf(kind, away.id)).toMatchObject([{ elsewhere: true }])

      const unknown = await handled(kind, { person: aPerson() })
      await unknown.finish()
      expect(await rowsOf(kind, unknown.id)).toMatchObject([{ elsewhere: null }])

      const given = await handled(kind, { person: aPerson() })
      await call(services, module, aHandler(), 'withdrawTransaction', { id: given.id, reason: '申请人放弃' })
      expect(await rowsOf(kind, given.id)).toEqual([])
    },
  )

  test.each([
    ['exchange', { id_changed: false, combined_replacement: false }],
    ['id_number', { id_changed: true, combined_replacement: false }],
    ['replacement', { id_changed: false, combined_replacement: true }],
  ])('SUP-PA-L2.4 a completed transfer in (%s) is a fact', async (reason, expected) => {
    const { id, finish } = await handled('licence_transfer_in', { reason, person: aPerson() })
    expect(await rowsOf('licence_transfer', id)).toEqual([])
    await finish()
    const [{ at, ...row }] = await rowsOf('licence_transfer', id)
    expect(row).toMatchObject({ direction: 'in', ...expected })
    expect(at).toBeInstanceOf(Date)
  })

  test('BIZ-4 a licence made here is issued by the place of its unit', async () => {
    const { id, finish } = await handled('first_licence', {
      reason: 'ordinary',
      person: aPerson(),
      licenceClass: 'C1',
    })
    await finish()
    const { rows } = await admin.query(
      'SELECT l.issued_region FROM licence l JOIN transaction t ON t.person_id = l.person_id WHERE t.id = $1',
      [id],
    )
    expect(rows).toEqual([{ issued_region: '450300' }])
  })

  test('SUP-PA-L1.7 whether a permit number matches the rule of the unit is derived; no rule or no number: unknown', async () => {
    const ruled = createBusinessModule(quietPorts({ permitRuleOf: async () => '450300####' }))
    const accepted = async (by: typeof module, permitNumber?: string) => {
      const { id } = await call<Decided>(services, by, aHandler(), 'acceptTransaction', {
        requestId: newId(),
        businessKind: 'first_licence',
        reason: 'ordinary',
        person: aPerson({ idNumber: anIdNumber('440103') }),
        ...(permitNumber === undefined ? {} : { permitNumber }),
      })
      const { rows } = await admin.query('SELECT permit_number_valid FROM transaction WHERE id = $1', [id])
      return rows[0].permit_number_valid as boolean | null
    }
    expect(await accepted(ruled, '4503001234')).toBe(true)
    expect(await accepted(ruled, '4501001234')).toBe(false)
    expect(await accepted(ruled, ' ')).toBe(null)
    expect(await accepted(ruled)).toBe(null)
    expect(await accepted(module, '4503001234')).toBe(null)
  })
})

describe('scope', () => {
  test('PLT-4 another unit neither finds, reads nor handles the transaction', async () => {
    const { id, serial } = await register()
    const stranger = aHandler({ unitPath: '/45/4501/450103/' })
    expect(
      (await call<{ items: [] }>(services, module, stranger, 'findTransactions', { serial })).items,
    ).toEqual([])
    expect(await code(call(services, module, stranger, 'getTransaction', { id }))).toBe('platform.not_found')
    expect(await code(call(services, module, stranger, 'completeStep', { id, step: 'review' }))).toBe(
      'platform.not_found',
    )
    expect(await code(call(services, module, stranger, 'withdrawTransaction', { id, reason: '理由' }))).toBe(
      'platform.not_found',
    )
  })

  test('PLT-4 the unit above reads it with unit-and-below, not with unit', async () => {
    const { serial } = await register()
    const find = (scope: 'unit' | 'unit_and_below') =>
      call<{ items: { serial: string }[] }>(
        services,
        module,
        aHandler({ unitPath: '/45/4503/', scope }),
        'findTransactions',
        { serial },
      )
    expect((await find('unit')).items).toHaveLength(0)
    expect((await find('unit_and_below')).items).toHaveLength(1)
  })

  test('PLT-4 scope own shows what the caller handled', async () => {
    const actor = aHandler({ scope: 'own' })
    const { serial } = await register(actor)
    const of = (who: typeof actor) =>
      call<{ items: unknown[] }>(services, module, who, 'findTransactions', { serial })
    expect((await of(actor)).items).toHaveLength(1)
    expect((await of(aHandler({ scope: 'own' }))).items).toHaveLength(0)
  })

  test('PLT-4 business of a unit on a person whose file another unit keeps moves the file, once and recorded', async () => {
    const idNumber = anIdNumber()
    await register(aHandler(), { person: aPerson({ idNumber }) })
    const elsewhere = aHandler({ unitPath: '/45/4501/450103/' })
    await register(elsewhere, { person: aPerson({ idNumber, mobile: '13700001111' }) })
    const digest = services.cipher.digest('id_number', idNumber)
    const { rows } = await admin.query('SELECT unit_path FROM person WHERE id_digest = $1', [digest])
    expect(rows).toEqual([{ unit_path: '/45/4501/450103/' }])
  })
})

test('PLT-22 a transaction altered in the database is refused by name', async () => {
  const { id } = await register()
  await admin.query(`UPDATE transaction SET business_kind = 'deregistration' WHERE id = $1`, [id])
  expect(await code(call(services, module, aHandler(), 'getTransaction', { id }))).toBe('platform.integrity')
  expect(await code(call(services, module, aHandler(), 'completeStep', { id, step: 'review' }))).toBe(
    'platform.integrity',
  )
})

test('PLT-22 a transaction made to look imported by emptying its check value is refused', async () => {
  const { id } = await register()
  await admin.query(`UPDATE transaction SET check_value = NULL, source = 'elsewhere' WHERE id = $1`, [id])
  expect(await code(call(services, module, aHandler(), 'getTransaction', { id }))).toBe('platform.integrity')
})

test('PLT-20 unmasking shows the person and records who asked and why', async () => {
  const person = aPerson()
  await register(aHandler(), { person })
  const actor = aHandler()
  const { items } = await call<{ items: { id: string; name: string }[] }>(
    services,
    module,
    actor,
    'findPersons',
    { idNumber: person.idNumber },
  )
  expect(items[0]!.name).not.toBe(person.name)
  const shown = await call(services, module, actor, 'unmaskPerson', { id: items[0]!.id, reason: '核对身份' })
  expect(shown).toMatchObject({ name: person.name, idNumber: person.idNumber, masked: false })
  const { rows } = await admin.query(
    'SELECT action, object_id, reason FROM audit_entry WHERE actor_id = $1',
    [actor.id],
  )
  expect(rows).toEqual([{ action: 'business.unmask-person', object_id: items[0]!.id, reason: '核对身份' }])
})

test('PLT-40 a list pages by cursor without losing or doubling a row', async () => {
  const actor = aHandler({ unitPath: '/45/4503/450311/' })
  const made = []
  for (let i = 0; i < 5; i++) made.push((await register(actor)).id)
  const seen: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: { items: { id: string }[]; nextCursor: string | null } = await call(
      services,
      module,
      actor,
      'findTransactions',
      { limit: 2, ...(cursor ? { cursor } : {}) },
    )
    seen.push(...page.items.map((one) => one.id))
    cursor = page.nextCursor
  }
  expect(seen.sort()).toEqual(made.sort())
  expect(await code(call(services, module, actor, 'findTransactions', { cursor: 'nonsense' }))).toBe(
    'platform.invalid_input',
  )
})

test('SUP-2 registers are asked before the transaction opens; no answer in time is recorded as unavailable', async () => {
  const asked: string[] = []
  const withRegisters = createBusinessModule(
    quietPorts({
      externalChecks: {
        ask: async (kind) => {
          asked.push(kind)
          return { outcome: kind === 'population' ? 'unavailable' : 'none', durationMs: 2000 }
        },
      },
    }),
  )
  const { id } = await call<Decided>(services, withRegisters, aHandler(), 'acceptTransaction', {
    requestId: newId(),
    businessKind: 'licence_transfer_in',
    reason: 'exchange',
    person: aPerson({ idNumber: anIdNumber('440103') }),
  })
  expect(asked.sort()).toEqual(['population', 'residence_permit'])
  const { rows } = await admin.query(
    'SELECT kind, outcome FROM external_check WHERE transaction_id = $1 ORDER BY kind',
    [id],
  )
  expect(rows).toEqual([
    { kind: 'population', outcome: 'unavailable' },
    { kind: 'residence_permit', outcome: 'none' },
  ])
})

test('SUP-1 a guard that asks for a leader holds the transaction; released it goes on, refused it ends', async () => {
  let asks = true
  const ports = quietPorts({
    guards: [
      {
        name: 'strict',
        evaluate: async () =>
          asks
            ? { outcome: 'authorise', warnings: [], authorisationId: newId() }
            : { outcome: 'pass', warnings: [], authorisationId: null },
      },
    ],
  })
  const strict = createBusinessModule(ports)
  const hold = transactionHold(ports)
  const accept = () =>
    call<Decided>(services, strict, aHandler(), 'acceptTransaction', {
      requestId: newId(),
      businessKind: 'registration',
      vehicle: aVehicle(),
      person: aPerson(),
    })
  const [first, second] = [await accept(), await accept()]
  expect([first.state, second.state]).toEqual(['held', 'held'])
  expect(
    await code(call(services, strict, aHandler(), 'completeStep', { id: first.id, step: 'review' })),
  ).toBe('business.not_the_step')

  asks = false
  const leader = aHandler()
  const origin = { requestId: newId(), clientAddress: '' }
  await runAs(services, leader, origin, (ctx) => hold.release(ctx, first.id))
  await runAs(services, leader, origin, (ctx) => hold.refuse(ctx, second.id, '材料存疑'))
  expect(
    await call<Decided>(services, strict, aHandler(), 'completeStep', { id: first.id, step: 'review' }),
  ).toMatchObject({ state: 'approved' })
  expect(await call(services, strict, aHandler(), 'getTransaction', { id: second.id })).toMatchObject({
    state: 'withdrawn',
  })
})

test('PLT-40 a list sorts by the columns it names, both ways; another is refused by name', async () => {
  const actor = aHandler({ unitPath: '/45/4503/450312/' })
  for (let i = 0; i < 4; i++) await register(actor)
  // One without a deadline comes after all that have one.
  await admin.query(
    `UPDATE transaction SET due_at = NULL WHERE id = (SELECT id FROM transaction WHERE unit_path = $1 LIMIT 1)`,
    [actor.unitPath],
  )
  const sorted = async (sort: string, field: 'serial' | 'dueAt' | 'acceptedAt') => {
    const page = await call<{ items: Record<typeof field, string | null>[] }>(
      services,
      module,
      actor,
      'findTransactions',
      { sort },
    )
    return page.items.map((one) => one[field] ?? 'nothing')
  }
  for (const field of ['serial', 'dueAt', 'acceptedAt'] as const) {
    const up = await sorted(field, field)
    expect(up).toEqual([...up].sort())
    expect(await sorted(`-${field}`, field)).toEqual([...up].reverse())
  }
  await expect(sorted('state', 'serial')).rejects.toMatchObject({ issues: [{ path: ['sort'] }] })
})

describe('files of vehicles and persons', () => {
  const made = async (actor = aHandler()) => {
    const { id } = await register(actor)
    const { rows } = await admin.query<{ vehicle_id: string; person_id: string }>(
      'SELECT vehicle_id, person_id FROM transaction WHERE id = $1',
      [id],
    )
    // A file is where its subject is kept; registration here leaves both with the handling unit.
    return { id, vehicleId: rows[0]!.vehicle_id, personId: rows[0]!.person_id }
  }
  const fact = (table: string, columns: Record<string, unknown>) => {
    const row = { id: newId(), source: 'test', source_key: newId(), unit_id: newId(), ...columns }
    const names = Object.keys(row)
    return admin.query(
      `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    )
  }
  const recorded = async (action: string, object: string) =>
    (await admin.query('SELECT 1 FROM audit_entry WHERE action = $1 AND object_id = $2', [action, object]))
      .rowCount

  test('BIZ-20 PLT-52 a person’s file is masked, tells licences and examinations, and its opening is recorded', async () => {
    const { personId } = await made()
    const unit = '/45/4503/450302/'
    const at = '2026-11-02T02:00:00Z'
    await fact('licence', {
      occurred_at: at,
      unit_path: unit,
      person_id: personId,
      classes: 'C1',
      state: 'valid',
    })
    const sitting = { occurred_at: at, candidate_id: personId, subject: 'subject1', score: 92, passed: true }
    await fact('examination', { ...sitting, unit_path: unit })
    await fact('examination', { ...sitting, unit_path: '/45/4501/' })
    const file = await call(services, module, aHandler(), 'getPerson', { id: personId })
    expect(file).toMatchObject({ id: personId, masked: true, licences: [{ classes: 'C1', state: 'valid' }] })
    expect(file['name']).toMatch(/\*/)
    expect(file['idNumber']).toMatch(/\*{6}/)
    expect(await recorded('business.get-person', personId)).toBe(1)
    const exams = await call<{ items: object[] }>(services, module, aHandler(), 'findExaminations', {
      candidateId: personId,
    })
    expect(exams.items).toMatchObject([{ subject: 'subject1', score: 92, passed: true }])
  })

  test('BIZ-20 a vehicle’s file tells owners, numbers and inspections, and its opening is recorded', async () => {
    const { vehicleId, personId } = await made()
    const unit = '/45/4503/450302/'
    const at = '2026-11-02T02:00:00Z'
    await fact('vehicle_owner', {
      occurred_at: at,
      unit_path: unit,
      vehicle_id: vehicleId,
      person_id: personId,
      from: at,
    })
    await fact('inspection', {
      occurred_at: at,
      unit_path: unit,
      vehicle_id: vehicleId,
      passed: false,
      attempt: 1,
    })
    const file = await call<{ owners: { personLink: string }[] }>(
      services,
      module,
      aHandler(),
      'getVehicle',
      {
        id: vehicleId,
      },
    )
    expect(file.owners[0]).toMatchObject({
      personLink: `/persons/${personId}`,
      to: null,
      person: { masked: true },
    })
    expect(await recorded('business.get-vehicle', vehicleId)).toBe(1)
    const page = await call<{ items: object[] }>(services, module, aHandler(), 'findInspections', {
      vehicleId,
    })
    expect(page.items).toMatchObject([{ passed: false, attempt: 1 }])
  })

  test('PLT-4 PLT-3 links lead only where the reader may go; a file of another unit is not found', async () => {
    const { id, vehicleId, personId } = await made()
    const linksFor = async (actor: ReturnType<typeof aHandler>) => {
      const shown = await call(services, module, actor, 'getTransaction', { id })
      return [shown['vehicleLink'], shown['personLink']]
    }
    expect(await linksFor(aHandler())).toEqual([`/vehicles/${vehicleId}`, `/persons/${personId}`])
    expect(await linksFor(aHandler({ permissions: new Set(['business.transaction.find']) }))).toEqual([
      null,
      null,
    ])
    const elsewhere = aHandler({ unitPath: '/45/4501/450103/' })
    for (const [key, input] of [
      ['getVehicle', { id: vehicleId }],
      ['getPerson', { id: personId }],
    ] as const) {
      expect(await code(call(services, module, elsewhere, key, input))).toBe('platform.not_found')
      expect(await code(call(services, module, anonymous, key, input))).toBe('platform.sign_in_required')
      expect(await code(call(services, module, aHandler({ permissions: new Set() }), key, input))).toBe(
        'platform.forbidden',
      )
      expect(await code(call(services, module, aHandler(), key, { id: 'x' }))).toBe('ZodError')
    }
    for (const [key, input] of [
      ['findInspections', { vehicleId }],
      ['findExaminations', { candidateId: personId }],
    ] as const) {
      expect(await call(services, module, elsewhere, key, input)).toMatchObject({ items: [] })
      expect(await code(call(services, module, anonymous, key, input))).toBe('platform.sign_in_required')
      expect(await code(call(services, module, aHandler({ permissions: new Set() }), key, input))).toBe(
        'platform.forbidden',
      )
      expect(await code(call(services, module, aHandler(), key, {}))).toBe('ZodError')
    }
  })

  test('BIZ-8 transactions are found by their vehicle and by their person', async () => {
    const { id, vehicleId, personId } = await made()
    for (const filter of [{ vehicleId }, { personId }]) {
      const page = await call<{ items: { id: string }[] }>(
        services,
        module,
        aHandler(),
        'findTransactions',
        filter,
      )
      expect(page.items.map((one) => one.id)).toEqual([id])
    }
  })
})
