/** Post-hoc: replacements of licences (L5), overdue licence business (L6), corrections and re-created files (L7). */
import type { Condition, IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, firstDone, is, NOT_WITHDRAWN, ONE_OCCURRENCE, oneOf, parameter } from './blocks.ts'

const daily = {
  mode: 'post_hoc',
  schedule: 'daily',
  comparison: '>=',
  unit: 'count',
  minimumSample: 0,
  effect: 'finding',
} as const

const REPLACEMENT = is('transaction.business_kind', 'licence_replacement')
const DRIVER_AND_TRANSACTION = [
  dimension('person', 'transaction.person_id', '驾驶人'),
  dimension('transaction', 'transaction.id', '业务流水'),
]

/** An answer of the register of the population, its transaction, and the licence made after it. */
const MADE_AFTER_ANSWER = [
  { fact: 'transaction', on: { eq: ['transaction.id', 'external_check.transaction_id'] } },
  {
    fact: 'transaction_step',
    as: 'issue',
    on: all({ eq: ['issue.transaction_id', 'external_check.transaction_id'] }, is('issue.step', 'issue'), {
      ge: ['issue.done_at', 'external_check.at'],
    }),
  },
] as const
const DECEASED: Condition = all(
  REPLACEMENT,
  is('external_check.kind', 'population'),
  is('external_check.outcome', 'deceased'),
)

export const l5: readonly IndicatorDefinition[] = [
  {
    ...daily,
    code: 'L5.1',
    subject: 'driver',
    titleZh: '一个月内多次补证(事后)',
    sentence: '同一驾驶人在F2个月内补领驾驶证F1次以上。',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(REPLACEMENT, NOT_WITHDRAWN),
    dimensions: [dimension('person', 'transaction.person_id', '驾驶人')],
    allUnits: true,
    window: { kind: 'rolling', months: parameter('F2_window_months') },
    measure: { kind: 'count' },
    threshold: parameter('F1_times'),
    parameters: {
      F1_times: { default: 2, titleZh: '补证次数' },
      F2_window_months: { default: 1, titleZh: '统计月数' },
    },
    explanation:
      '该驾驶人在截至{period}的{P:F2_window_months}个月内补领驾驶证{measured}次，达到{threshold}次。',
  },
  {
    ...daily,
    code: 'L5.2',
    subject: 'driver',
    titleZh: '核查死亡仍办理补证',
    sentence: '补领驾驶证时人口信息核查结果为死亡，仍然制作驾驶证。',
    source: { fact: 'external_check', joins: MADE_AFTER_ANSWER },
    time: 'issue.done_at',
    filter: DECEASED,
    requires: [is('external_check.kind', 'population')],
    dimensions: DRIVER_AND_TRANSACTION,
    window: { kind: 'period' },
    measure: { kind: 'count_distinct', of: 'issue.id' },
    threshold: parameter('S1_occurrences'),
    parameters: ONE_OCCURRENCE,
    explanation: '该笔补证的人口信息核查结果为死亡，其后仍制证{measured}次。',
  },
  {
    ...daily,
    code: 'L5.3',
    subject: 'driver',
    titleZh: '核查死亡补证后记分增加',
    sentence: '补领驾驶证时人口信息核查结果为死亡而仍然制证，其后该驾驶人的记分增加。',
    source: { fact: 'points_change' },
    time: 'points_change.at',
    filter: all(
      { gt: ['points_change.delta', 0] },
      {
        exists: {
          fact: 'external_check',
          joins: MADE_AFTER_ANSWER,
          where: all(
            { eq: ['transaction.person_id', 'points_change.person_id'] },
            { lt: ['issue.done_at', 'points_change.at'] },
            DECEASED,
          ),
        },
      },
    ),
    dimensions: [dimension('person', 'points_change.person_id', '驾驶人')],
    allUnits: true,
    window: { kind: 'period' },
    measure: { kind: 'count' },
    threshold: parameter('S1_occurrences'),
    parameters: ONE_OCCURRENCE,
    explanation: '该驾驶人补证时核查结果为死亡而仍制证，其后记分增加{measured}次。',
  },
]

/** Overdue rows carry their own subject. */
const overdue = {
  ...daily,
  window: { kind: 'period' },
  comparison: '>',
  unit: 'working_days',
  threshold: parameter('F1_working_days'),
} as const

const workingDays = (limit: number) => ({
  parameters: { F1_working_days: { default: limit, titleZh: '工作日数' } },
})

/** What must follow the download of a transfer. */
const downloaded = (
  rest: Pick<IndicatorDefinition, 'code' | 'titleZh' | 'sentence' | 'explanation'>,
  which: Condition,
  end: string,
  limit: number,
): IndicatorDefinition => ({
  ...overdue,
  ...workingDays(limit),
  ...rest,
  subject: 'driver',
  source: { fact: 'licence_transfer' },
  time: 'licence_transfer.downloaded_at',
  filter: all(which, { notNull: 'licence_transfer.downloaded_at' }),
  requires: [which],
  dimensions: [
    dimension('person', 'licence_transfer.person_id', '驾驶人'),
    dimension('transfer', 'licence_transfer.id', '转籍记录'),
  ],
  measure: { kind: 'overdue', start: 'licence_transfer.downloaded_at', end },
})

