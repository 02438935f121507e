import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { newId } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { runAs } from '@hengjian/platform/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileOnDisk, importFile, type Mapping, parseMapping } from './index.ts'
import { nativeMapping } from './shipped-mappings.ts'
import { createTestWorld, TEST_UNIT, type TestWorld, testPorts } from './testing/world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await createTestWorld()
})
afterAll(() => world.close())

const everything = { kind: 'all', unitPath: '/', actorId: newId() } as const

function put(name: string, content: string | Buffer): string {
  const path = join(world.folder, name)
  writeFileSync(path, content)
  return path
}

async function importPath(
  path: string,
  mapping: Mapping,
  more: Partial<Parameters<typeof importFile>[0]> = {},
) {
  const { services, lake, origin } = world
  return importFile({
    services,
    lake,
    origin,
    actor: { ...world.actor, ...TEST_UNIT, scope: 'unit_and_below' },
    ports: testPorts,
    file: await fileOnDisk(path),
    mapping,
    ...more,
  })
}

const results = (source: string) =>
  world.lake.query(
    everything,
    `SELECT source_key, model, passed, vehicle_age_years AS age, occurred_at FROM inspection WHERE source = '${source}' ORDER BY source_key`,
  )

const mappingOf = (more: Record<string, unknown> = {}) =>
  parseMapping({
    name: 'test',
    title: '测试',
    fact: 'inspection',
    source: 'csv',
    where: [{ column: '结果', notIn: ['作废'] }],
    columns: {
      occurred_at: { from: '时间' },
      model: { from: '车型', transform: ['upper'], empty: ['-'] },
      passed: { from: '结果', map: { 合格: true, 不合格: false } },
      vehicle_age_years: { from: '车龄' },
      institution_id: { from: '检验机构', institution: 'inspection_station' },
    },
    key: ['编号'],
    ...more,
  })

const HEADER = '编号,时间,车型,结果,车龄,检验机构\r\n'
const GOOD = '1,2025-03-01 09:30:00,"abc,""x""",合格,3,桂林一站\r\n2,2025/3/2,-,不合格,,桂林二站\r\n'

