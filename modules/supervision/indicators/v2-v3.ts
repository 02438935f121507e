/** Post-hoc: re-issues (V2) and overdue vehicle business (V3). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, firstDone, is, NOT_WITHDRAWN, oneOf, parameter } from './blocks.ts'

/** Re-issues within S1 months ending with a day of the run. */
const reissues = (
  rest: Pick<
    IndicatorDefinition,
    'code' | 'subject' | 'titleZh' | 'sentence' | 'dimensions' | 'explanation'
  > &
    Partial<Pick<IndicatorDefinition, 'source' | 'measure' | 'comparison'>>,
  businessKinds: readonly string[],
  times: number,
): IndicatorDefinition => ({
  mode: 'post_hoc',
  schedule: 'daily',
  source: { fact: 'transaction' },
  time: 'transaction.accepted_at',
  filter: all(
    oneOf('transaction.business_kind', businessKinds),
    is('transaction.reason', 'reissue'),
    NOT_WITHDRAWN,
  ),
  allUnits: true,
  window: { kind: 'rolling', months: parameter('S1_window_months') },
  measure: { kind: 'count' },
  comparison: '>=',
  unit: 'count',
  threshold: parameter('F1_times'),
  parameters: {
    F1_times: { default: times, titleZh: '补领次数' },
    S1_window_months: { default: 12, titleZh: '统计月数' },
  },
  minimumSample: 0,
  effect: 'finding',
  ...rest,
})

const VEHICLE = [dimension('vehicle', 'transaction.vehicle_id', '机动车')]

/** Overdue rows carry their own subject. */
const overdue = {
  mode: 'post_hoc',
  schedule: 'daily',
  window: { kind: 'period' },
  comparison: '>',
  minimumSample: 0,
  effect: 'finding',
} as const

export const v2v3: readonly IndicatorDefinition[] = [
  reissues(
    {
      code: 'V2.1',
      subject: 'vehicle',
      titleZh: '多次补领行驶证',
      sentence: '同一机动车在S1个月内补领行驶证F1次以上。',
      dimensions: VEHICLE,
      explanation:
        '该车在截至{period}的{P:S1_window_months}个月内补领行驶证{measured}次，达到{threshold}次。',
    },
    ['vehicle_licence_replacement'],
    3,
  ),
  reissues(
    {
      code: 'V2.2',
      subject: 'owner',
      titleZh: '同单位同车型多次补领号牌',
      sentence: '同一单位同一型号机动车在S1个月内补领号牌F1次以上。',
      source: {
        fact: 'transaction',
        joins: [
          { fact: 'vehicle', on: { eq: ['vehicle.id', 'transaction.vehicle_id'] } },
          {
            fact: 'vehicle_owner',
            on: all(
              { eq: ['vehicle_owner.vehicle_id', 'transaction.vehicle_id'] },
              is('vehicle_owner.co_owner', false),
              { during: ['transaction.accepted_at', 'vehicle_owner.from', 'vehicle_owner.to'] },
            ),
          },
        ],
      },
      dimensions: [
        dimension('organisation', 'vehicle_owner.organisation_id', '所有单位'),
        dimension('model', 'vehicle.model', '车辆型号'),
      ],
      explanation:
        '该单位型号{D:model}的机动车在截至{period}的{P:S1_window_months}个月内补领号牌{measured}次，达到{threshold}次。',
    },
    ['plate_replacement'],
    2,
  ),
  reissues(
    {
      code: 'V2.3',
      subject: 'vehicle',
      titleZh: '多次补领号牌',
      sentence: '同一机动车在S1个月内补领号牌F1次以上。',
      dimensions: VEHICLE,
      explanation: '该车在截至{period}的{P:S1_window_months}个月内补领号牌{measured}次，达到{threshold}次。',
    },
    ['plate_replacement'],
    3,
  ),
  reissues(
    {
      code: 'V2.4',
      subject: 'vehicle',
      titleZh: '同车补号牌又补行驶证超过一次',
      sentence: '同一机动车在S1个月内既补领号牌又补领行驶证，均超过F1次。',
      dimensions: VEHICLE,
      measure: {
        kind: 'least',
        of: [
          is('transaction.business_kind', 'plate_replacement'),
          is('transaction.business_kind', 'vehicle_licence_replacement'),
        ],
      },
      comparison: '>',
      explanation:
        '该车在截至{period}的{P:S1_window_months}个月内补领号牌和补领行驶证各不少于{measured}次，超过{threshold}次。',
    },
    ['plate_replacement', 'vehicle_licence_replacement'],
    1,
  ),
  {
    ...overdue,
    code: 'V3.1',
    subject: 'vehicle',
    titleZh: '选号后未按期制证',
    sentence: '选号后超过F1个工作日未制作行驶证或者登记证书。',
    source: { fact: 'number_selection' },
    time: 'number_selection.selected_at',
    filter: all({ isNull: 'number_selection.withdrawn_at' }, { notNull: 'number_selection.transaction_id' }),
    dimensions: [dimension('number_selection', 'number_selection.id', '选号记录')],
    measure: {
      kind: 'overdue',
      start: 'number_selection.selected_at',
      end: firstDone('issue', 'number_selection.transaction_id'),
    },
    unit: 'working_days',
    threshold: parameter('F1_working_days'),
    parameters: { F1_working_days: { default: 2, titleZh: '工作日数' } },
    explanation: '选号后已过{measured}个工作日未制证，超过{threshold}个工作日。',
  },
  {
    ...overdue,
    code: 'V3.2',
    subject: 'vehicle',
    titleZh: '制行驶证后未按期归档',
    sentence: '制作行驶证后超过F1个工作日未归档。',
    source: {
      fact: 'transaction_step',
      as: 'issue',
      joins: [{ fact: 'transaction', on: { eq: ['transaction.id', 'issue.transaction_id'] } }],
    },
    time: 'issue.done_at',
    filter: all(is('issue.step', 'issue'), is('transaction.subject_kind', 'vehicle'), NOT_WITHDRAWN),
    dimensions: [dimension('transaction', 'issue.transaction_id', '业务流水')],
    measure: { kind: 'overdue', start: 'issue.done_at', end: firstDone('archive', 'issue.transaction_id') },
    unit: 'working_days',
    threshold: parameter('F1_working_days'),
    parameters: { F1_working_days: { default: 3, titleZh: '工作日数' } },
    explanation: '制证后已过{measured}个工作日未归档，超过{threshold}个工作日。',
  },
  {
    ...overdue,
    code: 'V3.3',
    subject: 'transaction',
    titleZh: '逾一月未办结且未开展调查',
    sentence: '机动车业务受理后超过F1个月未办结，且未开展嫌疑调查。',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(
      is('transaction.subject_kind', 'vehicle'),
      { not: oneOf('transaction.state', ['completed', 'withdrawn']) },
      {
        not: {
          exists: {
            fact: 'investigation',
            where: { eq: ['investigation.transaction_id', 'transaction.id'] },
          },
        },
      },
    ),
    dimensions: [dimension('transaction', 'transaction.id', '业务流水')],
    measure: { kind: 'overdue', start: 'transaction.accepted_at' },
    unit: 'months',
    threshold: parameter('F1_months'),
    parameters: { F1_months: { default: 1, titleZh: '月数' } },
    explanation: '受理后已过{measured}个月未办结且未开展调查，超过{threshold}个月。',
  },
]