export const l6: readonly IndicatorDefinition[] = [
  {
    ...overdue,
    ...workingDays(1),
    code: 'L6.1',
    subject: 'candidate',
    titleZh: '科目三安全文明考试后未按期制证',
    sentence: '科目三安全文明驾驶常识考试合格后超过F1个工作日未制作驾驶证。',
    source: { fact: 'examination' },
    time: 'examination.ended_at',
    filter: all(
      is('examination.subject', 'subject3_safety'),
      is('examination.passed', true),
      is('examination.full_mark', false),
    ),
    requires: [is('examination.subject', 'subject3_safety')],
    dimensions: [
      dimension('candidate', 'examination.candidate_id', '考生'),
      dimension('examination', 'examination.id', '考试记录'),
    ],
    measure: {
      kind: 'overdue',
      start: 'examination.ended_at',
      end: {
        lookup: {
          fact: 'transaction',
          joins: [
            {
              fact: 'transaction_step',
              as: 'issue',
              on: all({ eq: ['issue.transaction_id', 'transaction.id'] }, is('issue.step', 'issue')),
            },
          ],
          where: all(
            { eq: ['transaction.person_id', 'examination.candidate_id'] },
            oneOf('transaction.business_kind', ['first_licence', 'added_class']),
            NOT_WITHDRAWN,
            { ge: ['issue.done_at', 'examination.ended_at'] },
          ),
          of: 'issue.done_at',
          take: 'min',
        },
      },
    },
    explanation: '考试合格后已过{measured}个工作日未制证，超过{threshold}个工作日。',
  },
  {
    ...overdue,
    ...workingDays(2),
    code: 'L6.2',
    subject: 'driver',
    titleZh: '驾驶证制证后未按期归档',
    sentence: '制作驾驶证后超过F1个工作日未归档。',
    source: {
      fact: 'transaction_step',
      as: 'issue',
      joins: [{ fact: 'transaction', on: { eq: ['transaction.id', 'issue.transaction_id'] } }],
    },
    time: 'issue.done_at',
    filter: all(is('issue.step', 'issue'), is('transaction.subject_kind', 'licence'), NOT_WITHDRAWN),
    dimensions: DRIVER_AND_TRANSACTION,
    measure: { kind: 'overdue', start: 'issue.done_at', end: firstDone('archive', 'issue.transaction_id') },
    explanation: '制证后已过{measured}个工作日未归档，超过{threshold}个工作日。',
  },
  downloaded(
    {
      code: 'L6.3',
      titleZh: '下载后未按期办理转出',
      sentence: '转出信息下载后超过F1个工作日未办理转出。',
      explanation: '下载后已过{measured}个工作日未办理转出，超过{threshold}个工作日。',
    },
    is('licence_transfer.direction', 'out'),
    'licence_transfer.at',
    2,
  ),
  downloaded(
    {
      code: 'L6.4',
      titleZh: '下载后未按期办理外地清分',
      sentence: '信息下载后超过F1个工作日未办理外地清分。',
      explanation: '下载后已过{measured}个工作日未办理外地清分，超过{threshold}个工作日。',
    },
    is('licence_transfer.clearing_required', true),
    'licence_transfer.cleared_at',
    1,
  ),
  downloaded(
    {
      code: 'L6.5',
      titleZh: '转入合并补证未按期录入核对结果',
      sentence: '外地办理转入合并补证的信息下载后超过F1个工作日未录入核对结果。',
      explanation: '下载后已过{measured}个工作日未录入核对结果，超过{threshold}个工作日。',
    },
    is('licence_transfer.combined_replacement', true),
    'licence_transfer.checked_at',
    3,
  ),
]

/** The other field was corrected by the same act: same person, same time. */
const togetherWith = (field: string): Condition => ({
  exists: {
    fact: 'correction',
    as: 'beside',
    where: all(
      { eq: ['beside.target', 'correction.target'] },
      { eq: ['beside.at', 'correction.at'] },
      is('beside.target_kind', 'person'),
      is('beside.field', field),
    ),
  },
})

export const l7: readonly IndicatorDefinition[] = [
  {
    ...daily,
    code: 'L7.1',
    subject: 'driver',
    titleZh: '更正驾驶证重点信息',
    sentence: '同时更正驾驶人身份证明号码和姓名，或者更正准驾车型、有效期限。',
    source: { fact: 'correction' },
    time: 'correction.at',
    filter: all(is('correction.target_kind', 'person'), {
      or: [
        oneOf('correction.field', ['class', 'validity']),
        all(is('correction.field', 'id_number'), togetherWith('name')),
        all(is('correction.field', 'name'), togetherWith('id_number')),
      ],
    }),
    dimensions: [dimension('person', 'correction.target', '驾驶人')],
    window: { kind: 'day' },
    measure: { kind: 'count_distinct', of: 'correction.at' },
    threshold: parameter('S1_occurrences'),
    parameters: ONE_OCCURRENCE,
    explanation: '{period}更正该驾驶人重点信息{measured}次。',
  },
  {
    ...daily,
    code: 'L7.2',
    subject: 'driver',
    titleZh: '驾驶证档案补建',
    sentence: '补建驾驶证档案。',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(is('transaction.business_kind', 'licence_file_recreation'), NOT_WITHDRAWN),
    dimensions: DRIVER_AND_TRANSACTION,
    window: { kind: 'day' },
    measure: { kind: 'count' },
    threshold: parameter('S1_occurrences'),
    parameters: ONE_OCCURRENCE,
    explanation: '{period}受理补建驾驶证档案。',
  },
]
