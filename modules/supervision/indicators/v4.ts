/** Post-hoc: selected and original plate numbers (V4). */
import type { Condition, IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, NOT_WITHDRAWN, ONE_OCCURRENCE, oneOf, parameter } from './blocks.ts'

const once = {
  mode: 'post_hoc',
  subject: 'vehicle',
  schedule: 'daily',
  comparison: '>=',
  unit: 'count',
  threshold: parameter('S1_occurrences'),
  parameters: ONE_OCCURRENCE,
  minimumSample: 0,
  effect: 'finding',
} as const

/** What happened on a day. */
const onTheDay = { ...once, window: { kind: 'day' }, measure: { kind: 'count' } } as const

/** A sequence whose last event lies in the period, wherever and whenever it began. */
const sequence = { ...once, allUnits: true, window: { kind: 'rolling' } } as const

const ORIGINAL = is('number_selection.original_number', true)
const KEPT: Condition = { isNull: 'number_selection.withdrawn_at' }
const SELECTED_FOR = [dimension('vehicle', 'number_selection.vehicle_id', '机动车')]

/** A co-owner that the transaction changes. */
const CO_OWNER_CHANGE = (transactionId: string) =>
  ({
    fact: 'transaction_change',
    on: all(
      { eq: ['transaction_change.transaction_id', transactionId] },
      is('transaction_change.field', 'co_owner'),
    ),
  }) as const

/** The vehicle carried an original number before `at`, selected in another transaction than `except`. */
const usedOriginalNumber = (vehicleId: string, at: string, except?: string): Condition => ({
  exists: {
    fact: 'number_selection',
    as: 'used',
    where: all(
      { eq: ['used.vehicle_id', vehicleId] },
      is('used.original_number', true),
      { isNull: 'used.withdrawn_at' },
      { lt: ['used.selected_at', at] },
      ...(except ? [otherTransaction('used.transaction_id', except)] : []),
    ),
  },
})

function otherTransaction(column: string, than: string): Condition {
  return { or: [{ isNull: column }, { ne: [column, than] }] }
}

/** Owner or applicant, natural or not. */
const party = (alias: string) => ({ coalesce: [`${alias}.person_id`, `${alias}.organisation_id`] })