describe('CSV', () => {
  test('BIZ-9 rows become facts by the mapping; rejects are told with line, column and reason', async () => {
    const path = put(
      'a.csv',
      `\uFEFF${HEADER}${GOOD}3,昨天,a,合格,x,桂林一站\r\n4,2025-03-04,a,作废,1,桂林一站\r\n5,2025-03-05,"多\n行",也许,1,桂林一站\r\n6,2025-03-06\r\n7,2025-03-07,z,合格,1,桂林一站\r\n`,
    )
    const result = await importPath(path, mappingOf())
    expect(result).toMatchObject({ records: 7, inserted: 3, skipped: 0, rejected: 3 })
    expect(await results('csv')).toEqual([
      {
        source_key: '1',
        model: 'ABC,"X"',
        passed: true,
        age: 3,
        occurred_at: new Date('2025-03-01T01:30:00Z'),
      },
      {
        source_key: '2',
        model: null,
        passed: false,
        age: null,
        occurred_at: new Date('2025-03-01T16:00:00Z'),
      },
      { source_key: '7', model: 'Z', passed: true, age: 1, occurred_at: new Date('2025-03-06T16:00:00Z') },
    ])
    expect(readFileSync(result.rejectsPath, 'utf8')).toBe(
      '\uFEFFline,column,reason,raw\r\n' +
        '4,时间,不是时间：昨天,"3,昨天,a,合格,x,桂林一站"\r\n' +
        '4,车龄,不是整数：x,"3,昨天,a,合格,x,桂林一站"\r\n' +
        '6,结果,字典中没有：也许,"5,2025-03-05,""多\n行"",也许,1,桂林一站"\r\n' +
        '8,,应有 6 个字段，实有 2 个,"6,2025-03-06"\r\n',
    )
    const institutions = await runAs(world.services, world.actor, world.origin, (ctx) =>
      ctx.tx.client.query('SELECT name, kind, unit_path FROM institution ORDER BY name'),
    )
    expect(institutions.rows).toEqual([
      { name: '桂林一站', kind: 'inspection_station', unit_path: TEST_UNIT.unitPath },
      { name: '桂林二站', kind: 'inspection_station', unit_path: TEST_UNIT.unitPath },
    ])
  })

  test('BIZ-9 importing a file again changes nothing', async () => {
    const path = put('again.csv', HEADER + GOOD)
    const mapping = mappingOf({ source: 'again' })
    expect(await importPath(path, mapping)).toMatchObject({ inserted: 2, skipped: 0 })
    expect(await importPath(path, mapping)).toMatchObject({ inserted: 0, skipped: 2 })
    expect(await results('again')).toHaveLength(2)
  })

  test('GB18030 is recognised', async () => {
    // the header and one row: 1,2025-03-01,A,合格,3,桂林
    const bytes = Buffer.from(
      'b1e0bac52ccab1bce42cb3b5d0cd2cbde1b9fb2cb3b5c1e42cbcecd1e9bbfab9b90d0a' +
        '312c323032352d30332d30312c412cbacfb8f12c332cb9f0c1d60d0a',
      'hex',
    )
    const header = new TextDecoder('gb18030').decode(bytes).split('\r\n')[0]
    expect(header).toBe('编号,时间,车型,结果,车龄,检验机构')
    await importPath(put('gb.csv', bytes), mappingOf({ source: 'gb' }))
    expect(await results('gb')).toMatchObject([{ source_key: '1', model: 'A', passed: true, age: 3 }])
  })

  test('a header that lacks columns is refused, each named with the place in the mapping that asks for it', async () => {
    const path = put('header.csv', '编号,时间,车型,时间\r\n1,2,3,4\r\n')
    const refused = await importPath(path, mappingOf({ source: 'header' })).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Problem)
    const { issues } = refused as Problem
    expect(issues?.map(({ path }) => path).sort()).toEqual([
      'columns.institution_id.from',
      'columns.occurred_at.from',
      'columns.vehicle_age_years.from',
      'where.0.column',
    ])
    expect(issues?.find(({ path }) => path.includes('occurred_at'))?.message).toBe('文件有 2 个“时间”列')
  })

  test('a quote that never closes is told with its line', async () => {
    const path = put(
      'quote.csv',
      `${HEADER}${GOOD}3,"2025-03-01,a,合格,3,桂林一站\r\n4,2025-03-01,a,合格,3,桂林一站\r\n`,
    )
    await expect(importPath(path, mappingOf({ source: 'quote' }))).rejects.toMatchObject({
      detail: '第 4 行起的引号没有配对',
    })
  })
})

describe('other formats', () => {
  test('BIZ-9 NDJSON: bad lines are rejected, the others stand', async () => {
    const path = put(
      'a.ndjson',
      `{"编号":"n1","时间":"2025-03-01T00:00:00Z","车型":"a","结果":"合格","车龄":2,"检验机构":"桂林一站"}\nnonsense\n\n[1]\n{"编号":"n2","时间":"20250302","结果":"合格","车龄":null}\n`,
    )
    const result = await importPath(path, mappingOf({ source: 'ndjson' }))
    expect(result).toMatchObject({ inserted: 2, rejected: 2 })
    expect(readFileSync(result.rejectsPath, 'utf8').split('\r\n').slice(1, 3)).toEqual([
      '2,,不是有效的 JSON,nonsense',
      '4,,不是 JSON 对象,[1]',
    ])
    expect(await results('ndjson')).toMatchObject([
      { source_key: 'n1', age: 2 },
      { source_key: 'n2', age: null },
    ])
  })

  test('BIZ-9 Parquet with our own column names', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const connection = await (await DuckDBInstance.create()).connect()
    const path = join(world.folder, 'own.parquet')
    await connection.run(
      `COPY (SELECT 'k' || i AS source_key, TIMESTAMP '2025-03-01 08:00:00' + INTERVAL (i) HOUR AS occurred_at,
                    i % 2 = 0 AS passed, i::INTEGER AS vehicle_age_years FROM range(5000) t(i)) TO '${path}' (FORMAT parquet)`,
    )
    connection.closeSync()
    const result = await importPath(path, nativeMapping('inspection'))
    expect(result).toMatchObject({ records: 5_000, inserted: 5_000, rejected: 0 })
    const [sum] = await world.lake.query(
      everything,
      `SELECT count(*) AS n, count(*) FILTER (WHERE passed) AS passed, max(vehicle_age_years) AS oldest FROM inspection WHERE source = 'native'`,
    )
    expect(sum).toEqual({ n: 5_000, passed: 2_500, oldest: 4_999 })
  })
})

