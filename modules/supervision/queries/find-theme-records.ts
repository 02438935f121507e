import { endOfSubtree, keysetPage } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { readQuestion, type ThemeQuestion, valueIn } from '../themes/theme-question.ts'
import type { ThemePart } from '../themes/themes.ts'
import { type FactKey, presentFacts } from './fact-records.ts'

/** The records that make a figure of a theme, newest first, read from PostgreSQL under the caller's scope. */
export const findThemeRecords =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findThemeRecords> =>
  async (ctx, input) => {
    const question = readQuestion(ctx.actor, input)
    const page = keysetPage({ at: { by: sql`record.at`, type: 'timestamptz' } }, sql`record.id`, '-at', input)
    const parts = sql.join(
      question.theme.parts.map((part) => rowsOf(question, part)),
      sql` UNION ALL `,
    )
    const { rows: found } = await ctx.db.execute<FactKey & { key: string } & Record<string, unknown>>(
      sql`SELECT fact, id, unit_path, ${page.key} AS key FROM (${parts}) AS record WHERE ${page.after ?? sql`true`} ORDER BY ${sql.join(page.orderBy, sql`, `)} LIMIT ${page.limit}`,
    )
    const { rows, nextCursor } = page.cut(found, ({ id }) => id)
    const records = await presentFacts(ctx, ports, rows)
    return { items: records.map(({ key: _key, ...record }) => record), nextCursor }
  }

/** Expressions of themes stand in the statement; what the caller sent, in parameters. */
function rowsOf({ period, unitPath, filters }: ThemeQuestion, part: ThemePart) {
  // A transaction happened when it was accepted, and its indexes are by that.
  const at = sql.identifier(part.fact === 'transaction' ? 'accepted_at' : 'occurred_at')
  const conditions = [
    sql`${at} >= ${startOfDay(period.from).toISOString()}::timestamptz`,
    sql`${at} < ${endOfDay(period.to).toISOString()}::timestamptz`,
    sql`unit_path >= ${unitPath} AND unit_path < ${endOfSubtree(unitPath)}`,
    ...(part.where ? [sql.raw(part.where)] : []),
    ...filters.map(({ dimension, value }) => sql`${sql.raw(valueIn(part, dimension))} = ${value}`),
  ]
  return sql`SELECT ${part.fact}::text AS fact, id, unit_path, ${at} AS at FROM ${sql.identifier(part.fact)} WHERE ${sql.join(conditions, sql` AND `)}`
}
