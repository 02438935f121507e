/**
 * Pages of a list by keyset: the cursor is the sort value and the id of the last row shown, so that a page costs the
 * same however deep it lies, and rows that come meanwhile neither shift nor double others.
 */
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Db } from './database.ts'

/** What a list is sorted by: a column, or an expression that has an index. */
export interface SortKey {
  /** Never null: `coalesce(due_at, 'infinity')` where a column may be. */
  readonly by: PgColumn | SQL
  readonly type: keyof typeof TYPES
}

/** Sort by `key`, descending when led by `-`. */
export type Sort<K extends string> = K | `-${K}`

/** PostgreSQL type → what its text may look like in a cursor. */
const TYPES = {
  text: z.string().max(300),
  int4: z.string().regex(/^-?\d{1,10}$/),
  float8: z.string().refine((text) => text !== '' && !Number.isNaN(Number(text))),
  date: z.string().refine((text) => text === 'infinity' || reads(Temporal.PlainDate, text)),
  timestamptz: z.string().refine((text) => /^-?infinity$/.test(text) || reads(Temporal.Instant, text)),
  uuid: z.uuid(),
} as const

function reads(type: { from(text: string): unknown }, text: string): boolean {
  try {
    type.from(text)
    return true
  } catch {
    return false
  }
}

/** One page of a list, for a query that selects `key` beside its row. */
export interface KeysetPage {
  /** Select it as `key`. */
  readonly key: SQL<string>
  /** Rows after the cursor; undefined on the first page. */
  readonly after: SQL | undefined
  readonly orderBy: SQL[]
  /** One more than the page holds, which tells whether there is another. */
  readonly limit: number
  /** The rows of the page, and the cursor of the next; null on the last page. */
  cut<R extends { key: string }>(rows: readonly R[], idOf: (row: R) => string): CutPage<R>
}
interface CutPage<R> {
  readonly rows: R[]
  readonly nextCursor: string | null
}

/**
 * The page that `request` asks for. `id` settles the order of equal values.
 * Throws `platform.invalid_input` naming `cursor` for one that is not ours, or of another sort.
 */
export function keysetPage<K extends string>(
  keys: Readonly<Record<K, SortKey>>,
  id: PgColumn | SQL,
  sort: Sort<NoInfer<K>>,
  request: { cursor?: string | undefined; limit: number },
): KeysetPage {
  const descending = sort.startsWith('-')
  const { by, type } = keys[(descending ? sort.slice(1) : sort) as K]
  const last = request.cursor === undefined ? null : decode(request.cursor, sort, type)
  const value = sql`(${last?.key}::${sql.raw(type)}, ${last?.id}::uuid)`
  return {
    key: sql<string>`${by}::text`,
    after: last ? (descending ? sql`(${by}, ${id}) < ${value}` : sql`(${by}, ${id}) > ${value}`) : undefined,
    orderBy: descending ? [sql`${by} DESC`, sql`${id} DESC`] : [sql`${by}`, sql`${id}`],
    limit: request.limit + 1,
    cut(rows, idOf) {
      const page = rows.slice(0, request.limit)
      const end = page.at(-1)
      const more = rows.length > request.limit && end !== undefined
      return { rows: page, nextCursor: more ? encode(sort, end.key, idOf(end)) : null }
    },
  }
}

/** One page of the rows of a table that satisfy `where`, in the order of `sort`. */
export async function keysetRows<T extends PgTable & { id: PgColumn }, K extends string>(
  db: Db,
  table: T,
  keys: Readonly<Record<K, SortKey>>,
  sort: Sort<NoInfer<K>>,
  request: { cursor?: string | undefined; limit: number },
  where: SQL | undefined,
): Promise<{ rows: T['$inferSelect'][]; nextCursor: string | null }> {
  const page = keysetPage(keys, table.id, sort, request)
  const found = (await db
    .select({ row: table, key: page.key } as never)
    .from(table as PgTable)
    .where(and(where, page.after))
    .orderBy(...page.orderBy)
    .limit(page.limit)) as { row: T['$inferSelect'] & { id: string }; key: string }[]
  const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
  return { rows: rows.map(({ row }) => row), nextCursor }
}

const encode = (sort: string, key: string, id: string): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url')

function decode(cursor: string, sort: string, type: SortKey['type']): { key: string; id: string } {
  try {
    const shape = z.tuple([z.literal(sort), TYPES[type], z.uuid()])
    const [, key, id] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    return { key, id }
  } catch (cause) {
    throw new Problem(platformErrors.invalid_input, {
      issues: [{ path: 'cursor', message: '翻页位置无效，请从第一页开始' }],
      cause,
    })
  }
}
