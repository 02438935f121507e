/** The fact about a driving licence that a completed transaction leaves: made, moved in, validated, reported, studied. */
import type { RequestContext } from '@hengjian/platform/context'
import { OWN_SOURCE } from '@hengjian/platform/guard'
import { desc, eq } from 'drizzle-orm'
import { isLocal } from '../derive-columns.ts'
import { recordFacts } from '../record-facts.ts'
import { licence } from '../tables.ts'
import type { Transaction } from './load-transaction.ts'

/** Local regions of a unit, when they are asked for. */
export type LocalRegionsOf = (ctx: RequestContext, unitPath: string) => Promise<readonly string[]>

/** Record the result of licence business that has just completed. Kinds that leave no such fact do nothing. */
export async function recordLicenceResult(
  ctx: RequestContext,
  row: Transaction,
  at: Date,
  localRegionsOf: LocalRegionsOf,
): Promise<void> {
  const { personId } = row
  if (!personId) return
  const fact = {
    source: OWN_SOURCE,
    sourceKey: row.id,
    occurredAt: at,
    unitId: row.unitId,
    unitPath: row.unitPath,
    personId,
  }
  const ofTransaction = { ...fact, transactionId: row.id, at }
  switch (row.businessKind) {
    case 'first_licence':
      await recordFacts(ctx, 'licence', [
        {
          ...fact,
          classes: row.licenceClass,
          state: 'valid',
          firstIssuedAt: at.toISOString().slice(0, 10),
          issuedRegion: regionOf(await localRegionsOf(ctx, row.unitPath)),
          points: 0,
        },
      ])
      return
    case 'licence_transfer_in':
      await recordFacts(ctx, 'licence_transfer', [
        {
          ...ofTransaction,
          direction: 'in',
          idChanged: row.reason === 'id_number',
          combinedReplacement: row.reason === 'replacement',
        },
      ])
      return
    case 'validation':
    case 'medical_report':
    case 'full_mark_study':
      await recordFacts(ctx, row.businessKind, [
        { ...ofTransaction, elsewhere: await issuedElsewhere(ctx, row, personId, localRegionsOf) },
      ])
  }
}

/** Division code of the place that local prefixes speak of: the widest of them, `4503` → `450300`. */
function regionOf(localRegions: readonly string[]): string | null {
  const [widest] = [...localRegions].sort((a, b) => a.length - b.length)
  return widest?.padEnd(6, '0') ?? null
}

/** Did another place issue the person's latest licence? Null where either is not known. */
async function issuedElsewhere(
  ctx: RequestContext,
  row: Transaction,
  personId: string,
  localRegionsOf: LocalRegionsOf,
): Promise<boolean | null> {
  const [held] = await ctx.tx.asFactsReader(() =>
    ctx.db
      .select({ issuedRegion: licence.issuedRegion })
      .from(licence)
      .where(eq(licence.personId, personId))
      .orderBy(desc(licence.occurredAt))
      .limit(1),
  )
  const local = isLocal(held?.issuedRegion, await localRegionsOf(ctx, row.unitPath))
  return local === null ? null : !local
}
