/** An indicator that is composed to be judged while business is handled (SUP-3). Counts are worked out by hand. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { partyField } from './composition/define-in-process.ts'
import type { Composition } from './contract.ts'
import { runBackTest } from './jobs/run-back-test.handler.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
beforeAll(async () => {
  fixture = await createSupervisionFixture()
})
afterAll(() => fixture.close())

/** Failed inspections of the vehicle at hand within six months, at its change of registration. */
const composition = {
  title: '检验不合格后变更登记',
  source: 'inspection',
  filters: [{ field: 'inspection.passed', test: 'is', values: [false] }],
  compare: [],
  window: { kind: 'rolling', months: 6 },
  measure: { kind: 'count' },
  comparison: '>=',
  threshold: 2,
  minimumSample: 0,
  inProcess: { businessKinds: ['change_registration'], about: 'vehicle', effect: 'prompt' },
}
type Change = Omit<Partial<Composition>, 'inProcess'> & { inProcess?: Partial<Composition['inProcess']> }
const withChange = ({ inProcess, ...rest }: Change) => ({
  ...composition,
  ...rest,
  inProcess: { ...composition.inProcess, ...inProcess },
})
const check = (change: Change) =>
  fixture.call(fixture.user(units.city), 'checkComposition', { composition: withChange(change) })

/** Composed, approved by a second person and switched on for the city; answers its code. */
async function running(change: Change = {}): Promise<string> {
  const author = fixture.user(units.city)
  const { code } = await fixture.call(author, 'createComposed', { composition: withChange(change) })
  await fixture.call(author, 'submitComposed', { code, number: 1, reason: '请审核' })
  await fixture.call(fixture.user(units.city), 'approveComposed', { code, number: 1 })
  await fixture.call(author, 'switchComposed', { code, number: 1, reason: '试行' })
  return code
}
const off = (code: string) =>
  fixture.call(fixture.user(units.city), 'switchComposed', { code, number: null, reason: '停用' })
const inspected = (vehicleId: string, at: string, passed = false, unit: string = units.otherCity) =>
  fixture.fact('inspection', {
    vehicle_id: vehicleId,
    occurred_at: at,
    passed,
    unit_path: unit,
    institution_id: randomUUID(),
    attempt: 1,
  })
/** Codes of composed indicators that fired, with what was to happen. */
async function accept(vehicleId: string, unitPath: string = units.brigade, rest: object = {}) {
  const judged = await fixture.accept(fixture.user(unitPath), {
    businessKind: 'change_registration',
    vehicleId,
    ...rest,
  })
  const warnings = judged.warnings.filter(({ code }) => code.startsWith('C'))
  return { ...judged, warnings, fired: warnings.map(({ code, effect }) => `${code} ${effect}`) }
}

test('SUP-3 it is said in words', async () => {
  expect(await check({})).toEqual({
    sentence: '受理变更登记时，该机动车6个月内（截至受理时）的检验（合格为否）数量达到或超过X1，提示经办人。',
    faults: [],
  })
  const { sentence } = await check({
    source: 'transaction',
    filters: [],
    window: { kind: 'day' },
    measure: { kind: 'count_distinct', field: 'transaction.vehicle_id' },
    inProcess: {
      businessKinds: ['registration', 'mortgage', 'change_registration', 'transfer_registration'],
      about: 'agent',
      effect: 'authorise',
    },
  })
  expect(sentence).toMatch(
    /^受理注册登记、.*等4种业务时，该代理人当日（截至受理时）的业务流水涉及的不同机动车个数达到或超过X1，须经领导授权。$/,
  )
})

const faulty: readonly (readonly [string, Change, string, RegExp])[] = [
  [
    'an unknown kind of business',
    { inProcess: { businessKinds: ['x'] } },
    'inProcess.businessKinds.0',
    /没有/,
  ],
  [
    'a kind without vehicle',
    { inProcess: { businessKinds: ['validation'] } },
    'inProcess.businessKinds.0',
    /机动车/,
  ],
  ['records without the party', { inProcess: { about: 'agent' } }, 'inProcess.about', /不能按它/],
  ['something to compare', { compare: ['inspection.institution_id'] }, 'compare', /不作比较/],
  ['a base', { base: 'others_average' }, 'base', /基数/],
  ['an average', { measure: { kind: 'average', field: 'inspection.attempt' } }, 'measure', /只能/],
  ['a rate', { measure: { kind: 'rate', filters: [] } }, 'measure', /只能/],
  ['the sum of a text', { measure: { kind: 'sum', field: 'inspection.line' } }, 'measure.field', /数字/],
  [
    'an unknown field',
    { filters: [{ field: 'licence.state', test: 'known', values: [] }] },
    'filters.0.field',
    /没有/,
  ],
]
for (const [name, change, path, message] of faulty)
  test(`SUP-3 ${name} is refused at its field`, async () => {
    const { sentence, faults } = await check(change)
    expect(sentence).toBeNull()
    expect(faults).toContainEqual({ path, message: expect.stringMatching(message) })
  })

