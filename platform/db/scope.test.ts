import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Database,
  openDatabase,
  rangeOf,
  readableByAll,
  type ScopeSetting,
  tableShapes,
} from './index.ts'

const HOME = '/45/4503/450302/'
const BELOW = '/45/4503/450302/01/'
const ELSEWHERE = '/45/4503/4503021/'
const ACTOR = '01900000-0000-7000-8000-00000000000a'

interface Column {
  name: string
  type: string
  required: boolean
}

let database: TestDatabase
let app: Database
let admin: pg.Client
const scoped: { name: string; columns: Column[]; assigned: boolean }[] = []

// The list comes from the database itself, so that a new table is tested without being named here.
database = await createTestDatabase()
admin = new pg.Client({ connectionString: database.adminUrl })
await admin.connect()
for (const table of await tableShapes(admin)) {
  if (!table.columns.has('unit_path')) continue
  const { rows } = await admin.query<Column>(
    `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AND NOT a.atthasdef AS required
       FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    [`"${table.name}"`],
  )
  scoped.push({ name: table.name, columns: rows, assigned: table.columns.has('assigned_path') })
}

beforeAll(async () => {
  app = openDatabase(database.appUrl, { max: 4 })
  // Rows stand on their own here; what they refer to does not matter to scope.
  await admin.query('SET session_replication_role = replica')
})
afterAll(async () => {
  await app?.close()
  await admin.end()
  await database.drop()
})

let ordinal = 0
function sampleValue(column: Column, path: string): unknown {
  ordinal += 1
  if (column.name === 'unit_path') return path
  if (column.name === 'id' || column.type === 'uuid')
    return `01900000-0000-7000-8000-${String(ordinal).padStart(12, '0')}`
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'smallint':
    case 'double precision':
    case 'numeric':
      return ordinal
    case 'boolean':
      return false
    case 'timestamp with time zone':
      return new Date()
    case 'date':
      return '2026-01-01'
    case 'bytea':
      return Buffer.from(String(ordinal))
    case 'jsonb':
      return '{}'
    case 'xid8':
      return '1'
    default:
      return column.type.endsWith('[]') ? [] : `v${ordinal}`
  }
}

function insertion(table: { name: string; columns: Column[] }, path: string) {
  const columns = table.columns.filter((column) => column.required || column.name === 'unit_path')
  return {
    text: `INSERT INTO "${table.name}" (${columns.map((column) => `"${column.name}"`).join(', ')}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
    values: columns.map((column) => sampleValue(column, path)),
  }
}

const seen = (name: string, scope: ScopeSetting) =>
  app.transaction(scope, async (tx) => {
    const { rows } = await tx.client.query<{ unit_path: string }>(`SELECT unit_path FROM "${name}"`)
    return rows.map((row) => row.unit_path).sort()
  })
const scope = (kind: ScopeSetting['kind'], unitPath = HOME): ScopeSetting => ({
  kind,
  unitPath,
  actorId: ACTOR,
})

describe.each(scoped)('PLT-4 table $name', (table) => {
  const everyone = table.name in readableByAll
  beforeAll(async () => {
    // Constraints of a module's own do not matter here.
    const { rows } = await admin.query<{ name: string }>(
      `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'`,
      [`"${table.name}"`],
    )
    for (const { name } of rows) await admin.query(`ALTER TABLE "${table.name}" DROP CONSTRAINT "${name}"`)
    for (const path of [HOME, BELOW, ELSEWHERE]) await admin.query(insertion(table, path))
  })

  test('PLT-4 without a setting there are no rows', async () => {
    const { rows } = await app.pool.query(`SELECT count(*)::int AS count FROM "${table.name}"`)
    expect(rows[0].count).toBe(everyone ? 3 : 0)
  })

  test('PLT-4 unit, unit and below, and all see what they name', async () => {
    if (everyone) return expect(await seen(table.name, scope('unit'))).toHaveLength(3)
    expect(await seen(table.name, scope('unit'))).toEqual([HOME])
    expect(await seen(table.name, scope('unit_and_below'))).toEqual([HOME, BELOW])
    expect(await seen(table.name, scope('all'))).toEqual([HOME, BELOW, ELSEWHERE])
  })

  test('PLT-4 a row of another unit is neither inserted, changed nor deleted', async () => {
    await expect(
      app.transaction(scope('unit_and_below'), (tx) => tx.client.query(insertion(table, ELSEWHERE))),
    ).rejects.toMatchObject({ code: '42501' })
    const touched = await app.transaction(scope('unit_and_below'), async (tx) => {
      const updated = await tx.client.query(
        `UPDATE "${table.name}" SET unit_path = unit_path WHERE unit_path = $1`,
        [ELSEWHERE],
      )
      const deleted = await tx.client.query(`DELETE FROM "${table.name}" WHERE unit_path = $1`, [ELSEWHERE])
      return [updated.rowCount, deleted.rowCount]
    })
    expect(touched).toEqual([0, 0])
  })
})

test('PLT-4 every table is scoped, personal, or named with its reason', async () => {
  const { rows } = await admin.query<{ name: string; forced: boolean }>(
    `SELECT relname AS name, relforcerowsecurity AS forced FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r','p')`,
  )
  const forced = new Set(rows.filter((row) => row.forced).map((row) => row.name))
  expect(scoped.length).toBeGreaterThan(20)
  expect(scoped.filter((table) => !forced.has(table.name)).map((table) => table.name)).toEqual([])
})

test('PLT-4 the application owns nothing and bypasses nothing', async () => {
  const { rows } = await admin.query(
    `SELECT rolname, rolsuper, rolbypassrls, rolinherit, (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = 'hengjian_app'`,
  )
  expect(rows).toEqual([
    { rolname: 'hengjian_app', rolsuper: false, rolbypassrls: false, rolinherit: false, owned: 0 },
  ])
})

test('PLT-4 the facts reader sees facts of every unit and nothing else, and gives the role back', async () => {
  await app.transaction(scope('unit'), async (tx) => {
    const count = await tx.asFactsReader(
      async () => (await tx.client.query(`SELECT count(*)::int AS count FROM person`)).rows[0].count,
    )
    expect(count).toBe(3)
    expect((await tx.client.query('SELECT current_user AS name')).rows[0].name).toBe('hengjian_app')
    expect((await tx.client.query('SELECT unit_path FROM person')).rows).toEqual([{ unit_path: HOME }])
  })
  await expect(
    app.transaction(scope('all'), (tx) =>
      tx.asFactsReader(() => tx.client.query('SELECT 1 FROM user_account')),
    ),
  ).rejects.toMatchObject({ code: '42501' })
})

test('PLT-4 a path that is no path is refused before it reaches the database', () => {
  for (const unitPath of ['', '45/', "/45/'; DROP", '/45'])
    expect(() => rangeOf(scope('unit', unitPath))).toThrow('not a unit path')
})
