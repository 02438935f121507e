/** Post-hoc: temporary plates (V1). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, NOT_WITHDRAWN, parameter, unitOf } from './blocks.ts'

const UNIT = unitOf('temporary_plate')

/** Volume of a unit and month against an earlier one. */
const growth = {
  mode: 'post_hoc',
  subject: 'unit',
  schedule: 'monthly',
  source: { fact: 'temporary_plate' },
  time: 'temporary_plate.issued_at',
  dimensions: [UNIT],
  window: { kind: 'month' },
  measure: { kind: 'count' },
  comparison: '>',
  unit: 'percent_growth',
  minimumSample: 0,
  effect: 'finding',
} as const

export const v1: readonly IndicatorDefinition[] = [
  {
    ...growth,
    code: 'V1.1',
    titleZh: '临时号牌月核发量超去年月均',
    sentence: '单位当月核发临时号牌数量，比去年月平均数增长超过X1%。',
    base: { kind: 'last_year_monthly_average' },
    threshold: parameter('X1_growth_percent'),
    parameters: { X1_growth_percent: { default: 30, titleZh: '比去年月平均增长（%）' } },
    explanation: '{period}核发临时号牌{measured}副，去年月平均{base}副，增长{deviation}%，超过{threshold}%。',
  },
  {
    ...growth,
    code: 'V1.2',
    titleZh: '临时号牌月核发量同比增长',
    sentence: '单位当月核发临时号牌数量，比去年同月增长超过X2%。',
    base: { kind: 'same_month_last_year' },
    threshold: parameter('X2_growth_percent'),
    parameters: { X2_growth_percent: { default: 20, titleZh: '同比增长（%）' } },
    explanation: '{period}核发临时号牌{measured}副，去年同月{base}副，增长{deviation}%，超过{threshold}%。',
  },
  {
    ...growth,
    code: 'V1.3',
    titleZh: '临时号牌量占注册登记量过高',
    sentence: '单位当月核发临时号牌数量（辖区内和跨辖区合计），占其当月注册登记数量的比例超过X3%。',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(is('transaction.business_kind', 'registration'), NOT_WITHDRAWN),
    dimensions: [unitOf('transaction')],
    measure: {
      kind: 'share',
      numerator: {
        fact: 'temporary_plate',
        time: 'temporary_plate.issued_at',
        dimensions: [UNIT],
        parts: [
          { name: 'within', where: is('temporary_plate.cross_district', false) },
          { name: 'across', where: is('temporary_plate.cross_district', true) },
        ],
      },
    },
    unit: 'percent_share',
    threshold: parameter('X3_share_percent'),
    parameters: { X3_share_percent: { default: 20, titleZh: '占注册登记量的比例（%）' } },
    minimumSample: 30,
    explanation:
      '{period}核发临时号牌{numerator}副（辖区内{N:within}副、跨辖区{N:across}副），注册登记{sample}辆，占{measured}%，超过{threshold}%。',
  },
  {
    ...growth,
    code: 'V1.4',
    subject: 'vehicle',
    titleZh: '同车不同人多次核发临时号牌',
    sentence: '截至当月的S1个月内，同一车辆向F1名以上不同的人核发临时号牌。',
    dimensions: [dimension('vehicle', 'temporary_plate.vehicle_id', '机动车')],
    allUnits: true,
    window: { kind: 'rolling', months: parameter('S1_window_months'), ends: 'month' },
    measure: { kind: 'count_distinct', of: 'temporary_plate.person_id' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('F1_persons'),
    parameters: {
      F1_persons: { default: 3, titleZh: '不同申领人数' },
      S1_window_months: { default: 12, titleZh: '统计月数' },
    },
    explanation:
      '该车在截至{period}的{P:S1_window_months}个月内，向{measured}名不同的人核发过临时号牌（共{sample}副），达到{threshold}人。',
  },
]