test('SUP-3 it prompts at acceptance by the facts of all units within the window, and for its own units only', async () => {
  const code = await running()
  const vehicle = await fixture.fact('vehicle', {})
  // Six months before 2026-03-04 10:00 is 2025-09-04 10:00, which is outside; passed ones do not count.
  await inspected(vehicle, '2025-09-04T02:00:00Z')
  await inspected(vehicle, '2025-12-01T02:00:00Z')
  await inspected(vehicle, '2026-01-01T02:00:00Z', true)
  expect((await accept(vehicle)).fired).toEqual([])
  await inspected(vehicle, '2025-09-04T02:00:01Z')
  const hit = await accept(vehicle)
  expect(hit).toMatchObject({ outcome: 'prompt', fired: [`${code} prompt`] })
  expect(hit.warnings[0]!.sentence).toBe('该机动车6个月内的检验数量为2，达到或超过2。')
  const { items } = await fixture.call(fixture.user(units.brigade), 'findWarnings', { code })
  expect(items[0].explanation).toMatchObject({ measured: 2, threshold: 2, indicator: { code, version: 1 } })
  expect(items[0].explanation.elsewhere).toMatchObject([{ fact: 'inspection', count: 2 }])
  expect((await accept(vehicle, units.otherCity)).fired).toEqual([])
  expect((await accept(vehicle, units.brigade, { businessKind: 'mortgage' })).fired).toEqual([])

  // Its threshold is set by unit like that of any other.
  await fixture.call(fixture.user(units.brigade), 'updateIndicatorSetting', {
    code,
    unitPath: units.brigade,
    enabled: null,
    parameters: { X1_threshold: 3 },
    version: 0,
    reason: '试行',
  })
  expect((await accept(vehicle)).fired).toEqual([])
  expect((await accept(vehicle, units.sister)).fired).toEqual([`${code} prompt`])
  await off(code)
  expect((await accept(vehicle, units.sister)).fired).toEqual([])
})

test('SUP-3 it holds the transaction for a leader, once, and counts the transaction at hand', async () => {
  const code = await running({
    source: 'transaction',
    filters: [{ field: 'transaction.business_kind', test: 'is', values: ['change_registration'] }],
    window: { kind: 'day' },
    comparison: '>',
    threshold: 1,
    inProcess: { effect: 'authorise' },
  })
  const vehicle = await fixture.fact('vehicle', {})
  expect((await accept(vehicle)).fired).toEqual([])
  const second = await accept(vehicle)
  expect(second).toMatchObject({ outcome: 'authorise', fired: [`${code} authorise`] })
  expect(second.authorisationId).not.toBeNull()
  // A step is judged again: what is asked for already is not asked for twice.
  const step = await fixture.judge(fixture.user(units.brigade), second.transaction, 'step')
  expect(step).toMatchObject({ outcome: 'authorise', authorisationId: second.authorisationId })
  await off(code)
})

test('SUP-3 it is judged by records of the transaction itself, and by sum and greatest value', async () => {
  const changes = await running({
    source: 'transaction_change',
    filters: [],
    inProcess: { about: 'transaction' },
  })
  const attempts = await running({
    filters: [],
    measure: { kind: 'sum', field: 'inspection.attempt' },
    comparison: '>',
    threshold: 1,
  })
  const most = await running({
    filters: [],
    measure: { kind: 'max', field: 'inspection.attempt' },
    comparison: '>=',
    threshold: 1,
  })
  const id = randomUUID()
  await fixture.fact('transaction_change', { transaction_id: id, field: 'colour' })
  await fixture.fact('transaction_change', { transaction_id: id, field: 'engine' })
  const vehicle = await fixture.fact('vehicle', {})
  await inspected(vehicle, '2026-02-01T02:00:00Z')
  // Two changes; attempts 1: sum 1 is not above 1, the greatest is 1.
  expect((await accept(vehicle, units.brigade, { id })).fired.sort()).toEqual(
    [`${changes} prompt`, `${most} prompt`].sort(),
  )
  await inspected(vehicle, '2026-02-02T02:00:00Z')
  expect((await accept(vehicle)).fired.sort()).toEqual([`${attempts} prompt`, `${most} prompt`].sort())
  for (const code of [changes, attempts, most]) await off(code)
})

