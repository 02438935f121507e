/** Record → response: the only way out of this module. Evidence outside the reader's scope is masked here. */
import { businessKindOf } from '@hengjian/business'
import type { Actor, RequestContext } from '@hengjian/platform/context'
import type { AuthorisationRow, ExplanationView, WarningView } from './contract.ts'
import { factLabel, linkOf, masked } from './labels.ts'
import type { SupervisionPorts } from './ports.ts'
import type { StoredEvidence, StoredExplanation } from './records.ts'
import type { authorisation, warning } from './tables.ts'
import { inScope } from './unit-paths.ts'

/** Names of units by path. */
export type UnitNames = ReadonlyMap<string, string>

/** Names of the units that these records mention. */
export async function unitNamesFor(
  ctx: RequestContext,
  ports: Pick<SupervisionPorts, 'unitNamesOf'>,
  paths: readonly (string | null | undefined)[],
): Promise<UnitNames> {
  const wanted = [...new Set(paths.filter((path) => path !== null && path !== undefined))]
  return wanted.length === 0 ? new Map() : ports.unitNamesOf(ctx, wanted)
}

/** The records, each with the page of its subject where the reader may open that. */
export async function withSubjectLinks<R extends { subjectKey: string }>(
  ctx: RequestContext,
  ports: Pick<SupervisionPorts, 'subjectLinksOf'>,
  records: readonly R[],
): Promise<(R & { subjectLink: string | null })[]> {
  const links = await ports.subjectLinksOf(
    ctx,
    records.map(({ subjectKey }) => subjectKey),
  )
  return records.map((record) => ({ ...record, subjectLink: links.get(record.subjectKey) ?? null }))
}

/** Unit paths that explanations mention. */
export const pathsIn = (explanations: readonly StoredExplanation[]): string[] =>
  explanations.flatMap(({ evidence }) => evidence.flatMap(({ unitPath }) => unitPath ?? []))

export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null

const labelOf = (each: StoredEvidence, number: string | null) =>
  number === null ? factLabel(each.fact) : `${factLabel(each.fact)} ${number}`

/** Facts the reader may open, and counts of those that lie elsewhere. */
export function presentExplanation(
  stored: StoredExplanation,
  reader: Actor,
  units: UnitNames,
): ExplanationView {
  const { version, evidence, indicator, scope: _scope, ...rest } = stored
  const visible = (each: StoredEvidence) => each.unitPath === null || inScope(reader, each.unitPath)
  const elsewhere = Map.groupBy(
    evidence.filter((each) => !visible(each)),
    (each) => `${each.fact} ${each.unitPath}`,
  )
  return {
    ...rest,
    indicator: { ...indicator, version },
    notes: [...rest.notes],
    parameters: rest.parameters.map((each) => ({
      ...each,
      value: typeof each.value === 'object' && each.value !== null ? [...each.value] : each.value,
    })),
    dimensions: [...rest.dimensions],
    evidence: evidence.filter(visible).map((each) => ({
      fact: each.fact,
      id: each.id,
      label: labelOf(each, each.number),
      at: each.at,
      unitPath: each.unitPath,
      unitName: units.get(each.unitPath ?? '') ?? null,
      link: each.page && linkOf(each.page, reader),
    })),
    elsewhere: [...elsewhere.values()].map((group) => ({
      fact: group[0]!.fact,
      label: factLabel(group[0]!.fact),
      unitPath: group[0]!.unitPath!,
      unitName: units.get(group[0]!.unitPath!) ?? null,
      count: group.length,
      maskedKeys: group.flatMap(({ number }) => (number === null ? [] : masked(number))).slice(0, 3),
    })),
  }
}

export const presentWarning = (
  row: typeof warning.$inferSelect,
  reader: Actor,
  units: UnitNames,
): WarningView => ({
  id: row.id,
  code: row.code,
  version: row.version,
  title: row.title,
  sentence: row.explanation.sentence,
  effect: row.effect as WarningView['effect'],
  state: row.state as WarningView['state'],
  transactionId: row.transactionId,
  serial: row.serial,
  businessKind: row.businessKind,
  event: row.event as WarningView['event'],
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  handlerId: row.handlerId,
  handlerName: row.handlerName,
  authorisationId: row.authorisationId,
  shownAt: row.shownAt.toISOString(),
  acknowledgedAt: isoOrNull(row.acknowledgedAt),
  explanation: presentExplanation(row.explanation, reader, units),
})

export const presentAuthorisation = (
  row: typeof authorisation.$inferSelect,
  units: UnitNames,
): AuthorisationRow => ({
  id: row.id,
  state: row.state as AuthorisationRow['state'],
  transactionId: row.transactionId,
  serial: row.serial,
  businessKind: row.businessKind,
  businessTitle: businessKindOf(row.businessKind)?.title ?? null,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  handlerId: row.handlerId,
  handlerName: row.handlerName,
  titles: row.hits.map((hit) => hit.title),
  requestedAt: row.requestedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  decidedAt: isoOrNull(row.decidedAt),
  decidedByName: row.decidedByName,
  reason: row.reason,
})
