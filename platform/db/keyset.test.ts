import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { doublePrecision, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysetPage, type Sort, type SortKey } from './index.ts'

const shelf = pgTable('shelf', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  weight: doublePrecision('weight'),
  at: timestamp('at', { withTimezone: true }).notNull(),
})
const keys = {
  name: { by: shelf.name, type: 'text' },
  weight: { by: sql`coalesce(${shelf.weight}, '-infinity')`, type: 'float8' },
  at: { by: shelf.at, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>
type Name = keyof typeof keys

let database: TestDatabase
let client: pg.Client
let db: NodePgDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  db = drizzle(client)
  // Ties, nothing, fractions that JavaScript's instants do not hold, quotes.
  await client.query(`
    CREATE TABLE shelf (id uuid PRIMARY KEY, name text NOT NULL, weight float8, at timestamptz NOT NULL);
    INSERT INTO shelf SELECT gen_random_uuid(), (ARRAY['甲','乙''"','丙'])[1 + n % 3],
      CASE WHEN n % 4 > 0 THEN (n % 5) / 3.0 END, timestamptz '2026-11-20 08:00:00.123456+08' + (n % 7) * interval '1 microsecond'
    FROM generate_series(1, 60) n`)
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

async function page(sort: Sort<Name>, limit: number, cursor?: string) {
  const asked = keysetPage(keys, shelf.id, sort, { cursor, limit })
  const found = await db
    .select({ row: shelf, key: asked.key })
    .from(shelf)
    .where(asked.after)
    .orderBy(...asked.orderBy)
    .limit(asked.limit)
  return asked.cut(found, ({ row }) => row.id)
}

test.each(['name', '-name', 'weight', '-weight', 'at', '-at'] as const)(
  'PLT-40 pages sorted by %s are the whole list, once, in its order',
  async (sort) => {
    const seen: string[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { rows, nextCursor } = await page(sort, 7, cursor)
      seen.push(...rows.map(({ row }) => row.id))
      cursor = nextCursor
    }
    const { rows } = await page(sort, 60)
    expect(seen).toEqual(rows.map(({ row }) => row.id))
    expect(new Set(seen).size).toBe(60)
  },
)

test('PLT-40 a cursor that is not ours, or of another order, is refused by name', async () => {
  const { nextCursor } = await page('name', 7)
  const forged = Buffer.from(JSON.stringify(['at', '2026-02-31 00:00:00+08', crypto.randomUUID()]))
  for (const [sort, cursor] of [
    ['at', nextCursor!],
    ['-name', nextCursor!],
    ['name', 'nonsense'],
    ['at', forged.toString('base64url')],
  ] as const)
    await expect(page(sort, 7, cursor), cursor).rejects.toMatchObject({
      code: 'platform.invalid_input',
      issues: [{ path: 'cursor' }],
    })
})