test('SUP-3 a back-test judges past acceptances again, each at its own moment, and shows their records', async () => {
  const vehicle = await fixture.fact('vehicle', {})
  const acceptedAt = async (at: string, unitPath: string = units.brigade) => {
    fixture.setNow(at)
    return (await accept(vehicle, unitPath)).transaction.transactionId
  }
  await inspected(vehicle, '2026-01-05T02:00:00Z', false, units.brigade)
  await acceptedAt('2026-01-20T02:00:00Z')
  await inspected(vehicle, '2026-01-25T02:00:00Z')
  // One before the first acceptance, both before the second; the third lies in another city.
  const second = await acceptedAt('2026-02-01T02:00:00Z')
  await acceptedAt('2026-02-02T02:00:00Z', units.otherCity)
  fixture.setNow('2026-03-04T02:00:00Z')
  const author = fixture.user(units.city)
  const { code } = await fixture.call(author, 'createComposed', { composition: withChange({}) })
  const { id } = await fixture.call(author, 'startBackTest', {
    code,
    number: 1,
    from: '2026-01-01',
    to: '2026-02-28',
  })
  await runBackTest(fixture.services, fixture.ports, id)
  const tested = await fixture.call(author, 'getBackTest', { id })
  expect(tested).toMatchObject({ state: 'done', fired: 1, effect: 'prompt', message: null })
  expect(tested.result).toMatchObject({
    groups: 2,
    cannotJudge: 0,
    cut: false,
    subjects: 1,
    byUnitMonth: [{ unitPath: units.brigade, month: '2026-02', fired: 1 }],
    hits: [
      {
        measured: 2,
        threshold: 2,
        period: '2026-02-01',
        sentence: '该机动车6个月内的检验数量为2，达到或超过2。',
      },
    ],
  })
  const facts = await fixture.call(author, 'findBackTestFacts', { id, hit: 0 })
  // The transaction and one inspection; the other lies in another city.
  expect(facts.items.map((row: { fact: string }) => row.fact)).toEqual(['transaction', 'inspection'])
  expect(facts).toMatchObject({ outside: 1, nextCursor: null, items: [{ id: second }, {}] })
  // Nothing was shown to anybody.
  expect((await fixture.call(fixture.user(units.corps), 'findWarnings', { code })).items).toEqual([])
})

test('SUP-3 another process judges by it as soon as it is switched on', async () => {
  const { book } = fixture.supervision
  const before = book.plan
  const code = await running()
  // Nothing told the book; the next acceptance asks.
  expect(book.plan).toBe(before)
  await accept(await fixture.fact('vehicle', {}))
  expect(book.plan.statementFor('accept', 'change_registration')!.codes).toContain(code)
  await off(code)
})

test('SUP-3 whatever the composer offers is found by an index, so that the desk stays quick', async () => {
  const { facts } = await fixture.call(fixture.user(units.city), 'findBlocks', {})
  const { rows } = await fixture.admin.query<{ key: string }>(
    `SELECT DISTINCT c.relname || '.' || a.attname AS key FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]`,
  )
  const indexed = new Set(rows.map(({ key }) => key))
  let pairs = 0
  const slow: string[] = []
  for (const { fact, parties } of facts)
    for (const about of parties) {
      pairs += 1
      const { field, fact: owner } = partyField(fact, about)!
      if (!indexed.has(field)) slow.push(field)
      // Where the party is named by another record, ours is found by the one it names.
      if (owner !== fact && !indexed.has(`${fact}.${owner}_id`)) slow.push(`${fact}.${owner}_id`)
      const { faults } = await check({
        source: fact,
        filters: [],
        inProcess: { about, businessKinds: ['registration'] },
      })
      expect(faults, `${fact} of ${about}`).toEqual([])
    }
  expect(slow).toEqual([])
  expect(pairs).toBeGreaterThan(30)
})
