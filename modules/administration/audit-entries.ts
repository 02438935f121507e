/** Reading the audit log as the audit administrator does (PLT-5, PLT-20). */
import { auditEntry, auditParts, auditSeal } from '@hengjian/platform/audit'
import type { RequestContext } from '@hengjian/platform/context'
import { keysetPage, type Sort, type SortKey } from '@hengjian/platform/db'
import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { AuditEntryView, AuditFilter } from './contract.ts'

const sortKeys = { at: { by: auditEntry.at, type: 'timestamptz' } } as const satisfies Record<string, SortKey>

/** A page of entries, newest first unless told. Without the permission, row-level security leaves nothing to read. */
export async function pageOfEntries(
  ctx: Pick<RequestContext, 'db' | 'cipher'>,
  filter: AuditFilter,
  request: { cursor?: string | undefined; limit: number; sort?: Sort<'at'> | undefined },
): Promise<{ items: AuditEntryView[]; nextCursor: string | null }> {
  const page = keysetPage(sortKeys, auditEntry.id, request.sort ?? '-at', request)
  const found = await ctx.db
    .select({ entry: auditEntry, sequence: auditSeal.sequence, key: page.key })
    .from(auditEntry)
    .leftJoin(auditSeal, eq(auditSeal.auditId, auditEntry.id))
    .where(and(...conditionsOf(filter), page.after))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ entry }) => entry.id)
  const items = rows.map(
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
  return { items, nextCursor }
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
