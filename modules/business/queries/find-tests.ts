/** Inspections of a vehicle and examinations of a person within the caller's scope, newest first unless told. */
import { keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import type { BusinessPorts } from '../ports.ts'
import { examination, inspection } from '../tables.ts'

const inspectionKeys = {
  at: { by: inspection.occurredAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

export const findInspections =
  (ports: BusinessPorts): Handler<typeof businessContract.findInspections> =>
  async (ctx, input) => {
    const page = keysetPage(inspectionKeys, inspection.id, input.sort ?? '-at', input)
    const found = await ctx.db
      .select({ row: inspection, key: page.key })
      .from(inspection)
      .where(and(eq(inspection.vehicleId, input.vehicleId), page.after))
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
    const names = await ports.namesOf(
      ctx,
      rows.flatMap(({ row }) => [row.institutionId ?? [], row.auditorId ?? []].flat()),
    )
    const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
    return {
      items: rows.map(({ row }) => ({
        id: row.id,
        at: row.occurredAt.toISOString(),
        institution: nameOf(row.institutionId),
        line: row.line,
        attempt: row.attempt,
        passed: row.passed,
        auditor: nameOf(row.auditorId),
        auditedAt: row.auditedAt?.toISOString() ?? null,
      })),
      nextCursor,
    }
  }

const examinationKeys = {
  at: { by: examination.occurredAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

export const findExaminations =
  (ports: BusinessPorts): Handler<typeof businessContract.findExaminations> =>
  async (ctx, input) => {
    const page = keysetPage(examinationKeys, examination.id, input.sort ?? '-at', input)
    const found = await ctx.db
      .select({ row: examination, key: page.key })
      .from(examination)
      .where(and(eq(examination.candidateId, input.candidateId), page.after))
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
    const names = await ports.namesOf(
      ctx,
      rows.flatMap(({ row }) => [row.siteId ?? [], row.examinerId ?? []].flat()),
    )
    const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
    return {
      items: rows.map(({ row }) => ({
        id: row.id,
        at: row.occurredAt.toISOString(),
        subject: row.subject,
        licenceClass: row.licenceClass,
        site: nameOf(row.siteId),
        examiner: nameOf(row.examinerId),
        attempt: row.attempt,
        score: row.score,
        passed: row.passed,
      })),
      nextCursor,
    }
  }
