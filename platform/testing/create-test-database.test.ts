import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './index.ts'

let first: TestDatabase
let second: TestDatabase
beforeAll(async () => {
  first = await createTestDatabase()
  second = await createTestDatabase()
})
afterAll(async () => {
  await first.drop()
  await second.drop()
})

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

test('a database from the template carries every migration, and is nobody else’s', async () => {
  await ask(first.adminUrl, 'CREATE TABLE only_here (n int)')
  const there = await ask<{ name: string }>(second.adminUrl, `SELECT to_regclass('only_here')::text AS name`)
  expect(there[0]!.name).toBeNull()
  const migrations = await ask<{ n: number }>(second.adminUrl, 'SELECT count(*)::int AS n FROM migration')
  expect(migrations[0]!.n).toBeGreaterThan(0)
})

test('PLT-4 the application’s role signs in, owns nothing and is held by the policies', async () => {
  const [role] = await ask<{ name: string; free: boolean; owned: number }>(
    first.appUrl,
    `SELECT current_user AS name, rolsuper OR rolbypassrls AS free,
            (SELECT count(*)::int FROM pg_class WHERE relowner = oid_of.oid) AS owned
       FROM pg_roles AS oid_of WHERE rolname = current_user`,
  )
  expect(role).toEqual({ name: 'hengjian_app', free: false, owned: 0 })
})

test('PLT-31 the role of jobs may make its schema in a copied database', async () => {
  await ask(first.jobsUrl, 'CREATE SCHEMA pgboss')
  const rows = await ask<{ n: number }>(
    first.jobsUrl,
    `SELECT count(*)::int AS n FROM pg_namespace WHERE nspname = 'pgboss'`,
  )
  expect(rows[0]!.n).toBe(1)
})

test('an empty database has no tables', async () => {
  const empty = await createTestDatabase({ template: false })
  const rows = await ask<{ n: number }>(
    empty.adminUrl,
    `SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  )
  expect(rows[0]!.n).toBe(0)
  await empty.drop()
  await expect(ask(empty.adminUrl, 'SELECT 1')).rejects.toThrow(/does not exist/)
})
