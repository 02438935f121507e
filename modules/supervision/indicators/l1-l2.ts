/** Post-hoc: applicants from elsewhere (L1) and licence business for other places (L2). */
import type { Condition, IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, NOT_WITHDRAWN, ONE_OCCURRENCE, oneOf, parameter, unitOf } from './blocks.ts'

const monthly = {
  mode: 'post_hoc',
  subject: 'unit',
  schedule: 'monthly',
  window: { kind: 'month' },
  comparison: '>',
  effect: 'finding',
} as const

/** A first application by someone whose identity number is of another place. */
const FIRST_BY_NON_LOCAL = all(
  is('transaction.business_kind', 'first_licence'),
  is('transaction.local', false),
  NOT_WITHDRAWN,
)

/** First applications by non-locals for some classes against last year. */
const firstApplications = (code: string, name: string, classes: readonly string[]): IndicatorDefinition => {
  const what = classes.join('、')
  return {
    ...monthly,
    code,
    titleZh: `外地人初次申领${classes.join('')}超去年月均`,
    sentence: `当月受理的外地人初次申领${what}数量，超过去年月平均数${name.split('_')[0]}%以上。`,
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(FIRST_BY_NON_LOCAL, oneOf('transaction.licence_class', classes)),
    dimensions: [unitOf('transaction')],
    measure: { kind: 'count' },
    base: { kind: 'last_year_monthly_average' },
    unit: 'percent_growth',
    threshold: parameter(name),
    parameters: { [name]: { default: 20, titleZh: '超过去年月平均（%）' } },
    minimumSample: 0,
    explanation: `{period}受理外地人初次申领${what}{measured}笔，去年月平均{base}笔，增长{deviation}%，超过{threshold}%。`,
  }
}

/** Non-local first applicants of the month who share one particular. */
const shared = (
  code: string,
  subject: 'address' | 'mobile',
  name: string,
  words: { readonly title: string; readonly what: string },
): IndicatorDefinition => ({
  ...monthly,
  code,
  subject,
  titleZh: `外地人初次申领${words.title}重复`,
  sentence: `当月受理的外地人初次申领中，同一${words.what}的申请人超过${name.split('_')[0]}人。`,
  source: {
    fact: 'transaction',
    joins: [{ fact: 'person', on: { eq: ['person.id', 'transaction.person_id'] } }],
  },
  time: 'transaction.accepted_at',
  filter: FIRST_BY_NON_LOCAL,
  dimensions: [dimension(subject, `person.${subject}_digest`, words.what), unitOf('transaction')],
  measure: { kind: 'count_distinct', of: 'transaction.person_id' },
  unit: 'count',
  threshold: parameter(name),
  parameters: { [name]: { default: 5, titleZh: '人数' } },
  minimumSample: 0,
  explanation: `{period}受理的外地人初次申领中，{measured}人使用同一${words.what}，超过{threshold}人。`,
})

/** A transfer of the person of `transaction`; `when` says which. */
const transfer = (as: string, direction: 'in' | 'out', when: Condition) => ({
  fact: 'licence_transfer',
  as,
  on: all({ eq: [`${as}.person_id`, 'transaction.person_id'] }, is(`${as}.direction`, direction), when),
})