describe('mappings', () => {
  test('faults are named by path', () => {
    const refused = (() => {
      try {
        mappingOf({
          fact: 'inspection',
          constants: { colour: 'red' },
          columns: { passed: { from: 'a', transform: [{ extract: '(' }] } },
        })
      } catch (error) {
        return error as Problem
      }
      return null
    })()
    expect(refused?.issues?.map(({ path }) => path).sort()).toEqual([
      'columns.occurred_at',
      'columns.passed.transform.0.extract',
      'constants.colour',
    ])
  })

  test('PLT-4 rows of a unit outside the importer’s scope are rejected', async () => {
    const path = put(
      'units.csv',
      `source_key,occurred_at,unit_id,unit_path\nx,2025-01-01,${TEST_UNIT.unitId},/44/4401/\ny,2025-01-01,${TEST_UNIT.unitId},${TEST_UNIT.unitPath}\n`,
    )
    const result = await importPath(path, { ...nativeMapping('inspection'), source: 'units' })
    expect(result).toMatchObject({ inserted: 1, rejected: 1 })
    expect(readFileSync(result.rejectsPath, 'utf8')).toContain('机构不在您的数据范围内：/44/4401/')
  })
})

test('BIZ-9 an import that is killed goes on where it stood and doubles nothing', async () => {
  const count = 60_000
  const path = put(
    'long.csv',
    HEADER +
      Array.from({ length: count }, (_, i) =>
        i % 1_000 === 7 ? `${i},never,a,合格,3,站\n` : `${i},2025-03-01,a,合格,3,站\n`,
      ).join(''),
  )
  const mapping = mappingOf({ source: 'killed' })
  const mappingPath = put('long-mapping.json', JSON.stringify(mapping))
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('./testing/importer.ts', import.meta.url)),
      world.database.appUrl,
      world.folder,
      path,
      mappingPath,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  // it tells each committed batch; killed in the midst of a later one
  for await (const piece of child.stdout) if (Number(String(piece).trim().split('\n').at(-1)) >= 10_000) break
  await pause(15)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const stood = await runAs(world.services, world.actor, world.origin, (ctx) =>
    ctx.tx.client.query<{ position: number; facts: number }>(
      `SELECT position::int, (SELECT count(*)::int FROM inspection WHERE source = 'killed') AS facts
         FROM import_run WHERE state = 'running'`,
    ),
  )
  const { position, facts } = stood.rows[0]!
  expect(position).toBeGreaterThanOrEqual(10_000)
  expect(position).toBeLessThan(count)
  expect(facts).toBe(position - Math.ceil((position - 7) / 1_000))

  const result = await importPath(path, mapping)
  expect(result).toMatchObject({ records: count, inserted: count - 60, skipped: 0, rejected: 60 })
  expect(readFileSync(result.rejectsPath, 'utf8').trim().split('\r\n')).toHaveLength(61)
  const sums = `SELECT count(*) AS n, count(DISTINCT source_key) AS keys FROM inspection WHERE source = 'killed'`
  expect(await world.lake.query(everything, sums)).toEqual([{ n: count - 60, keys: count - 60 }])
}, 60_000)
