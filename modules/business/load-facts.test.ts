import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { untilSettled } from '@hengjian/platform/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestWorld, TEST_UNIT, type TestWorld } from './imports/testing/world.ts'
import { loadFacts } from './load-facts.ts'
import { announceFacts, recordFacts } from './record-facts.ts'

let world: TestWorld
beforeAll(async () => {
  world = await createTestWorld()
})
afterAll(() => world.close())

const everything = { kind: 'all', unitPath: '/', actorId: newId() } as const
const below = (unitPath: string) => ({ kind: 'unit_and_below', unitPath, actorId: newId() }) as const

const base = () => ({
  services: world.services,
  lake: world.lake,
  actor: world.actor,
  origin: world.origin,
})

function inspections(count: number, unitPath = TEST_UNIT.unitPath) {
  return Array.from({ length: count }, (_, i) => ({
    ...TEST_UNIT,
    unitPath,
    sourceKey: `${unitPath}${i}`,
    occurredAt: new Date(Date.UTC(2025, i % 3, 10, 3)),
    model: i % 2 ? '大众"朗逸", 1.6L' : '',
    passed: i % 5 !== 0,
    vehicleAgeYears: i % 20,
    submittedAt: null,
  }))
}

describe('loading in bulk', () => {
  test('BIZ-9 rows stand in PostgreSQL and in the lake, once, however often they are loaded', async () => {
    const load = () =>
      loadFacts({ ...base(), fact: 'inspection', source: 'bulk', rows: [inspections(1_000)], batchRows: 300 })
    expect(await load()).toEqual({ inserted: 1_000, skipped: 0 })
    expect(await load()).toEqual({ inserted: 0, skipped: 1_000 })
    const inLake = await world.lake.query(
      everything,
      `SELECT count(*) AS n, count(DISTINCT id) AS ids, count(*) FILTER (WHERE passed) AS passed,
              count(*) FILTER (WHERE model = '') AS nameless, min(occurred_at) AS first, max(day) AS last
         FROM inspection WHERE source = 'bulk'`,
    )
    expect(inLake).toEqual([
      {
        n: 1_000,
        ids: 1_000,
        passed: 800,
        nameless: 500,
        first: new Date('2025-01-10T03:00:00Z'),
        last: '2025-03-10',
      },
    ])
    const inDatabase = await runAs(world.services, world.actor, world.origin, (ctx) =>
      ctx.tx.client.query(
        `SELECT count(*)::int AS n, count(*) FILTER (WHERE model = '')::int AS nameless FROM inspection WHERE source = 'bulk'`,
      ),
    )
    expect(inDatabase.rows).toEqual([{ n: 1_000, nameless: 500 }])
  })

  test('only rows that are new go into the lake when a batch holds old ones and doubles', async () => {
    const rows = inspections(20, '/45/4503/450399/')
    await loadFacts({ ...base(), fact: 'inspection', source: 'mixed', rows: [rows.slice(0, 10)] })
    const second = await loadFacts({
      ...base(),
      fact: 'inspection',
      source: 'mixed',
      rows: [[...rows, ...rows.slice(15)]],
    })
    expect(second).toEqual({ inserted: 10, skipped: 15 })
    const [sum] = await world.lake.query(
      everything,
      `SELECT count(*) AS n FROM inspection WHERE source = 'mixed'`,
    )
    expect(sum).toEqual({ n: 20 })
  })

  test('PLT-4 the lake shows a caller only the rows of their scope', async () => {
    const own = await world.lake.query(below('/45/4503/450399/'), 'SELECT DISTINCT unit_path FROM inspection')
    expect(own).toEqual([{ unit_path: '/45/4503/450399/' }])
    expect(await world.lake.query(below('/44/'), 'SELECT id FROM inspection')).toEqual([])
  })

  test('a fact without any file is an empty table with its columns', async () => {
    const rows = await world.lake.query(everything, 'SELECT id, "at", day FROM correction')
    expect(rows).toEqual([])
  })

  test('SEC personal values given in clear are nowhere in the lake, and found by their digest', async () => {
    const clear = {
      name: '欧阳明月',
      idNumber: '450302198806151234',
      mobile: '13978301234',
      address: '桂林市秀峰区中山路88号',
    }
    await loadFacts({
      ...base(),
      fact: 'person',
      source: 'people',
      rows: [
        [{ ...TEST_UNIT, sourceKey: 'p1', occurredAt: new Date('2025-02-01'), kind: 'person', ...clear }],
      ],
    })
    const digest = world.services.cipher.digest('id_number', clear.idNumber)!.toString('hex')
    const [found] = await world.lake.query(
      everything,
      'SELECT id_region, birth_year, mobile_digest IS NOT NULL AS has_mobile FROM person WHERE id_digest = $1',
      [digest],
    )
    expect(found).toEqual({ id_region: '450302', birth_year: 1988, has_mobile: true })
    const stored = await runAs(world.services, world.actor, world.origin, (ctx) =>
      ctx.tx.client.query<{ name_enc: Buffer }>(`SELECT name_enc FROM person WHERE source = 'people'`),
    )
    expect(world.services.cipher.decrypt(stored.rows[0]!.name_enc)).toBe(clear.name)
    expect(clearValuesIn(world.lake.folder, Object.values(clear))).toEqual([])
    // and decompressed, column by column
    for (const fact of ['person', 'inspection']) {
      const text = JSON.stringify(await world.lake.query(everything, `SELECT * FROM ${fact}`))
      for (const value of Object.values(clear)) expect(text).not.toContain(value)
    }
  })
})

function clearValuesIn(folder: string, values: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .filter((path) => values.some((value) => readFileSync(path).includes(value)))
}

describe('recording in commands', () => {
  test('PLT-32 the lake follows the outbox: each version once, the highest is shown', async () => {
    const asSystem = <T>(work: Parameters<typeof runAs<T>>[3]) =>
      runAs(world.services, world.actor, world.origin, work)
    const [id] = await asSystem((ctx) =>
      recordFacts(ctx, 'vehicle', [
        {
          ...TEST_UNIT,
          occurredAt: new Date('2025-05-01T02:00:00Z'),
          plate: '桂C12345',
          vin: 'LSVAM4187C2184847',
          model: 'A',
        },
      ]),
    )
    await untilSettled(world.services.database.pool)
    expect(await world.lake.follow()).toBe(1)
    await asSystem(async (ctx) => {
      await ctx.tx.client.query(`UPDATE vehicle SET model = 'B', version = 2 WHERE id = $1`, [id])
      await announceFacts(ctx, 'vehicle', [[id!, 2]])
    })
    await asSystem(async (ctx) => {
      await ctx.tx.client.query(`UPDATE vehicle SET model = 'C', version = 3 WHERE id = $1`, [id])
      await announceFacts(ctx, 'vehicle', [[id!, 3]])
    })
    await untilSettled(world.services.database.pool)
    expect(await world.lake.follow()).toBe(2)
    expect(await world.lake.follow()).toBe(0)
    expect(await world.lake.query(everything, 'SELECT model, version FROM vehicle')).toEqual([
      { model: 'C', version: 3 },
    ])
    expect(clearValuesIn(world.lake.folder, ['桂C12345', 'LSVAM4187C2184847'])).toEqual([])
  })
})
