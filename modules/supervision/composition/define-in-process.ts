/** The part of a composition that is judged while business is handled → its definition, or what is wrong with it. Pure. */
import { businessKinds } from '@hengjian/business'
import type { Expression, IndicatorDefinition, Window } from '@hengjian/indicators'
import type { Composition } from '../contract.ts'
import { type Field, reachableFields } from './fields.ts'

/** Of whose records a transaction is judged. */
export type About = NonNullable<Composition['inProcess']>['about']

/** Columns that name the party. */
const COLUMNS: Readonly<Record<About, readonly string[]>> = {
  vehicle: ['vehicle_id'],
  person: ['person_id', 'candidate_id'],
  agent: ['agent_id'],
  transaction: ['transaction_id'],
}

/** Columns that name a party, or the record that does, and lead an index. */
const INDEXED: ReadonlySet<string> = new Set([
  'vehicle_owner.vehicle_id',
  'vehicle_owner.person_id',
  'transaction.vehicle_id',
  'transaction.person_id',
  'transaction.agent_id',
  'transaction_step.transaction_id',
  'transaction_change.transaction_id',
  'amendment.transaction_id',
  'number_selection.vehicle_id',
  'number_selection.transaction_id',
  'inspection.vehicle_id',
  'inspection_item.inspection_id',
  'examination.candidate_id',
  'examination_item.examination_id',
  'external_check.transaction_id',
  'person_change.person_id',
  'investigation.transaction_id',
  'temporary_plate.vehicle_id',
  'licence_transfer.person_id',
  'validation.person_id',
  'medical_report.person_id',
  'full_mark_study.person_id',
  'points_change.person_id',
])

/**
 * The field of a record that names the party: its own, or that of a record it names. Null where there is none, or where
 * finding it would read the whole table: what is composed must not slow the desk.
 */
export function partyField(source: string, about: About): Field | null {
  const fields = [...reachableFields(source).values()]
  const named = fields.find(
    ({ column, fact, field }) =>
      COLUMNS[about].includes(column) &&
      INDEXED.has(field) &&
      (fact === source || INDEXED.has(`${source}.${fact}_id`)),
  )
  return named ?? null
}

/** Parties of whose records of this kind a transaction may be judged. */
export const partiesOf = (source: string): About[] =>
  (Object.keys(COLUMNS) as About[]).filter((about) => partyField(source, about) !== null)

const MEASURES: readonly string[] = ['count', 'count_distinct', 'sum', 'max']

/** What of the form means nothing while business is handled, or does not fit. */
export function inProcessFaults(composition: Composition): { path: string; message: string }[] {
  const { source, compare, measure, base } = composition
  const { about, businessKinds: kinds } = composition.inProcess!
  const faults: { path: string; message: string }[] = []
  const add = (path: string, message: string) => faults.push({ path, message })
  for (const [at, code] of kinds.entries()) {
    const kind = businessKinds.find((each) => each.code === code)
    if (!kind) add(`inProcess.businessKinds.${at}`, '没有这种业务类型')
    else if (about === 'vehicle' && kind.subjectKind !== 'vehicle')
      add(`inProcess.businessKinds.${at}`, `${kind.title}不涉及机动车`)
    else if (about === 'agent' && !kind.agentAllowed)
      add(`inProcess.businessKinds.${at}`, `${kind.title}不能由代理人办理`)
  }
  if (!partyField(source, about)) add('inProcess.about', '这种业务记录不能按它查找')
  if (compare.length > 0) add('compare', '办理业务时只看本笔业务的对象，不作比较')
  if (base !== null) add('base', '办理业务时不能与基数比较')
  if (!MEASURES.includes(measure.kind)) add('measure', '办理业务时只能取数量、不同值的个数、合计或最大值')
  return faults
}

const AT_HAND: Readonly<Record<About, Expression>> = {
  vehicle: { atHand: 'vehicle_id' },
  person: { atHand: 'person_id' },
  agent: { atHand: 'agent_id' },
  transaction: { atHand: 'transaction_id' },
}

/** The definition's blocks that differ from those judged afterwards. */
export function inProcessBlocks(
  composition: Composition,
): Pick<IndicatorDefinition, 'mode' | 'subject' | 'trigger' | 'window' | 'effect'> &
  Partial<Pick<IndicatorDefinition, 'time' | 'locks' | 'judgedWhen'>> {
  const { source } = composition
  const { about, businessKinds: kinds, effect } = composition.inProcess!
  return {
    mode: 'in_process',
    subject: about,
    trigger: { event: 'accept', businessKinds: kinds },
    // A transaction happened when it was accepted, and its indexes are by that.
    ...(source === 'transaction' ? { time: 'transaction.accepted_at' } : {}),
    // Records of the transaction itself lie at no other time.
    window: about === 'transaction' ? { kind: 'at_hand' } : windowBlock(composition.window),
    effect,
    ...(about === 'transaction' ? {} : { locks: [about], judgedWhen: { notNull: AT_HAND[about] } }),
  }
}

/** The window as the form has it, in the words of the language. */
export const windowBlock = (window: Composition['window']): Window =>
  window.kind === 'rolling' ? { kind: 'rolling', months: window.months } : { kind: window.kind }

/** The records are those of the party at hand. */
export const ofTheParty = ({ source, inProcess }: Composition) => ({
  eq: [partyField(source, inProcess!.about)!.field, AT_HAND[inProcess!.about]] as const,
})
