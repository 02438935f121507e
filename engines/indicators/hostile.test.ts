/** Definitions nobody should write: each is refused by path, none reaches SQL unquoted. */
import { expect, test } from 'vitest'
import type { FactCatalogue } from './catalogue.ts'
import { checkDefinition } from './check-definition.ts'
import { compileDrilldown } from './compile-drilldown.ts'
import { compileInProcess } from './compile-in-process.ts'
import { compilePostHoc } from './compile-post-hoc.ts'
import type { IndicatorDefinition } from './definition.ts'

const column = (name: string, type: FactCatalogue[string]['columns'][string]['type']) => ({
  name,
  type,
  nullable: true,
  personal: type === 'digest',
})

const catalogue: FactCatalogue = {
  visit: {
    name: 'visit',
    scoped: true,
    columns: {
      id: column('id', 'uuid'),
      unit_path: column('unit_path', 'text'),
      occurred_at: column('occurred_at', 'instant'),
      place: column('place', 'text'),
      person: column('person', 'digest'),
      minutes: column('minutes', 'double'),
    },
  },
}

const sound: IndicatorDefinition = {
  code: 'X1',
  mode: 'post_hoc',
  subject: 'place',
  titleZh: '到访过多',
  sentence: '到访次数超过F1次。',
  source: { fact: 'visit' },
  filter: { eq: ['visit.place', { value: "O'Hare" }] },
  dimensions: [{ name: 'place', of: 'visit.place' }],
  window: { kind: 'month' },
  measure: { kind: 'count' },
  comparison: '>',
  unit: 'count',
  threshold: { param: 'F1' },
  parameters: { F1: { default: 3, titleZh: '次数' } },
  minimumSample: 0,
  effect: 'finding',
  explanation: '{period}到访{measured}次。',
}

const run = { dialect: 'duckdb', period: { from: '2026-01-01', to: '2026-02-01' } } as const
const sqlOf = (definition: IndicatorDefinition) => {
  const statement = compilePostHoc(definition, catalogue, run)
  return statement.status === 'ready' ? statement.sql : ''
}

test('SUP-3 a sound definition has no fault, also after a round trip through JSON', () => {
  expect(checkDefinition(sound, catalogue)).toEqual([])
  expect(checkDefinition(JSON.parse(JSON.stringify(sound)), catalogue)).toEqual([])
})

test('a quote in a value is doubled', () => {
  expect(sqlOf(sound)).toContain(`= 'O''Hare'`)
})

const evil = `x"; DROP TABLE visit; --'`
const refused: Array<[name: string, change: Record<string, unknown>, path: RegExp]> = [
  ['code', { code: evil }, /^code$/],
  ['fact', { source: { fact: evil } }, /source\.fact/],
  ['fact of the prototype', { source: { fact: '__proto__' } }, /source\.fact/],
  ['alias', { source: { fact: 'visit', as: evil } }, /source\.as/],
  ['column', { filter: { isNull: `visit.${evil}` } }, /filter\.isNull/],
  ['column of the prototype', { filter: { isNull: 'visit.constructor' } }, /filter\.isNull/],
  ['column of another table', { filter: { isNull: 'pg_user.passwd' } }, /filter\.isNull/],
  ['three-part column', { filter: { isNull: 'visit.place.x' } }, /filter\.isNull/],
  [
    'dimension name',
    { dimensions: [{ name: evil, of: 'visit.place' }], explanation: 'x' },
    /dimensions\[0\]/,
  ],
  [
    'dimension that hides a column of the answer',
    { dimensions: [{ name: 'fired', of: 'visit.place' }], explanation: 'x' },
    /dimensions\[0\]/,
  ],
  ['parameter name', { parameters: { [evil]: { default: 1, titleZh: 'x' } } }, /parameters/],
  ['unknown parameter', { threshold: { param: 'F2' } }, /threshold/],
  ['comparison', { comparison: '> 0 OR 1=1 --' }, /comparison/],
  ['operator', { filter: { sql: 'TRUE' } }, /filter\.sql/],
  ['two operators', { filter: { and: [], or: [] } }, /filter/],
  [
    'join',
    { source: { fact: 'visit', joins: [{ fact: 'visit', as: 'v', kind: 'CROSS', on: { and: [] } }] } },
    /joins\[0\]\.kind/,
  ],
  ['number', { filter: { eq: ['visit.minutes', Number.NaN] } }, /filter/],
  ['number in a text’s place', { filter: { eq: ['visit.place', 5] } }, /filter\.eq/],
  ['length of a cut', { filter: { eq: [{ left: ['visit.place', '4; --'] }, { value: 'x' }] } }, /left\[1\]/],
  ['NUL', { filter: { eq: ['visit.place', { value: 'a\0b' }] } }, /filter/],
  ['order on a digest', { filter: { lt: ['visit.person', 'visit.person'] } }, /filter\.lt/],
  ['sum of a digest', { measure: { kind: 'sum', of: 'visit.person' } }, /measure\.of/],
  [
    'transaction at hand in an analysis',
    { filter: { eq: ['visit.id', { atHand: 'transaction_id' }] } },
    /atHand/,
  ],
  [
    'base without months',
    { window: { kind: 'period' }, base: { kind: 'previous_month' }, unit: 'percent_growth' },
    /base\.kind/,
  ],
  ['unknown key', { sql: 'SELECT 1' }, /^sql$/],
  ['explanation', { explanation: '{password}' }, /explanation/],
  ['list for an object', { measure: [] }, /measure/],
  ['null', { filter: null }, /filter/],
]
for (const [name, change, path] of refused) {
  test(`SUP-3 refuses a hostile or faulty ${name}, naming where`, () => {
    const faults = checkDefinition({ ...sound, ...change }, catalogue)
    expect(faults.length).toBeGreaterThan(0)
    expect(faults[0]!.path).toMatch(path)
  })
}