const l1: readonly IndicatorDefinition[] = [
  firstApplications('L1.1', 'X1_growth_percent', ['C1', 'C2']),
  firstApplications('L1.2', 'X2_growth_percent', ['D', 'E', 'F']),
  {
    ...monthly,
    code: 'L1.3',
    titleZh: '初次申领后短期转出过多',
    sentence: '初次申领办结后X3个月内转出的驾驶人，当月超过X4人。',
    // The unit is the one that made the licence.
    source: {
      fact: 'transaction',
      joins: [
        transfer(
          'moved_out',
          'out',
          all(
            { le: ['transaction.completed_at', 'moved_out.at'] },
            { lt: ['moved_out.at', { addMonths: ['transaction.completed_at', parameter('X3_months')] }] },
          ),
        ),
      ],
    },
    time: 'moved_out.at',
    filter: is('transaction.business_kind', 'first_licence'),
    dimensions: [unitOf('transaction')],
    measure: { kind: 'count_distinct', of: 'transaction.person_id' },
    unit: 'count',
    threshold: parameter('X4_persons'),
    parameters: {
      X3_months: { default: 3, titleZh: '办结后月数' },
      X4_persons: { default: 20, titleZh: '人数' },
    },
    minimumSample: 0,
    explanation: '{period}转出的驾驶人中，{measured}人初次申领办结不满{P:X3_months}个月，超过{threshold}人。',
  },
  {
    ...monthly,
    code: 'L1.4',
    titleZh: '转入增驾后短期转出过多',
    sentence: '转入后F1个月内申请增驾、并在申请后X5个月内转出的驾驶证，当月超过X6本。',
    // The unit is the one that accepted the added class.
    source: {
      fact: 'transaction',
      joins: [
        transfer(
          'moved_in',
          'in',
          all(
            { le: ['moved_in.at', 'transaction.accepted_at'] },
            { lt: ['transaction.accepted_at', { addMonths: ['moved_in.at', parameter('F1_months')] }] },
          ),
        ),
        transfer(
          'moved_out',
          'out',
          all(
            { le: ['transaction.accepted_at', 'moved_out.at'] },
            { lt: ['moved_out.at', { addMonths: ['transaction.accepted_at', parameter('X5_months')] }] },
          ),
        ),
      ],
    },
    time: 'moved_out.at',
    filter: all(is('transaction.business_kind', 'added_class'), NOT_WITHDRAWN),
    dimensions: [unitOf('transaction')],
    measure: { kind: 'count_distinct', of: 'transaction.person_id' },
    unit: 'count',
    threshold: parameter('X6_licences'),
    parameters: {
      X5_months: { default: 3, titleZh: '申请增驾后月数' },
      X6_licences: { default: 20, titleZh: '驾驶证数' },
      F1_months: { default: 1, titleZh: '转入后申请增驾的月数' },
    },
    minimumSample: 0,
    explanation:
      '{period}转出的驾驶证中，{measured}本在转入后{P:F1_months}个月内申请增驾、申请后{P:X5_months}个月内转出，超过{threshold}本。',
  },
  shared('L1.5', 'address', 'X7_persons', { title: '联系地址', what: '联系地址' }),
  shared('L1.6', 'mobile', 'X8_persons', { title: '手机号', what: '手机号码' }),
  {
    ...monthly,
    code: 'L1.7',
    subject: 'applicant',
    titleZh: '居住证明号码不符合当地规则',
    sentence: '外地人初次申领时填写的居住证明号码不符合当地的号码规则。',
    schedule: 'daily',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    // Whether it matches is derived when the transaction is accepted: the number itself is not kept.
    filter: all(FIRST_BY_NON_LOCAL, is('transaction.permit_number_valid', false)),
    dimensions: [dimension('transaction', 'transaction.id', '业务流水')],
    window: { kind: 'day' },
    measure: { kind: 'count' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('S1_occurrences'),
    parameters: {
      ...ONE_OCCURRENCE,
      F1_permit_number_pattern: {
        default: null,
        titleZh: '居住证明号码规则（# 数字，@ 字母，? 数字或字母，| 分隔多种）',
      },
    },
    minimumSample: 0,
    explanation: '{period}受理的外地人初次申领，居住证明号码不符合当地的号码规则。',
  },
]

/** Share of one kind of business that is done for licences of other cities. */
const share = (
  code: string,
  fact: 'validation' | 'medical_report' | 'full_mark_study',
  what: string,
  name: string,
): IndicatorDefinition => ({
  ...monthly,
  code,
  titleZh: `异地${what}占比过高`,
  sentence: `当月办理的异地驾驶证${what}占全部${what}的比例超过${name.split('_')[0]}%。`,
  source: { fact },
  time: `${fact}.at`,
  dimensions: [unitOf(fact)],
  measure: { kind: 'rate', numerator: is(`${fact}.elsewhere`, true) },
  unit: 'percent_share',
  threshold: parameter(name),
  parameters: { [name]: { default: 30, titleZh: '占比（%）' } },
  minimumSample: 30,
  explanation: `{period}办理${what}{sample}笔，其中异地占{measured}%，超过{threshold}%。`,
})

const l2: readonly IndicatorDefinition[] = [
  share('L2.1', 'validation', '审验', 'X1_share_percent'),
  share('L2.2', 'medical_report', '体检', 'X2_share_percent'),
  share('L2.3', 'full_mark_study', '满分学习', 'X3_share_percent'),
  {
    ...monthly,
    code: 'L2.4',
    titleZh: '转入合并变更身份证明号码过多',
    sentence: '当月办理的转入中，合并变更身份证明号码的超过X4笔。',
    source: { fact: 'licence_transfer' },
    time: 'licence_transfer.at',
    filter: all(is('licence_transfer.direction', 'in'), is('licence_transfer.id_changed', true)),
    dimensions: [unitOf('licence_transfer')],
    measure: { kind: 'count' },
    unit: 'count',
    threshold: parameter('X4_transfers'),
    parameters: { X4_transfers: { default: 3, titleZh: '笔数' } },
    minimumSample: 0,
    explanation: '{period}转入合并变更身份证明号码{measured}笔，超过{threshold}笔。',
  },
]

export const l1l2: readonly IndicatorDefinition[] = [...l1, ...l2]
