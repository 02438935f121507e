/** Pieces that several shipped indicators share. Each returns plain data of the indicator language. */
import type { Condition, Dimension, Expression, Lookup } from '@hengjian/indicators'

/** Vehicle business kinds. */
export const VEHICLE_KINDS: readonly string[] = [
  'registration',
  'change_registration',
  'transfer_registration',
  'mortgage',
  'deregistration',
  'plate_replacement',
  'vehicle_licence_replacement',
  'certificate_replacement',
  'temporary_plate',
  'inspection_mark',
  'vehicle_transfer_in',
  'vehicle_transfer_out',
  'entrusted_inspection',
  'vehicle_file_recreation',
]

/** Driving-licence business kinds. */
export const LICENCE_KINDS: readonly string[] = [
  'first_licence',
  'added_class',
  'licence_exchange',
  'licence_replacement',
  'validation',
  'full_mark_study',
  'medical_report',
  'licence_transfer_in',
  'military_exchange',
  'foreign_exchange',
  'information_change',
  'licence_cancellation',
  'licence_restoration',
  'licence_file_recreation',
]

/** A text constant. */
const constant = (value: string) => ({ value })
/** A parameter of the indicator. */
export const parameter = (param: string) => ({ param })

/** Column equals a code. */
export const is = (column: string, code: string | boolean): Condition => ({
  eq: [column, typeof code === 'string' ? constant(code) : code],
})

/** Column is one of the codes. */
export const oneOf = (column: string, codes: readonly string[]): Condition => ({
  in: [column, { value: codes }],
})

/** All of the conditions. */
export const all = (...and: Condition[]): Condition => ({ and })

/** The transaction was not withdrawn. */
export const NOT_WITHDRAWN: Condition = { ne: ['transaction.state', constant('withdrawn')] }

/** A column of the vehicle at hand. */
export const vehicleAtHand = (column: 'vehicle_type' | 'use_nature' | 'model'): Expression => {
  const lookup: Lookup = {
    fact: 'vehicle',
    as: 'vehicle_at_hand',
    where: { eq: ['vehicle_at_hand.id', { atHand: 'vehicle_id' }] },
    of: `vehicle_at_hand.${column}`,
    take: 'max',
  }
  return { lookup }
}

/** `external_check` is the latest answer of its kind for the transaction at hand. */
export const latestAnswer = (kind: string, as = 'external_check'): Condition =>
  all({ eq: [`${as}.transaction_id`, { atHand: 'transaction_id' }] }, is(`${as}.kind`, kind), {
    not: {
      exists: {
        fact: 'external_check',
        as: `${as}_later`,
        where: all(
          { eq: [`${as}_later.transaction_id`, { atHand: 'transaction_id' }] },
          is(`${as}_later.kind`, kind),
          {
            or: [
              { gt: [`${as}_later.at`, `${as}.at`] },
              all(
                { eq: [`${as}_later.at`, `${as}.at`] },
                { gt: [`${as}_later.recorded_at`, `${as}.recorded_at`] },
              ),
            ],
          },
        ),
      },
    },
  })

/** The latest answer of this kind for the transaction at hand was that the system could not be asked. */
export const answerUnavailable = (kind: string): Condition => ({
  exists: {
    fact: 'external_check',
    as: 'unanswered',
    where: all(latestAnswer(kind, 'unanswered'), oneOf('unanswered.outcome', ['unavailable', 'timeout'])),
  },
})

/** A dimension by name, expression and Chinese title. */
export const dimension = (name: string, of: Expression, titleZh: string): Dimension => ({ name, of, titleZh })

/** The unit that a row of the fact belongs to. */
export const unitOf = (fact: string): Dimension => dimension('unit', `${fact}.unit_id`, '机构')

/** One crossing is enough: threshold of indicators that count occurrences. */
export const ONE_OCCURRENCE = { S1_occurrences: { default: 1, titleZh: '发生次数' } }

/** What happens when the outside system does not answer: prompt, stop or pass. */
export const fallback = (standard: 'prompt' | 'stop' | 'pass') => ({
  S2_fallback: { default: standard, titleZh: '核查不可用时的处理（prompt 提示、stop 暂停、pass 放行）' },
})

/** When the first step of this kind of the transaction was done. */
export function firstDone(step: string, transactionId: string) {
  return {
    lookup: {
      fact: 'transaction_step',
      as: 'done_step',
      where: all({ eq: ['done_step.transaction_id', transactionId] }, is('done_step.step', step)),
      of: 'done_step.done_at',
      take: 'min',
    },
  } as const
}
