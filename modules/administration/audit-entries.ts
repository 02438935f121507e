/** Reading the audit log as the audit administrator does (PLT-5, PLT-20). */
import { auditEntry, auditParts, auditSeal } from '@hengjian/platform/audit'
import type { RequestContext } from '@hengjian/platform/context'
import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { AuditEntryView, AuditFilter } from './contract.ts'
import { newestFirst, olderThan, pageOfRows } from './page.ts'

/** A page of entries, newest first. Without the permission, row-level security leaves nothing to read. */
export async function pageOfEntries(
  ctx: Pick<RequestContext, 'db' | 'cipher'>,
  filter: AuditFilter,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ items: AuditEntryView[]; nextCursor: string | null }> {
  const rows = await ctx.db
    .select({ entry: auditEntry, sequence: auditSeal.sequence })
    .from(auditEntry)
    .leftJoin(auditSeal, eq(auditSeal.auditId, auditEntry.id))
    .where(and(...conditionsOf(filter), olderThan(page.cursor, auditEntry.at, auditEntry.id)))
    .orderBy(newestFirst(auditEntry.at, auditEntry.id))
    .limit(page.limit + 1)
  const views = rows.map(
    ({ entry, sequence }): AuditEntryView => ({
      id: entry.id,
      sequence,
      at: entry.at.toISOString(),
      actorKind: entry.actorKind as AuditEntryView['actorKind'],
      actorId: entry.actorId,
      actorName: entry.actorName,
      actorUnitPath: entry.unitPathOfActor,
      clientAddress: entry.clientAddress,
      requestId: entry.requestId,
      action: entry.action,
      object:
        entry.objectKind === null || entry.objectId === null
          ? null
          : { kind: entry.objectKind, id: entry.objectId },
      before: entry.before,
      after: entry.after,
      result: entry.result as AuditEntryView['result'],
      reason: entry.reason,
      intact: ctx.cipher.verifyCheckValue(auditParts(entry), entry.checkValue),
    }),
  )
  return pageOfRows(views, page.limit, (view) => new Date(view.at))
}

function conditionsOf(filter: AuditFilter): (SQL | undefined)[] {
  const beginsWith = (column: PgColumn, text?: string) =>
    text === undefined ? undefined : sql`starts_with(${column}, ${text})`
  return [
    filter.from === undefined ? undefined : gte(auditEntry.at, new Date(filter.from)),
    filter.until === undefined ? undefined : lt(auditEntry.at, new Date(filter.until)),
    filter.actorId === undefined ? undefined : eq(auditEntry.actorId, filter.actorId),
    beginsWith(auditEntry.actorName, filter.actorName),
    beginsWith(auditEntry.action, filter.action),
    beginsWith(auditEntry.unitPathOfActor, filter.unitPath),
    filter.objectKind === undefined ? undefined : eq(auditEntry.objectKind, filter.objectKind),
    filter.objectId === undefined ? undefined : eq(auditEntry.objectId, filter.objectId),
    filter.result === undefined ? undefined : eq(auditEntry.result, filter.result),
  ]
}
