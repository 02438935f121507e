import type { RequestContext } from '@hengjian/platform/context'
import { keysetRows, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, gte, ilike, isNull, not, notExists, or, type SQL, sql } from 'drizzle-orm'
import type { SuppressionView, supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, type UnitNames, unitNamesFor } from '../present.ts'
import { dayOf } from '../rules/working-days.ts'
import { finding, suppression } from '../tables.ts'
import { under } from '../unit-paths.ts'
import { literally } from './find-findings.ts'

export type Suppression = typeof suppression.$inferSelect

/** Not lifted, and its last day has not passed. */
export const isStanding = (ctx: Pick<RequestContext, 'clock'>): SQL =>
  and(isNull(suppression.liftedAt), gte(suppression.until, dayOf(ctx.clock.now())))!

const sortKeys = {
  until: { by: suppression.until, type: 'date' },
  suppressedAt: { by: suppression.suppressedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Suppressions within the caller's scope, those that end first before the others. */
export const findSuppressions =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findSuppressions> =>
  async (ctx, input) => {
    const standing = isStanding(ctx)
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      suppression,
      sortKeys,
      input.sort ?? 'until',
      input,
      and(
        { standing, ended: not(standing), all: undefined }[input.state],
        input.code ? eq(suppression.code, input.code) : undefined,
        under(suppression.unitPath, input.unitPath),
        input.text
          ? or(
              ilike(suppression.subjectLabel, literally(input.text)),
              ilike(suppression.reason, literally(input.text)),
            )
          : undefined,
      ),
    )
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.map((row) => row.unitPath),
    )
    const first = input.cursor === undefined && input.state !== 'ended'
    return {
      items: rows.map((row) => presentSuppression(row, units, ctx.clock.now())),
      nextCursor,
      unlisted: first ? await unlistedFindings(ctx, ports) : [],
    }
  }

/** Most findings of the time before the list that are rows. */
const MOST_UNLISTED = 50

/** Findings put aside before suppressions had rows of their own: they end by their day and cannot be lifted. */
async function unlistedFindings(ctx: RequestContext, ports: SupervisionPorts) {
  const listed = ctx.db
    .select({ one: sql`1` })
    .from(suppression)
    .where(
      and(
        eq(suppression.code, finding.code),
        eq(suppression.subjectKey, finding.subjectKey),
        sql`starts_with(${finding.unitPath}, ${suppression.unitPath})`,
        isStanding(ctx),
      ),
    )
  const found = await ctx.db
    .select()
    .from(finding)
    .where(
      and(
        eq(finding.state, 'suppressed'),
        gte(finding.suppressedUntil, dayOf(ctx.clock.now())),
        notExists(listed),
      ),
    )
    .orderBy(finding.suppressedUntil, finding.id)
    .limit(MOST_UNLISTED)
  const units = await unitNamesFor(
    ctx,
    ports,
    found.map((row) => row.unitPath),
  )
  return found.map((row) => ({
    findingId: row.id,
    code: row.code,
    title: row.title,
    subjectLabel: row.subjectLabel,
    unitName: units.get(row.unitPath) ?? null,
    until: row.suppressedUntil!,
    reason: row.suppressedReason,
  }))
}

export const presentSuppression = (row: Suppression, units: UnitNames, now: Date): SuppressionView => ({
  id: row.id,
  code: row.code,
  title: row.title,
  subjectKind: row.subjectKind,
  subjectKey: row.subjectKey,
  subjectLabel: row.subjectLabel,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  findingId: row.findingId,
  until: row.until,
  reason: row.reason,
  suppressedByName: row.suppressedByName,
  suppressedAt: row.suppressedAt.toISOString(),
  liftedByName: row.liftedByName,
  liftedAt: isoOrNull(row.liftedAt),
  liftedReason: row.liftedReason,
  state: row.liftedAt ? 'lifted' : row.until < dayOf(now) ? 'expired' : 'standing',
})
