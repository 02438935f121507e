import type { Handler } from '@hengjian/platform/http'
import { and, gte, lt, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { authorisation, warning } from '../tables.ts'
import { under } from '../unit-paths.ts'

const whole = (condition: SQL) => sql<number>`count(*) FILTER (WHERE ${condition})::int`

/** Warnings and authorisations by unit, handler or indicator (SUP-1). */
export const countWarnings =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.countWarnings> =>
  async (ctx, input) => {
    const [from, to] = [startOfDay(input.from), endOfDay(input.to)]
    const warnings = await ctx.db
      .select({
        key: sql<string>`${keyOf(input.by, { unit: warning.unitPath, handler: warning.handlerId, code: warning.code })}`,
        label: sql<string>`max(${input.by === 'code' ? warning.title : warning.handlerName})`,
        prompts: whole(sql`${warning.effect} = 'prompt'`),
        acknowledged: whole(sql`${warning.effect} = 'prompt' AND ${warning.state} = 'acknowledged'`),
      })
      .from(warning)
      .where(
        and(gte(warning.shownAt, from), lt(warning.shownAt, to), under(warning.unitPath, input.unitPath)),
      )
      .groupBy(sql`1`)
    // One authorisation may cover hits of several indicators: by indicator it counts for each of them.
    const hit = sql.identifier('hit')
    const decisions = await ctx.db
      .select({
        key: sql<string>`${keyOf(input.by, { unit: authorisation.unitPath, handler: authorisation.handlerId, code: sql`${hit}.value->>'code'` })}`,
        label: sql<string>`max(${input.by === 'code' ? sql`${hit}.value->>'title'` : authorisation.handlerName})`,
        authorisations: sql<number>`count(*)::int`,
        waiting: whole(sql`${authorisation.state} = 'requested'`),
        granted: whole(sql`${authorisation.state} = 'granted'`),
        refused: whole(sql`${authorisation.state} = 'refused'`),
        expired: whole(sql`${authorisation.state} = 'expired'`),
        withdrawn: whole(sql`${authorisation.state} = 'withdrawn'`),
        averageMinutes: sql<
          number | null
        >`round((avg(extract(epoch FROM ${authorisation.decidedAt} - ${authorisation.requestedAt})) / 60)::numeric, 1)::float8`,
      })
      .from(
        input.by === 'code'
          ? sql`${authorisation} CROSS JOIN LATERAL jsonb_array_elements(${authorisation.hits}) AS hit`
          : authorisation,
      )
      .where(
        and(
          gte(authorisation.requestedAt, from),
          lt(authorisation.requestedAt, to),
          under(authorisation.unitPath, input.unitPath),
        ),
      )
      .groupBy(sql`1`)
    const byKey = new Map(decisions.map((row) => [row.key, row]))
    const keys = [...new Set([...warnings, ...decisions].map((row) => row.key))].sort()
    const units = input.by === 'unit' ? await unitNamesFor(ctx, ports, keys) : new Map<string, string>()
    const shown = new Map(warnings.map((row) => [row.key, row]))
    return {
      items: keys.map((key) => ({
        ...none,
        ...shown.get(key),
        ...byKey.get(key),
        key,
        label:
          input.by === 'unit' ? (units.get(key) ?? key) : (shown.get(key)?.label ?? byKey.get(key)!.label),
      })),
    }
  }

const none = {
  prompts: 0,
  acknowledged: 0,
  authorisations: 0,
  waiting: 0,
  granted: 0,
  refused: 0,
  expired: 0,
  withdrawn: 0,
  averageMinutes: null,
}

const keyOf = (
  by: 'unit' | 'handler' | 'code',
  columns: Record<'unit' | 'handler' | 'code', SQLWrapper>,
): SQLWrapper => columns[by]