test('refuses what is no definition at all', () => {
  for (const thing of [null, 5, 'x', [], {}])
    expect(checkDefinition(thing, catalogue).length).toBeGreaterThan(0)
  let deep: unknown = { and: [] }
  for (let i = 0; i < 5000; i += 1) deep = { not: deep }
  expect(checkDefinition({ ...sound, filter: deep }, catalogue)[0]!.reason).toMatch(/deep/)
})

test('compiling refuses a faulty definition even when nobody checked it', () => {
  expect(() => sqlOf({ ...sound, code: evil })).toThrow(/code/)
  expect(() => compileInProcess([{ ...sound, mode: 'in_process' }], catalogue)).toThrow(/trigger/)
})

test('refuses hostile run options', () => {
  const bad: Array<Record<string, unknown>> = [
    { period: { from: `2026-01-01' --`, to: '2026-02-01' } },
    { period: { from: '2026-02-30', to: '2026-03-01' } },
    { period: { from: '2026-02-01', to: '2026-02-01' } },
    { scope: `/45/' OR TRUE --` },
    { dimensions: [{ name: evil, of: 'visit.place' }] },
    { dimensions: [{ name: 'x', of: `visit.${evil}` }] },
    { parameters: { values: { F1: Number.POSITIVE_INFINITY } } },
    { parameters: { values: { F1: evil }, overrides: [{ unitPath: evil, name: 'F1', value: 1 }] } },
    { dialect: 'sqlite' },
  ]
  for (const options of bad) {
    expect(
      () => compilePostHoc(sound, catalogue, { ...run, ...options } as never),
      JSON.stringify(options),
    ).toThrow()
  }
})

test('a group to look behind is quoted', () => {
  const { sql } = compileDrilldown(sound, catalogue, run, {
    period: '2026-01',
    city: '/45/4503/',
    place: "a' OR TRUE --",
  })
  expect(sql).toContain(`'a'' OR TRUE --'`)
  expect(() => compileDrilldown(sound, catalogue, run, { period: "x' --", city: '/', place: 'a' })).toThrow(
    /period/,
  )
})

test('says which fields are missing instead of answering zero', () => {
  const answer = compilePostHoc(sound, catalogue, { ...run, missing: { visit: ['place'] } })
  expect(answer).toEqual({ status: 'cannot_compute', missing: ['visit.place'] })
  expect(compilePostHoc(sound, catalogue, { ...run, missing: { visit: ['minutes'] } }).status).toBe('ready')
})
