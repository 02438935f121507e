/** Runs, findings and cases as responses. */
import type { RequestContext } from '@hengjian/platform/context'
import { inArray } from 'drizzle-orm'
import type { CaseRow, FindingView, RunView } from './contract.ts'
import { isoOrNull, type UnitNames } from './present.ts'
import { type analysisRun, type finding, suspectCase } from './tables.ts'

export const presentRun = (row: typeof analysisRun.$inferSelect, units: UnitNames): RunView => ({
  id: row.id,
  extent: row.extent as RunView['extent'],
  codes: row.codes,
  from: row.periodFrom,
  to: row.periodTo,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  state: row.state as RunView['state'],
  trigger: row.trigger as RunView['trigger'],
  requestedByName: row.requestedByName,
  requestedAt: row.requestedAt.toISOString(),
  startedAt: isoOrNull(row.startedAt),
  finishedAt: isoOrNull(row.finishedAt),
  done: row.done,
  total: (row.plan ?? row.codes).length,
  findings: row.findings,
  cancelRequested: row.cancelRequested,
  retryAt: isoOrNull(row.retryAt),
  message: row.message,
})

/** Numbers of the cases that findings are in, as far as the reader may see them. */
export async function caseNumbersOf(
  ctx: RequestContext,
  rows: readonly (typeof finding.$inferSelect)[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => row.caseId ?? []))]
  if (ids.length === 0) return new Map()
  const cases = await ctx.db
    .select({ id: suspectCase.id, number: suspectCase.number })
    .from(suspectCase)
    .where(inArray(suspectCase.id, ids))
  return new Map(cases.map((row) => [row.id, row.number]))
}

export const presentFinding = (
  row: typeof finding.$inferSelect,
  units: UnitNames,
  cases: ReadonlyMap<string, string>,
): FindingView => ({
  id: row.id,
  code: row.code,
  version: row.indicatorVersion,
  title: row.title,
  subjectKind: row.subjectKind,
  subjectKey: row.subjectKey,
  subjectLabel: row.subjectLabel,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  periodFrom: row.periodFrom,
  periodTo: row.periodTo,
  measured: row.measured,
  base: row.base,
  deviation: row.deviation,
  threshold: row.threshold,
  comparison: row.comparison,
  unit: row.unit,
  sample: row.sample,
  smallSample: row.smallSample,
  trial: row.variant !== '',
  sentence: row.sentence,
  state: row.state as FindingView['state'],
  caseId: row.caseId,
  caseNumber: (row.caseId === null ? null : cases.get(row.caseId)) ?? null,
  runId: row.runId,
  foundAt: row.foundAt.toISOString(),
})

export const presentCase = (row: typeof suspectCase.$inferSelect, units: UnitNames, now: Date): CaseRow => ({
  id: row.id,
  number: row.number,
  state: row.state as CaseRow['state'],
  outcome: row.outcome as CaseRow['outcome'],
  title: row.title,
  code: row.code,
  source: row.bornFrom as CaseRow['source'],
  subjectKind: row.subjectKind,
  subjectKey: row.subjectKey,
  subjectLabel: row.subjectLabel,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  assignedPath: row.assignedPath,
  assignedUnitName: (row.assignedPath === null ? null : units.get(row.assignedPath)) ?? null,
  assigneeId: row.assigneeId,
  assigneeName: row.assigneeName,
  findings: row.findings,
  dueAt: row.dueAt.toISOString(),
  overdue: (row.closedAt ?? now) > row.dueAt,
  escalated: row.escalatedAt !== null,
  openedAt: row.openedAt.toISOString(),
  openedByName: row.openedByName,
  closedAt: isoOrNull(row.closedAt),
  worsenedAt: isoOrNull(row.worsenedAt),
})
