/** The shipped definitions as data, and others that users may compose of the same blocks. */
import { businessKinds } from '@hengjian/business'
import {
  checkDefinition,
  explain,
  type IndicatorDefinition,
  LOCK_SUBJECTS_SQL,
  subjectLocks,
} from '@hengjian/indicators'
import { createTestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  all,
  dimension,
  is,
  LICENCE_KINDS,
  NOT_WITHDRAWN,
  oneOf,
  parameter,
  VEHICLE_KINDS,
} from './blocks.ts'
import { catalogue, type FactStores, type Facts, openFactStores } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

test.each(indicatorDefinitions.map((d) => [d.code, d] as const))(
  'SUP-3 %s is sound, and plain data',
  (_code, definition) => {
    expect(checkDefinition(definition, catalogue)).toEqual([])
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition)
  },
)

test('every code is shipped once', () => {
  const codes = indicatorDefinitions.map((d) => d.code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(indicatorDefinitions.filter((d) => d.mode === 'in_process').length).toBe(22)
})

test('indicators on all kinds of vehicle or licence business know every kind of the desk', () => {
  for (const kind of businessKinds) {
    expect(kind.subjectKind === 'vehicle' ? VEHICLE_KINDS : LICENCE_KINDS).toContain(kind.code)
  }
})

test('SUP-IN-012106 locks come sorted and once, and PostgreSQL takes them', async () => {
  const atHand = { vehicleId: 'v', personId: 'p', organisationId: null, agentId: 'a', mobileDigest: 'm' }
  const locks = subjectLocks(indicatorDefinitions, atHand)
  expect(locks).toEqual(['agent:a', 'mobile:m', 'person:p', 'vehicle:v'])
  const database = await createTestDatabase({ template: false })
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query('BEGIN')
  await client.query(LOCK_SUBJECTS_SQL, [locks])
  const held = await client.query(
    `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()`,
  )
  expect(held.rows[0].n).toBe(4)
  await client.query('ROLLBACK')
  await client.end()
  await database.drop()
})

// ---- composed of the same blocks ----------------------------------------------------------------------------------

const composed = (
  rest: Partial<IndicatorDefinition> &
    Pick<IndicatorDefinition, 'code' | 'source' | 'measure' | 'unit' | 'threshold' | 'parameters'>,
): IndicatorDefinition => ({
  mode: 'post_hoc',
  subject: 'unit',
  titleZh: '自定义指标',
  sentence: '自定义指标。',
  schedule: 'monthly',
  dimensions: [],
  window: { kind: 'month' },
  comparison: '>',
  minimumSample: 0,
  effect: 'finding',
  explanation: '{period}测得{measured}，阈值{threshold}。',
  ...rest,
})
const RUN = {
  period: { from: '2026-01-01', to: '2026-02-01' },
  localRegions: [{ unitPath: '/45/4503/', regions: ['4503'] }],
}
const times = <T>(n: number, row: T): T[] => Array.from({ length: n }, () => row)

async function answer(definition: IndicatorDefinition, facts: Facts) {
  expect(checkDefinition(definition, catalogue)).toEqual([])
  const { postgres, duckdb } = await stores.analyse(definition, facts, RUN)
  expect(duckdb).toEqual(postgres)
  return postgres
}

test('SUP-3 a sequence: number selected, withdrawn, business accepted again', async () => {
  const definition = composed({
    code: 'C.sequence',
    source: {
      fact: 'number_selection',
      joins: [
        {
          fact: 'transaction',
          on: all(
            { eq: ['transaction.vehicle_id', 'number_selection.vehicle_id'] },
            { ge: ['transaction.accepted_at', 'number_selection.withdrawn_at'] },
          ),
        },
      ],
    },
    time: 'transaction.accepted_at',
    filter: oneOf('transaction.business_kind', ['registration', 'transfer_registration']),
    dimensions: [dimension('vehicle', 'number_selection.vehicle_id', '机动车')],
    allUnits: true,
    window: { kind: 'rolling' },
    measure: { kind: 'count' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('S1'),
    parameters: { S1: { default: 1, titleZh: '次数' } },
  })
  const selection = {
    vehicle_id: 'v',
    transaction_id: 'old',
    selected_at: '2025-06-01 09:00',
    withdrawn_at: '2025-06-02 09:00',
  }
  const again = (at: string) => ({
    number_selection: [selection],
    transaction: [{ vehicle_id: 'v', business_kind: 'registration', accepted_at: at }],
  })
  expect(await answer(definition, again('2026-01-05 09:00'))).toMatchObject([{ measured: 1, fired: true }])
  expect(await answer(definition, again('2025-06-02 08:59'))).toEqual([])
})

test('SUP-3 the whole city against its monthly average of last year', async () => {
  const definition = composed({
    code: 'C.city',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(is('transaction.business_kind', 'deregistration'), {
      not: { local: 'transaction.origin_region' },
    }),
    measure: { kind: 'count' },
    base: { kind: 'last_year_monthly_average' },
    unit: 'percent_growth',
    threshold: parameter('X'),
    parameters: { X: { default: 10, titleZh: '增长' } },
  })
  const scrapped = (n: number, accepted_at: string) =>
    times(n, { business_kind: 'deregistration', origin_region: '440103', accepted_at })
  const rows = await answer(definition, {
    transaction: [
      ...scrapped(3, '2025-07-01 09:00'),
      ...scrapped(1, '2025-09-01 09:00'),
      ...scrapped(3, '2026-01-05 09:00'),
    ],
  })
  expect(rows).toMatchObject([
    { city: '/45/4503/', unit_path: '/45/4503/', measured: 3, base: 2, deviation: 50, fired: true },
  ])
  expect(explain(definition, rows[0]!).notes).toEqual(['去年仅2个月有数据，按2个月平均。'])
})

test('SUP-3 a share of different candidates, and its growth against the same month last year', async () => {
  const candidates = (local: boolean, n: number, at: string) =>
    Array.from({ length: n }, (_, i) => ({
      candidate_id: `${local}${i}`,
      subject: 'subject1',
      local,
      full_mark: true,
      occurred_at: at,
    }))
  const definition = composed({
    code: 'C.share',
    source: { fact: 'examination' },
    filter: is('examination.full_mark', true),
    dimensions: [dimension('unit', 'examination.unit_path', '机构')],
    measure: {
      kind: 'rate',
      numerator: is('examination.local', false),
      distinct: 'examination.candidate_id',
    },
    base: { kind: 'same_month_last_year' },
    unit: 'percentage_points',
    threshold: parameter('X'),
    parameters: { X: { default: 10, titleZh: '百分点' } },
  })
  const now = [...candidates(false, 3, '2026-01-05 09:00'), ...candidates(true, 7, '2026-01-05 09:00')]
  const rows = await answer(definition, {
    examination: [
      ...now,
      ...now,
      ...candidates(false, 1, '2025-01-05 09:00'),
      ...candidates(true, 4, '2025-01-05 09:00'),
    ],
  })
  expect(rows).toMatchObject([{ measured: 30, base: 20, deviation: 10, sample: 10, fired: false }])
})

test('SUP-3 rows of one fact as a share of another', async () => {
  const definition = composed({
    code: 'C.amended',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: NOT_WITHDRAWN,
    dimensions: [dimension('handler', 'transaction.handler_id', '经办人')],
    window: { kind: 'day' },
    measure: {
      kind: 'share',
      numerator: {
        fact: 'amendment',
        time: 'amendment.at',
        distinct: 'amendment.transaction_id',
        dimensions: [{ name: 'handler', of: 'amendment.operator_id' }],
      },
    },
    comparison: '>=',
    unit: 'percent_share',
    threshold: parameter('X'),
    parameters: { X: { default: 3, titleZh: '占比' } },
  })
  const work = times(100, { handler_id: 'h', accepted_at: '2026-01-05 09:00' })
  const amended = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      transaction_id: `t${i % 3}`,
      operator_id: 'h',
      at: '2026-01-05 10:00',
    }))
  expect(await answer(definition, { transaction: work, amendment: amended(6) })).toMatchObject([
    { measured: 3, fired: true },
  ])
  expect(await answer(definition, { transaction: work, amendment: amended(2) })).toMatchObject([
    { measured: 2, fired: false },
  ])
})
