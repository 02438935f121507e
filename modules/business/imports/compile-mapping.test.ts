/** The shipped mappings against the real files, without a database. Skipped, saying so, where the data are not there. */
import { createReadStream, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { compileMapping, type MappingEnvironment, uuidOf } from './compile-mapping.ts'
import { convertText } from './convert-value.ts'
import { parseMapping } from './mapping.ts'
import { readCsv } from './read-csv.ts'
import { shippedMappings } from './shipped-mappings.ts'

const DATA = fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const TESTS = `${DATA}/driving-tests/dvsa_pass_rate_by_centre_and_attempt.csv`
const INSPECTIONS = [2019, 2020].map(
  (year) => `${DATA}/vehicle-inspections/fi_inspections_by_model_${year}.csv`,
)
const present = existsSync(TESTS) && INSPECTIONS.every((path) => existsSync(path))
if (!present) console.log(`skipped: the data sets are not in ${DATA}`)

const environment: MappingEnvironment = {
  ownUnit: { unitId: '01900000-0000-7000-8000-000000000001', unitPath: '/45/' },
  fileDigest: 'digest',
  mayPlace: () => true,
  unit: () => null,
  institution: (kind, name) => uuidOf(kind, name),
}

async function factsOf(path: string, mappingName: string): Promise<Iterable<Record<string, unknown>>[]> {
  const reader = await readCsv(createReadStream(path), ',')
  const map = compileMapping(shippedMappings().get(mappingName)!, reader.header, environment)
  const all: Iterable<Record<string, unknown>>[] = []
  let ordinal = 0
  for await (const piece of reader.pieces)
    for (const { fields } of piece) {
      const mapped = map(fields, ++ordinal)
      if (mapped.kind === 'faulty') throw new Error(JSON.stringify(mapped.faults))
      if (mapped.kind === 'facts') all.push(mapped.facts)
    }
  return all
}

describe.skipIf(!present)('shipped mappings', () => {
  test('BIZ-9 British driving tests: one examination each, make-ups from the second attempt', async () => {
    let tests = 0
    let makeUps = 0
    const centres = new Set<unknown>()
    for (const facts of await factsOf(TESTS, 'dvsa-driving-tests'))
      for (const fact of facts) {
        tests += 1
        if (fact['makeUp']) makeUps += 1
        centres.add(fact['siteId'])
      }
    expect(tests).toBe(1_048_573)
    expect(centres.size).toBe(331)
    expect(makeUps).toBeGreaterThan(0)
    expect(makeUps).toBeLessThan(tests)
  })

  test('BIZ-9 Finnish inspections over ten years: 247 series, 1,351,795, 53 of them passing over 80 %', async () => {
    const series = new Map<unknown, { inspections: number; passed: number }>()
    let oldest = 0
    for (const path of INSPECTIONS)
      for (const facts of await factsOf(path, 'fi-inspections'))
        for (const fact of facts) {
          const age = fact['vehicleAgeYears'] as number
          oldest = Math.max(oldest, age)
          if (age <= 10) continue
          const sum = series.get(fact['model']) ?? { inspections: 0, passed: 0 }
          sum.inspections += 1
          if (fact['passed']) sum.passed += 1
          series.set(fact['model'], sum)
        }
    const sums = [...series.values()]
    expect(sums).toHaveLength(247)
    expect(sums.reduce((total, { inspections }) => total + inspections, 0)).toBe(1_351_795)
    expect(sums.filter(({ inspections, passed }) => passed / inspections > 0.8)).toHaveLength(53)
    expect(oldest).toBeLessThanOrEqual(15)
  })
})

describe('values', () => {
  test.each([
    ['2025-03-01', '2025-02-28T16:00:00.000Z'],
    ['2025/3/1 9:05', '2025-03-01T01:05:00.000Z'],
    ['20250301090500', '2025-03-01T01:05:00.000Z'],
    ['2025-03-01T09:05:00.25Z', '2025-03-01T09:05:00.250Z'],
    ['2025-03-01 09:05:00+0530', '2025-03-01T03:35:00.000Z'],
    ['2025-03-01 09:05:00+00', '2025-03-01T09:05:00.000Z'],
  ])('instant %s', (text, expected) => {
    expect((convertText(text, 'instant') as Date).toISOString()).toBe(expected)
  })

  test.each([
    ['2025-02-30', 'instant'],
    ['2025-13-01', 'date'],
    ['1.5', 'integer'],
    ['99999999999', 'integer'],
    ['1,5', 'double'],
    ['maybe', 'boolean'],
    ['123', 'uuid'],
    ['a\0b', 'text'],
  ] as const)('%s is no %s', (text, type) => {
    expect(() => convertText(text, type)).toThrow()
  })

  test('references follow from source and key, in whichever file they stand', () => {
    const base = { name: 'm', title: 'm', source: 's' }
    const vehicles = parseMapping({
      ...base,
      fact: 'vehicle',
      id: 'key',
      key: ['no'],
      columns: { occurred_at: { from: 'at' }, plate: { from: 'no' } },
    })
    const inspections = parseMapping({
      ...base,
      fact: 'inspection',
      columns: { occurred_at: { from: 'at' }, vehicle_id: { from: 'car', reference: 'vehicle' } },
    })
    const first = (mapped: ReturnType<ReturnType<typeof compileMapping>>) =>
      mapped.kind === 'facts' ? [...mapped.facts][0]! : null
    const vehicle = first(compileMapping(vehicles, ['at', 'no'], environment)(['2025-01-01', 'k7'], 1))
    const inspection = first(compileMapping(inspections, ['car', 'at'], environment)(['k7', '2025-01-01'], 1))
    expect(inspection?.['vehicleId']).toBe(vehicle?.['id'])
    expect(inspection?.['sourceKey']).toBe('digest:1')
  })
})
