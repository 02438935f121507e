import type { RequestContext } from '@hengjian/platform/context'
import { keysetRows, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import type { SettingChangeView, supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { mayDecideChange } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, unitNamesFor } from '../present.ts'
import { secondThresholdDifference, settingDifferences } from '../rules/setting-differences.ts'
import { evidenceWords } from '../rules/threshold-words.ts'
import { indicatorSetting, settingChange } from '../tables.ts'
import { under } from '../unit-paths.ts'

export type SettingChange = typeof settingChange.$inferSelect

/** Changes that wait for the caller's decision. */
export const changesToDecide = (ctx: RequestContext): SQL | undefined =>
  ctx.actor.permissions.has('supervision.indicator.approve')
    ? and(
        eq(settingChange.state, 'proposed'),
        ne(settingChange.proposedBy, ctx.actor.id),
        sql`starts_with(${settingChange.proposedPath}, ${ctx.actor.unitPath})`,
      )
    : sql`false`

/** Changes of exactly this unit that wait for a second person. */
export const openChangesOf = (
  ctx: RequestContext,
  unitPath: string,
  codes?: readonly string[],
): Promise<SettingChange[]> =>
  ctx.db
    .select()
    .from(settingChange)
    .where(
      and(
        eq(settingChange.state, 'proposed'),
        eq(settingChange.unitPath, unitPath),
        codes ? inArray(settingChange.code, [...codes]) : undefined,
      ),
    )

const sortKeys = {
  proposedAt: { by: settingChange.proposedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Changes of settings within the caller's scope, newest first; `mine`: the caller's own and those they may decide. */
export const findSettingChanges =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.findSettingChanges> =>
  async (ctx, input) => {
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      settingChange,
      sortKeys,
      input.sort ?? '-proposedAt',
      input,
      and(
        input.queue === 'to_decide' ? changesToDecide(ctx) : undefined,
        input.queue === 'mine'
          ? or(eq(settingChange.proposedBy, ctx.actor.id), changesToDecide(ctx))
          : undefined,
        input.id ? eq(settingChange.id, input.id) : undefined,
        input.state ? eq(settingChange.state, input.state) : undefined,
        input.code ? eq(settingChange.code, input.code) : undefined,
        under(settingChange.unitPath, input.unitPath),
      ),
    )
    return {
      items: await presentSettingChanges(ctx, book, ports, rows),
      nextCursor,
    }
  }

/** Changes with what they change, and what the caller may do with them. */
export async function presentSettingChanges(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  rows: readonly SettingChange[],
): Promise<SettingChangeView[]> {
  const units = await unitNamesFor(
    ctx,
    ports,
    rows.map((row) => row.unitPath),
  )
  const replaced = await settingsReplacedBy(ctx, rows)
  return rows.map((row) => {
    const definition = book.definitionOf(row.code)
    const forbidden = mayDecideChange(ctx.actor, row)
    const open = row.state === 'proposed'
    const mayApprove = open && !forbidden && ctx.actor.permissions.has('supervision.indicator.approve')
    return {
      id: row.id,
      code: row.code,
      title: definition.titleZh,
      unitPath: row.unitPath,
      unitName: units.get(row.unitPath) ?? null,
      state: row.state as SettingChangeView['state'],
      about: row.about === 'push_threshold' ? 'push_threshold' : 'setting',
      changes:
        row.about === 'push_threshold'
          ? [secondThresholdDifference(row)]
          : settingDifferences(
              definition,
              replaced.get(`${row.code} ${row.unitPath} ${row.revision}`) ?? null,
              row,
            ),
      evidence: row.evidence && evidenceWords(row.evidence),
      reason: row.reason,
      proposedByName: row.proposedByName,
      proposedAt: row.proposedAt.toISOString(),
      decidedByName: row.decidedByName,
      decidedAt: isoOrNull(row.decidedAt),
      opinion: row.opinion,
      allowed: [
        ...(mayApprove ? (['approve', 'refuse'] as const) : []),
        ...(open && row.proposedBy === ctx.actor.id ? (['withdraw'] as const) : []),
      ],
      refusedBecause: open && forbidden ? forbidden.title : null,
    }
  })
}

/** The settings that these changes stand on, by code, unit and revision. */
async function settingsReplacedBy(ctx: RequestContext, rows: readonly SettingChange[]) {
  const codes = [...new Set(rows.map((row) => row.code))]
  const paths = [...new Set(rows.map((row) => row.unitPath))]
  const found =
    rows.length === 0
      ? []
      : await ctx.db
          .select()
          .from(indicatorSetting)
          .where(and(inArray(indicatorSetting.code, codes), inArray(indicatorSetting.unitPath, paths)))
  return new Map(found.map((row) => [`${row.code} ${row.unitPath} ${row.revision}`, row]))
}
