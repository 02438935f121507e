/**
 * Every statement of every shipped analysis is Trino's SQL, by Trino's own grammar. What the grammar cannot see, because
 * Trino reads the same words otherwise, is looked for in the text.
 */
import {
  compileDrilldown,
  compilePostHoc,
  compileProbe,
  type IndicatorDefinition,
  type PostHocOptions,
} from '@hengjian/indicators'
import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js'
import { expect, test } from 'vitest'
import { catalogue } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'
import { standardOptions } from './post-hoc-vectors.ts'

const parser = new TrinoSQL()
const faultsOf = (sql: string) => parser.validate(sql).map(({ message }) => message)

const definitions = indicatorDefinitions.filter(({ mode }) => mode === 'post_hoc')
const run: PostHocOptions = {
  dialect: 'trino',
  ...standardOptions,
  scope: '/45/4503/450302/',
  localRegions: [
    { unitPath: '/45/4503/', regions: ['4503'] },
    { unitPath: '/', regions: ['4501'] },
  ],
}

/** All that is ever asked about one definition. */
function statementsOf(definition: IndicatorDefinition): Record<string, string> {
  const answer = (options: PostHocOptions) => {
    const statement = compilePostHoc(definition, catalogue, options)
    if (statement.status !== 'ready') throw new Error(`${definition.code} cannot be computed`)
    return statement.sql
  }
  const labels = Object.fromEntries((definition.dimensions ?? []).map(({ name }) => [name, "O'Hare"]))
  const group = { period: '2026-01-05', city: '/45/4503/', ...labels }
  return {
    all: answer(run),
    'worth keeping': answer({ ...run, answer: 'worth_keeping' }),
    'whole city': answer({ ...run, scope: '/', city: 'all' }),
    'each day': answer({ ...run, each: definition.schedule === 'monthly' ? 'month' : 'day' }),
    drilldown: compileDrilldown(definition, catalogue, run, group).sql,
    probe: compileProbe(definition, catalogue, run).sql,
  }
}

test.each(definitions.map(({ code }) => code))('SUP-14 SUP-PA-%s is SQL of Trino', (code) => {
  const definition = definitions.find((each) => each.code === code)!
  for (const [name, sql] of Object.entries(statementsOf(definition))) {
    expect(faultsOf(sql), `${name}: ${sql}`).toEqual([])
    expect(sql, name).not.toMatch(READ_OTHERWISE)
  }
})

/** Functions that Trino has not, and what this grammar lets pass and Trino's analysis refuses. */
const READ_OTHERWISE = new RegExp(
  [
    String.raw`\b(left|strftime|to_char|encode)\(`,
    String.raw`\bepoch\b`,
    'AT TIME ZONE',
    String.raw`\) FILTER \([^()]*\) OVER`,
    String.raw`INTERVAL '\d+'(?! (MONTH|DAY|MINUTE)\b)|INTERVAL '\d*[^\d']`,
  ].join('|'),
)

test.each([
  "SELECT left('abc', 1)",
  "SELECT INTERVAL '1 day' * 2",
  "SELECT INTERVAL '1' * 2",
  'SELECT sum(x) FILTER (WHERE x > 1) OVER () FROM a',
])('what only the analysis of Trino refuses is seen in the text: %s', (sql) => {
  expect(sql).toMatch(READ_OTHERWISE)
})

test.each([
  'SELECT 1 FROM',
  'WITH a AS MATERIALIZED (SELECT 1 AS x) SELECT x FROM a',
  'SELECT x IS NOT TRUE FROM a',
])('the parser refuses what Trino refuses: %s', (sql) => {
  expect(faultsOf(sql)).not.toEqual([])
})

test('SUP-14 a part that may be unknown never stands alone in greatest or least: Trino would forget the others', () => {
  const overlapping = definitions.filter(({ measure }) => measure.kind === 'overlap')
  expect(overlapping).not.toEqual([])
  for (const definition of overlapping) {
    const { all } = statementsOf(definition)
    expect(all).toContain('greatest(coalesce(r.earlier, r.g), r.g)')
    expect(all).toContain('greatest(r.f, coalesce(r.before, r.f))')
  }
})

test('SUP-14 the city of a unit without one is empty, not unknown, in Trino as elsewhere', () => {
  const definition = definitions.find(({ allUnits, dimensions }) => !allUnits && dimensions?.length)!
  expect(statementsOf(definition)['all']).toMatch(/split_part\([^,]+ \|\| '\/\/', '\/', 3\)/)
})
