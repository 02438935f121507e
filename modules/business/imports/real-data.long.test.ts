/**
 * The real files, imported whole by their mapping files and compared with hand-written SQL over the raw files.
 * Skipped, saying so, where the data are not there.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { newId } from '@hengjian/platform/context'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileOnDisk, importFile, shippedMappings } from './index.ts'
import { createTestWorld, TEST_UNIT, type TestWorld, testPorts } from './testing/world.ts'

const DATA = fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const TESTS = `${DATA}/driving-tests/dvsa_pass_rate_by_centre_and_attempt.csv`
const INSPECTIONS = [2019, 2020].map(
  (year) => `${DATA}/vehicle-inspections/fi_inspections_by_model_${year}.csv`,
)
const present = existsSync(TESTS) && INSPECTIONS.every((path) => existsSync(path))
if (!present) console.log(`skipped: the data sets are not in ${DATA}`)

const everything = { kind: 'all', unitPath: '/', actorId: newId() } as const

describe.skipIf(!present)('real files', () => {
  let world: TestWorld
  beforeAll(async () => {
    world = await createTestWorld()
  })
  afterAll(() => world.close())

  const load = async (path: string, mapping: string) => {
    const { services, lake, origin } = world
    const result = await importFile({
      services,
      lake,
      origin,
      actor: { ...world.actor, ...TEST_UNIT, scope: 'unit_and_below' },
      ports: testPorts,
      file: await fileOnDisk(path),
      mapping: shippedMappings().get(mapping)!,
    })
    console.log(`${mapping}: ${result.inserted} facts, ${result.factsPerSecond} facts/s`)
    return result
  }

  async function raw(sql: string): Promise<unknown[]> {
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const reader = await connection.runAndReadAll(sql)
    const rows = reader.getRowObjectsJson()
    connection.closeSync()
    instance.closeSync()
    return rows
  }
  const inLake = async (sql: string) =>
    (await world.lake.query(everything, sql)).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
    )
  const asText = (rows: unknown[]) =>
    (rows as Record<string, unknown>[]).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
    )

  test('BIZ-9 British driving tests: 1,048,573 examinations, each centre and attempt with its passes', async () => {
    const result = await load(TESTS, 'dvsa-driving-tests')
    expect(result).toMatchObject({ inserted: 1_048_573, skipped: 0, rejected: 0 })
    const { rows } = await world.services.database.transaction(everything, (tx) =>
      tx.client.query<{ id: string; name: string }>(
        `SELECT id, name FROM institution WHERE kind = 'exam_site'`,
      ),
    )
    const names = new Map(rows.map(({ id, name }) => [id, name]))
    const facts = await inLake(
      `SELECT site_id AS site, attempt, count(*) AS tests, count(*) FILTER (WHERE passed) AS passed,
              bool_and(make_up = (attempt >= 2)) AS consistent, count(working_time) AS with_hours
         FROM examination GROUP BY ALL`,
    )
    const mapped = facts.map(({ site, ...row }) => ({ centre: names.get(site!), ...row }))
    const expected = asText(
      await raw(
        `SELECT trim(TC_NAME) AS centre, ATTEMPTS_TRUNC AS attempt, total_count AS tests,
                round(pass_rate * total_count)::INTEGER AS passed, true AS consistent, 0 AS with_hours
           FROM read_csv('${TESTS}', header = true)`,
      ),
    )
    const sorted = (list: object[]) => list.map((row) => JSON.stringify(row)).sort()
    expect(sorted(mapped)).toEqual(sorted(expected))
  })

  test('BIZ-9 Finnish inspections: over ten years 247 series, 1,351,795 inspections, 53 series over 80 %', async () => {
    for (const path of INSPECTIONS)
      expect(await load(path, 'fi-inspections')).toMatchObject({ skipped: 0, rejected: 0 })
    const bySeries = (age: number) => `
      SELECT model, count(*) AS inspections, count(*) FILTER (WHERE passed) AS passed
        FROM inspection WHERE vehicle_age_years > ${age} GROUP BY model ORDER BY model`
    const bySeriesInRaw = (age: number) => `
      SELECT "Brand and model series" AS model, sum("Number of inspections"::INTEGER) AS inspections, sum("Accepted cars"::INTEGER) AS passed
        FROM read_csv(['${INSPECTIONS.join("','")}'], header = true, all_varchar = true)
       WHERE "Brand and model series" NOT LIKE '%in total%' AND "Registration year" NOT LIKE '%in total%'
         AND "Number of inspections" <> '.' AND "Accepted cars" <> '.'
         AND "Year of inspection"::INTEGER - "Registration year"::INTEGER > ${age}
       GROUP BY 1 ORDER BY 1`
    const facts = await inLake(bySeries(10))
    expect(facts).toEqual(asText(await raw(bySeriesInRaw(10))))
    expect(facts).toHaveLength(247)
    expect(facts.reduce((sum, row) => sum + Number(row['inspections']), 0)).toBe(1_351_795)
    expect(facts.filter((row) => Number(row['passed']) / Number(row['inspections']) > 0.8)).toHaveLength(53)
    expect(await inLake(bySeries(15))).toEqual([])
  })
})
