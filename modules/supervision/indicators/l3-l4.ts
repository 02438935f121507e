/** Post-hoc: licence business outside working hours (L3) and its acceptance (L4). */
import type { Dimension, IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, NOT_WITHDRAWN, oneOf, parameter, unitOf } from './blocks.ts'

/** Who is judged: the handler, or the unit of the transaction (管理部门). */
const WHO = {
  handler: { of: 'transaction.handler_id', word: '经办人', suffix: '（经办人）' },
  unit: { of: 'transaction.unit_id', word: '管理部门', suffix: '（部门）' },
} as const
type Who = keyof typeof WHO

const accepted = {
  mode: 'post_hoc',
  source: { fact: 'transaction' },
  time: 'transaction.accepted_at',
  effect: 'finding',
} as const

const by = (who: Who): Dimension[] =>
  who === 'unit' ? [unitOf('transaction')] : [dimension('handler', WHO.handler.of, '经办人')]

const LICENCE_BUSINESS = is('transaction.subject_kind', 'licence')

/** Replacements, exchanges, changes of mobile number and validations outside hours among the day's licence business. */
const outsideHours = (code: string, who: Who, name: string): IndicatorDefinition => ({
  ...accepted,
  code,
  subject: who,
  titleZh: `${WHO[who].word}非工作时间办理占比过高`,
  sentence: `${WHO[who].word}当日在非工作时间办理补证、换证、变更手机号、审验的数量，占其当日驾驶证业务量的比例超过${name.split('_')[0]}%。`,
  schedule: 'daily',
  filter: all(LICENCE_BUSINESS, NOT_WITHDRAWN),
  dimensions: by(who),
  window: { kind: 'day' },
  measure: {
    kind: 'rate',
    numerator: all(is('transaction.working_time', false), {
      or: [
        oneOf('transaction.business_kind', ['licence_replacement', 'licence_exchange', 'validation']),
        all(is('transaction.business_kind', 'information_change'), is('transaction.reason', 'mobile')),
      ],
    }),
  },
  comparison: '>',
  unit: 'percent_share',
  threshold: parameter(name),
  parameters: { [name]: { default: 3, titleZh: '占比（%）' } },
  minimumSample: 30,
  explanation:
    '{period}受理驾驶证业务{sample}笔，其中非工作时间办理补证、换证、变更手机号、审验{numerator}笔，占{measured}%，超过{threshold}%。',
})

/** Transactions amended on the day, each once, against those accepted on it; the amended may be of another day. */
const amended = (code: string, who: Who, name: string): IndicatorDefinition => ({
  ...accepted,
  code,
  subject: who,
  titleZh: `${WHO[who].word}流水修改占比过高`,
  sentence: `${WHO[who].word}当日修改流水的驾驶证业务数量，达到其当日受理驾驶证业务量的${name.split('_')[0]}%以上。`,
  schedule: 'daily',
  filter: LICENCE_BUSINESS,
  dimensions: by(who),
  window: { kind: 'day' },
  measure: {
    kind: 'share',
    numerator: {
      fact: 'amendment',
      joins: [{ fact: 'transaction', as: 'amended', on: { eq: ['amended.id', 'amendment.transaction_id'] } }],
      filter: is('amended.subject_kind', 'licence'),
      time: 'amendment.at',
      distinct: 'amendment.transaction_id',
      dimensions: [{ name: who, of: who === 'unit' ? 'amendment.unit_id' : 'amendment.operator_id' }],
    },
  },
  comparison: '>=',
  unit: 'percent_share',
  threshold: parameter(name),
  parameters: { [name]: { default: 3, titleZh: '占比（%）' } },
  minimumSample: 30,
  explanation: '{period}受理驾驶证业务{sample}笔，修改流水{numerator}笔，占{measured}%，达到{threshold}%。',
})

/** First licences with experience on an expired foreign or military licence, both grounds together. */
const expiredLicences = (
  code: string,
  who: Who,
  name: string,
  transactions: number,
): IndicatorDefinition => ({
  ...accepted,
  code,
  subject: who,
  titleZh: `过期境外军队证初学业务过多${WHO[who].suffix}`,
  sentence: `${WHO[who].word}受理的持过期境外、军队驾驶证初学业务超过${name.split('_')[0]}笔。`,
  schedule: 'monthly',
  filter: all(
    is('transaction.business_kind', 'first_licence'),
    oneOf('transaction.reason', ['expired_foreign_licence', 'expired_military_licence']),
    NOT_WITHDRAWN,
  ),
  dimensions: by(who),
  window: { kind: 'period' },
  measure: { kind: 'count' },
  comparison: '>',
  unit: 'count',
  threshold: parameter(name),
  parameters: { [name]: { default: transactions, titleZh: '笔数' } },
  minimumSample: 0,
  explanation: '{period}受理持过期境外、军队驾驶证初学业务{measured}笔，超过{threshold}笔。',
})

/** Exchanges of foreign or of military and police licences in the month against last year of the same group. */
const exchanges = (
  code: string,
  kind: 'foreign_exchange' | 'military_exchange',
  name: string,
  percent: number,
  group: Pick<IndicatorDefinition, 'subject' | 'dimensions'> & {
    readonly whose: string
    readonly suffix: string
  },
): IndicatorDefinition => {
  const what = kind === 'foreign_exchange' ? '外籍换证' : '军警换证'
  const { whose, suffix, ...grouped } = group
  return {
    ...accepted,
    ...grouped,
    code,
    titleZh: `${what}超去年月均${suffix}`,
    sentence: `${whose}当月${what}数量，超过去年月平均数${name.split('_')[0]}%以上。`,
    schedule: 'monthly',
    filter: all(is('transaction.business_kind', kind), NOT_WITHDRAWN),
    window: { kind: 'month' },
    measure: { kind: 'count' },
    base: { kind: 'last_year_monthly_average' },
    comparison: '>',
    unit: 'percent_growth',
    threshold: parameter(name),
    parameters: { [name]: { default: percent, titleZh: '超过去年月平均（%）' } },
    minimumSample: 0,
    explanation: `{period}${what}{measured}笔，去年月平均{base}笔，增长{deviation}%，超过{threshold}%。`,
  }
}

const grouped = (who: Who) => ({
  subject: who,
  dimensions: by(who),
  whose: WHO[who].word,
  suffix: WHO[who].suffix,
})
/** Over all units of the city: the city is part of every group. */
const BY_COUNTRY = {
  subject: 'country',
  dimensions: [dimension('country', 'transaction.issuing_country', '发证国')],
  whose: '本市同一发证国',
  suffix: '（发证国）',
}

export const l3l4: readonly IndicatorDefinition[] = [
  outsideHours('L3.1', 'handler', 'X1_share_percent'),
  outsideHours('L3.2', 'unit', 'X2_share_percent'),
  amended('L4.1', 'handler', 'X1_share_percent'),
  amended('L4.2', 'unit', 'X2_share_percent'),
  expiredLicences('L4.3', 'handler', 'X3_transactions', 5),
  expiredLicences('L4.4', 'unit', 'X4_transactions', 10),
  exchanges('L4.5', 'foreign_exchange', 'X5_growth_percent', 10, grouped('handler')),
  exchanges('L4.6', 'foreign_exchange', 'X6_growth_percent', 10, grouped('unit')),
  exchanges('L4.7', 'foreign_exchange', 'X7_growth_percent', 10, BY_COUNTRY),
  exchanges('L4.8', 'military_exchange', 'X8_growth_percent', 20, grouped('handler')),
  exchanges('L4.9', 'military_exchange', 'X9_growth_percent', 20, grouped('unit')),
]
