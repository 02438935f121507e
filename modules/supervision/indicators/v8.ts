/** Post-hoc: vehicle inspection (V8). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, parameter } from './blocks.ts'

const INSTITUTION = dimension('institution', 'inspection.institution_id', '检验机构')
const FIRST_TEST = { eq: ['inspection.attempt', 1] } as const
const NOT_LOCAL = { not: { local: 'inspection.origin_region' } } as const

const monthly = {
  mode: 'post_hoc',
  subject: 'institution',
  schedule: 'monthly',
  source: { fact: 'inspection' },
  dimensions: [INSTITUTION],
  window: { kind: 'month' },
  comparison: '>',
  effect: 'finding',
} as const

const rate = {
  ...monthly,
  measure: { kind: 'rate', numerator: is('inspection.passed', true) },
  unit: 'percent_share',
  minimumSample: 30,
} as const

const count = { ...monthly, measure: { kind: 'count' }, unit: 'percent_growth', minimumSample: 0 } as const

export const v8: readonly IndicatorDefinition[] = [
  {
    ...count,
    code: 'V8.1',
    titleZh: '检验同一外地车辆环比增长',
    sentence: '检验机构当月检验同一外地的车辆数，比上月增长超过X1%。',
    filter: all(FIRST_TEST, NOT_LOCAL),
    dimensions: [INSTITUTION, dimension('origin', { left: ['inspection.origin_region', 4] }, '车辆归属地')],
    base: { kind: 'previous_month' },
    threshold: parameter('X1_growth_percent'),
    parameters: { X1_growth_percent: { default: 10, titleZh: '环比增长（%）' } },
    explanation: '{period}检验{D:origin}车辆{measured}辆，上月{base}辆，增长{deviation}%，超过{threshold}%。',
  },
  {
    ...count,
    code: 'V8.2',
    titleZh: '检验外地车辆超本市去年平均',
    sentence: '检验机构当月检验的外地车辆数，超过本市检验机构去年月平均数X2%以上。',
    measured: all(FIRST_TEST, NOT_LOCAL),
    base: { kind: 'city_last_year_average_per_group' },
    threshold: parameter('X2_growth_percent'),
    parameters: { X2_growth_percent: { default: 10, titleZh: '超过本市去年月平均（%）' } },
    explanation:
      '{period}检验外地车辆{measured}辆，本市每家机构去年月平均{base}辆，超出{deviation}%，超过{threshold}%。',
  },
  {
    ...monthly,
    code: 'V8.3',
    titleZh: '同日同所有人同车型检验过多',
    sentence: '检验机构同一天检验同一所有人同一型号的车辆超过X3辆。',
    schedule: 'daily',
    dimensions: [
      INSTITUTION,
      dimension('owner', 'inspection.owner', '所有人'),
      dimension('model', 'inspection.model', '车辆型号'),
    ],
    window: { kind: 'day' },
    measure: { kind: 'count_distinct', of: 'inspection.vehicle_id' },
    unit: 'count',
    threshold: parameter('X3_vehicles'),
    parameters: { X3_vehicles: { default: 3, titleZh: '车辆数' } },
    minimumSample: 0,
    explanation: '{period}检验同一所有人型号{D:model}的车辆{measured}辆，超过{threshold}辆。',
  },
  {
    ...count,
    code: 'V8.4',
    titleZh: '检验量超其他机构同期平均',
    sentence: '检验机构当月检验量超过本市其他检验机构同期平均X4%以上。',
    measured: FIRST_TEST,
    base: { kind: 'others_average', keep: [] },
    threshold: parameter('X4_growth_percent'),
    parameters: { X4_growth_percent: { default: 10, titleZh: '超过其他机构平均（%）' } },
    explanation: '{period}检验{measured}辆，本市其他机构平均{base}辆，超出{deviation}%，超过{threshold}%。',
  },
  {
    ...rate,
    code: 'V8.5',
    titleZh: '初检合格率过高',
    sentence: '检验机构当月初检合格率超过X5%。',
    filter: FIRST_TEST,
    threshold: parameter('X5_rate_percent'),
    parameters: { X5_rate_percent: { default: 80, titleZh: '初检合格率（%）' } },
    explanation: '{period}初检{sample}次，合格率{measured}%，超过{threshold}%。',
  },
  {
    ...rate,
    code: 'V8.6',
    titleZh: '初检合格率低而复检合格率高',
    sentence: '检验机构当月初检合格率低于X6%，而复检合格率超过X7%。',
    measured: { ge: ['inspection.attempt', 2] },
    also: {
      how: 'both',
      filter: FIRST_TEST,
      comparison: '<',
      threshold: parameter('X6_first_rate_below_percent'),
    },
    threshold: parameter('X7_retest_rate_percent'),
    parameters: {
      X6_first_rate_below_percent: { default: 20, titleZh: '初检合格率低于（%）' },
      X7_retest_rate_percent: { default: 80, titleZh: '复检合格率超过（%）' },
    },
    explanation:
      '{period}初检合格率{also_measured}%，低于{also_threshold}%；复检合格率{measured}%，超过{threshold}%。',
  },
  {
    ...rate,
    code: 'V8.7',
    titleZh: '超龄车检验合格率过高',
    sentence: '检验机构当月对车龄超过F1年车辆的检验合格率超过X8%。',
    filter: { gt: ['inspection.vehicle_age_years', parameter('F1_age_years')] },
    threshold: parameter('X8_rate_percent'),
    parameters: {
      X8_rate_percent: { default: 80, titleZh: '合格率（%）' },
      F1_age_years: { default: 15, titleZh: '车龄超过（年）' },
    },
    explanation:
      '{period}检验车龄超过{P:F1_age_years}年的车辆{sample}次，合格率{measured}%，超过{threshold}%。',
  },
  {
    ...rate,
    code: 'V8.8',
    titleZh: '制动灯光等项目合格率过高',
    sentence: '检验机构当月制动、灯光等检验项目的合格率达到X9%以上。',
    source: {
      fact: 'inspection_item',
      joins: [{ fact: 'inspection', on: { eq: ['inspection.id', 'inspection_item.inspection_id'] } }],
    },
    filter: { in: ['inspection_item.item', parameter('S1_items')] },
    dimensions: [INSTITUTION, dimension('item', 'inspection_item.item', '检验项目')],
    measure: { kind: 'rate', numerator: is('inspection_item.passed', true) },
    comparison: '>=',
    threshold: parameter('X9_rate_percent'),
    parameters: {
      X9_rate_percent: { default: 90, titleZh: '项目合格率（%）' },
      S1_items: { default: ['brake', 'lamp'], titleZh: '检验项目' },
    },
    explanation: '{period}项目{D:item}检验{sample}次，合格率{measured}%，达到{threshold}%。',
  },
  {
    ...rate,
    code: 'V8.9',
    titleZh: '事故车初检合格率过高',
    sentence: '检验机构当月对事故车的初检合格率超过X10%。',
    filter: all(is('inspection.accident', true), FIRST_TEST),
    threshold: parameter('X10_rate_percent'),
    parameters: { X10_rate_percent: { default: 90, titleZh: '事故车初检合格率（%）' } },
    explanation: '{period}事故车初检{sample}次，合格率{measured}%，超过{threshold}%。',
  },
  {
    ...rate,
    code: 'V8.10',
    subject: 'auditor',
    titleZh: '重点车辆一次审核通过率过高',
    sentence: '审核人员当月对重点车辆检验的一次审核通过率超过X11%。',
    time: 'inspection.audited_at',
    filter: all(is('inspection.key_vehicle', true), { notNull: 'inspection.first_audit_passed' }),
    dimensions: [dimension('auditor', 'inspection.auditor_id', '审核人员')],
    measure: { kind: 'rate', numerator: is('inspection.first_audit_passed', true) },
    threshold: parameter('X11_rate_percent'),
    parameters: { X11_rate_percent: { default: 80, titleZh: '一次审核通过率（%）' } },
    explanation: '{period}审核重点车辆{sample}次，一次通过率{measured}%，超过{threshold}%。',
  },
  {
    ...monthly,
    code: 'V8.11',
    subject: 'unit',
    titleZh: '检验审核超过24小时',
    sentence: '检验提交审核后超过F1分钟未完成审核。',
    schedule: 'daily',
    time: 'inspection.submitted_at',
    dimensions: [dimension('inspection', 'inspection.id', '检验记录')],
    window: { kind: 'period' },
    measure: { kind: 'overdue', start: 'inspection.submitted_at', end: 'inspection.audited_at' },
    unit: 'minutes',
    threshold: parameter('F1_overdue_minutes'),
    parameters: { F1_overdue_minutes: { default: 1440, titleZh: '分钟数' } },
    minimumSample: 0,
    explanation: '提交审核后{H:measured}小时才完成或仍未完成审核，超过{H:threshold}小时。',
  },
]