export const v4: readonly IndicatorDefinition[] = [
  {
    ...sequence,
    code: 'V4.1',
    titleZh: '选号后退办再重新办理',
    sentence: '机动车选号后退办，之后又重新受理业务，S1次以上。',
    source: {
      fact: 'transaction',
      joins: [
        {
          fact: 'number_selection',
          on: all(
            { eq: ['number_selection.vehicle_id', 'transaction.vehicle_id'] },
            { le: ['number_selection.withdrawn_at', 'transaction.accepted_at'] },
            otherTransaction('number_selection.transaction_id', 'transaction.id'),
          ),
        },
      ],
    },
    time: 'transaction.accepted_at',
    filter: oneOf('transaction.business_kind', [
      'registration',
      'transfer_registration',
      'change_registration',
      'vehicle_transfer_in',
    ]),
    dimensions: [dimension('vehicle', 'transaction.vehicle_id', '机动车')],
    measure: { kind: 'count_distinct', of: 'number_selection.id' },
    explanation: '截至{period}，该车选号后退办{measured}次，又重新受理业务。',
  },
  {
    ...sequence,
    code: 'V4.2',
    titleZh: '使用原号前所有人曾变更',
    sentence: '使用原号前，原号所属机动车的所有人曾经变更为现使用人，S1次以上。',
    source: {
      fact: 'number_selection',
      joins: [
        { fact: 'transaction', on: { eq: ['transaction.id', 'number_selection.transaction_id'] } },
        {
          fact: 'vehicle_owner',
          as: 'user_before',
          on: all(
            { eq: ['user_before.vehicle_id', 'number_selection.former_vehicle_id'] },
            is('user_before.co_owner', false),
            { lt: ['user_before.from', 'number_selection.selected_at'] },
            { eq: [party('user_before'), party('transaction')] },
          ),
        },
      ],
    },
    time: 'number_selection.selected_at',
    filter: all(ORIGINAL, {
      exists: {
        fact: 'vehicle_owner',
        as: 'earlier',
        where: all(
          { eq: ['earlier.vehicle_id', 'number_selection.former_vehicle_id'] },
          is('earlier.co_owner', false),
          { lt: ['earlier.from', 'user_before.from'] },
          { ne: [party('earlier'), party('transaction')] },
        ),
      },
    }),
    dimensions: SELECTED_FOR,
    measure: { kind: 'count_distinct', of: 'number_selection.id' },
    explanation: '截至{period}，该车使用原号{measured}次，此前原号所属机动车的所有人曾变更为现使用人。',
  },
  {
    ...onTheDay,
    code: 'V4.3',
    titleZh: '以资产重组方式使用原号',
    sentence: '以资产重组方式使用原机动车号牌号码，当日S1次以上。',
    source: { fact: 'number_selection' },
    time: 'number_selection.selected_at',
    filter: all(ORIGINAL, is('number_selection.ground', 'asset_restructuring'), KEPT),
    dimensions: SELECTED_FOR,
    explanation: '{period}该车以资产重组方式使用原号{measured}次。',
  },
  {
    ...sequence,
    code: 'V4.4',
    titleZh: '使用原号后更正所有人或变更共有人',
    sentence: '机动车使用原号后，又在档案中更正所有人，或者变更共同所有人，S1次以上。',
    source: { fact: 'correction' },
    time: 'correction.at',
    filter: all(
      is('correction.target_kind', 'vehicle'),
      is('correction.field', 'owner'),
      usedOriginalNumber('correction.target', 'correction.at'),
    ),
    dimensions: [dimension('vehicle', 'correction.target', '机动车')],
    further: [
      {
        fact: 'transaction',
        joins: [CO_OWNER_CHANGE('transaction.id')],
        time: 'transaction.accepted_at',
        filter: all(
          NOT_WITHDRAWN,
          usedOriginalNumber('transaction.vehicle_id', 'transaction.accepted_at', 'transaction.id'),
        ),
        dimensions: [dimension('vehicle', 'transaction.vehicle_id', '机动车')],
      },
    ],
    measure: { kind: 'count' },
    explanation: '截至{period}，该车使用原号后更正所有人、变更共同所有人共{measured}次。',
  },
  {
    ...sequence,
    code: 'V4.5',
    titleZh: '转移选号后又转回原车主',
    sentence: '机动车转让给他人并在转让时选号，之后又转回原车主，S1次以上。',
    source: {
      fact: 'transaction',
      as: 'back',
      joins: [
        {
          fact: 'transaction',
          as: 'away',
          on: all(
            { eq: ['away.vehicle_id', 'back.vehicle_id'] },
            { lt: ['away.accepted_at', 'back.accepted_at'] },
            is('away.business_kind', 'transfer_registration'),
            { ne: ['away.state', { value: 'withdrawn' }] },
            { ne: [party('away'), party('back')] },
          ),
        },
        {
          fact: 'number_selection',
          on: all({ eq: ['number_selection.transaction_id', 'away.id'] }, KEPT),
        },
        {
          // The owner before: his time ends when the first transfer is accepted or, at the latest, completed.
          fact: 'vehicle_owner',
          as: 'first_owner',
          on: all(
            { eq: ['first_owner.vehicle_id', 'away.vehicle_id'] },
            is('first_owner.co_owner', false),
            { lt: ['first_owner.from', 'away.accepted_at'] },
            { ge: ['first_owner.to', 'away.accepted_at'] },
            { eq: [party('first_owner'), party('back')] },
          ),
        },
      ],
    },
    time: 'back.accepted_at',
    filter: all(is('back.business_kind', 'transfer_registration'), {
      ne: ['back.state', { value: 'withdrawn' }],
    }),
    dimensions: [dimension('vehicle', 'back.vehicle_id', '机动车')],
    measure: { kind: 'count_distinct', of: 'back.id' },
    explanation: '截至{period}，该车转让选号后又转回原车主{measured}次。',
  },
  {
    ...onTheDay,
    code: 'V4.6',
    titleZh: '变更登记单独变更号牌号码',
    sentence: '变更登记仅变更号牌号码，未变更其他事项，当日S1次以上。',
    source: {
      fact: 'transaction',
      joins: [
        {
          fact: 'transaction_change',
          on: all(
            { eq: ['transaction_change.transaction_id', 'transaction.id'] },
            is('transaction_change.field', 'plate'),
          ),
        },
      ],
    },
    time: 'transaction.accepted_at',
    filter: all(is('transaction.business_kind', 'change_registration'), NOT_WITHDRAWN, {
      not: {
        exists: {
          fact: 'transaction_change',
          as: 'other_change',
          where: all(
            { eq: ['other_change.transaction_id', 'transaction.id'] },
            { ne: ['other_change.field', { value: 'plate' }] },
          ),
        },
      },
    }),
    dimensions: [dimension('transaction', 'transaction.id', '业务流水')],
    explanation: '{period}受理的变更登记仅变更了号牌号码。',
  },
  {
    ...onTheDay,
    code: 'V4.7',
    titleZh: '变更共同所有人时使用原号',
    sentence: '变更共同所有人的业务中使用原机动车号牌号码，当日S1次以上。',
    source: { fact: 'number_selection', joins: [CO_OWNER_CHANGE('number_selection.transaction_id')] },
    time: 'number_selection.selected_at',
    filter: all(ORIGINAL, KEPT),
    dimensions: [dimension('transaction', 'number_selection.transaction_id', '业务流水')],
    measure: { kind: 'count_distinct', of: 'number_selection.id' },
    explanation: '{period}变更共同所有人的业务中使用了原号。',
  },
]
