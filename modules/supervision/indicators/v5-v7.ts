/** Post-hoc: vehicles of one owner (V5), vehicle files (V6), scrapping (V7). */
import type { Condition, IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, NOT_WITHDRAWN, ONE_OCCURRENCE, oneOf, parameter } from './blocks.ts'

const OWNER = dimension('person', 'transaction.person_id', '所有人')
const REGISTRATION = is('transaction.business_kind', 'registration')

const owner = {
  mode: 'post_hoc',
  subject: 'owner',
  schedule: 'daily',
  time: 'transaction.accepted_at',
  dimensions: [OWNER],
  allUnits: true,
  comparison: '>',
  unit: 'count',
  threshold: parameter('F1_vehicles'),
  minimumSample: 0,
  effect: 'finding',
} as const

/** All that was ever registered in one person's name, the latest in the period. */
const everRegistered = {
  ...owner,
  source: {
    fact: 'transaction',
    joins: [{ fact: 'vehicle', on: { eq: ['vehicle.id', 'transaction.vehicle_id'] } }],
  },
  window: { kind: 'rolling' },
  measure: { kind: 'count_distinct', of: 'transaction.vehicle_id' },
} as const

const SUSPECTED = ['smuggled_vehicle', 'stolen_vehicle', 'scrapped_vehicle']

/** An answer of one of the outside lists for the transaction. */
const answered = (outcome: Condition): Condition => ({
  exists: {
    fact: 'external_check',
    where: all(
      { eq: ['external_check.transaction_id', 'transaction.id'] },
      oneOf('external_check.kind', SUSPECTED),
      outcome,
    ),
  },
})

const COUNTS_AS_SCRAPPED: Condition = {
  exists: {
    fact: 'vehicle',
    where: all(
      { eq: ['vehicle.id', 'transaction.vehicle_id'] },
      { le: ['vehicle.scrap_due_at', { day: 'transaction.accepted_at' }] },
    ),
  },
}

const SCRAPPED_BEFORE: Condition = {
  exists: {
    fact: 'transaction',
    as: 'scrapping',
    where: all(
      { eq: ['scrapping.vehicle_id', 'transaction.vehicle_id'] },
      is('scrapping.business_kind', 'deregistration'),
      is('scrapping.reason', 'scrap'),
      { ne: ['scrapping.state', { value: 'withdrawn' }] },
      { lt: ['scrapping.accepted_at', 'transaction.accepted_at'] },
    ),
  },
}

const SUSPICIOUS: Condition = {
  or: [answered(is('external_check.outcome', 'hit')), COUNTS_AS_SCRAPPED, SCRAPPED_BEFORE],
}

const onTheDay = {
  mode: 'post_hoc',
  schedule: 'daily',
  window: { kind: 'day' },
  measure: { kind: 'count' },
  comparison: '>=',
  unit: 'count',
  threshold: parameter('S1_occurrences'),
  minimumSample: 0,
  effect: 'finding',
} as const

export const v5v7: readonly IndicatorDefinition[] = [
  {
    ...owner,
    code: 'V5.1',
    titleZh: '个人名下汽车超量仍注册',
    sentence: '受理注册登记时，个人名下（不含共同所有）已有汽车超过F1辆（不含本次）。',
    source: { fact: 'transaction' },
    filter: all(REGISTRATION, NOT_WITHDRAWN, { notNull: 'transaction.person_id' }),
    window: { kind: 'day' },
    measure: {
      kind: 'max',
      of: {
        lookup: {
          fact: 'vehicle_owner',
          joins: [{ fact: 'vehicle', on: { eq: ['vehicle.id', 'vehicle_owner.vehicle_id'] } }],
          where: all(
            { eq: ['vehicle_owner.person_id', 'transaction.person_id'] },
            is('vehicle_owner.co_owner', false),
            { during: ['transaction.accepted_at', 'vehicle_owner.from', 'vehicle_owner.to'] },
            { ne: ['vehicle_owner.vehicle_id', 'transaction.vehicle_id'] },
            { in: [{ left: ['vehicle.vehicle_type', 1] }, parameter('S1_vehicle_type_letters')] },
          ),
          of: 'vehicle_owner.vehicle_id',
          take: 'count',
        },
      },
    },
    parameters: {
      F1_vehicles: { default: 10, titleZh: '名下汽车数量' },
      S1_vehicle_type_letters: {
        default: ['D', 'H', 'K', 'N', 'Q', 'Z'],
        titleZh: '汽车的车辆类型代码首字母',
      },
    },
    explanation: '{period}受理注册登记时，该个人名下已有汽车{measured}辆（不含本次），超过{threshold}辆。',
  },
  {
    ...everRegistered,
    code: 'V5.2',
    titleZh: '个人注册非营运(营转非)大客车',
    sentence: '以同一个人名义登记的非营运或者营转非大型客车累计超过F1辆。',
    filter: all(
      oneOf('transaction.business_kind', ['registration', 'transfer_registration', 'change_registration']),
      NOT_WITHDRAWN,
      { prefix: ['vehicle.vehicle_type', { value: 'K1' }] },
      { in: ['vehicle.use_nature', parameter('S1_use_natures')] },
      { notNull: 'transaction.person_id' },
    ),
    parameters: {
      F1_vehicles: { default: 2, titleZh: '大型客车数量' },
      S1_use_natures: { default: ['A', 'L', 'M', 'U'], titleZh: '使用性质（非营运、营转非）' },
    },
    explanation: '截至{period}，以该个人名义登记的非营运（营转非）大型客车{measured}辆，超过{threshold}辆。',
  },
  {
    ...everRegistered,
    code: 'V5.3',
    titleZh: '外地个人注册三轮摩托车',
    sentence: '以同一外地个人名义注册登记的三轮摩托车累计超过F1辆。',
    filter: all(
      REGISTRATION,
      NOT_WITHDRAWN,
      { prefix: ['vehicle.vehicle_type', { value: 'M1' }] },
      is('transaction.local', false),
    ),
    parameters: { F1_vehicles: { default: 20, titleZh: '三轮摩托车数量' } },
    explanation: '截至{period}，以该外地个人名义注册登记的三轮摩托车{measured}辆，超过{threshold}辆。',
  },
  {
    ...onTheDay,
    code: 'V6.1',
    subject: 'vehicle',
    titleZh: '更正车辆重点登记信息',
    sentence:
      '更正机动车档案中的车辆识别代号、发动机号、核定载质量、核定载客人数、所有人或者强制报废期，当日S1次以上。',
    source: { fact: 'correction' },
    time: 'correction.at',
    filter: all(is('correction.target_kind', 'vehicle'), {
      in: ['correction.field', parameter('F1_fields')],
    }),
    dimensions: [dimension('vehicle', 'correction.target', '机动车')],
    parameters: {
      ...ONE_OCCURRENCE,
      F1_fields: {
        default: ['vin', 'engine_number', 'rated_load', 'rated_passengers', 'owner', 'scrap_on'],
        titleZh: '重点登记信息',
      },
    },
    explanation: '{period}更正该车档案的重点登记信息{measured}项。',
  },
  {
    ...onTheDay,
    code: 'V6.2',
    subject: 'vehicle',
    titleZh: '涉嫌走私、报废、盗抢车补建档案',
    sentence: '补建档案的机动车经核查涉嫌走私、盗抢、报废，或者已达强制报废期、已因报废注销，当日S1次以上。',
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all(is('transaction.business_kind', 'vehicle_file_recreation'), NOT_WITHDRAWN),
    measured: SUSPICIOUS,
    judgedWhen: {
      or: [SUSPICIOUS, answered({ not: oneOf('external_check.outcome', ['unavailable', 'timeout']) })],
    },
    dimensions: [dimension('transaction', 'transaction.id', '业务流水')],
    parameters: {
      ...ONE_OCCURRENCE,
      S2_fallback: {
        default: 'cannot_be_judged',
        titleZh: '没有核查记录且自有信息无异常时的处理（cannot_be_judged 不能判定）',
      },
    },
    explanation: '{period}补建档案的机动车涉嫌走私、盗抢或者报废。',
  },
  {
    code: 'V7.1',
    mode: 'post_hoc',
    subject: 'unit',
    titleZh: '异地报废量超去年月均',
    sentence: '全市当月办结的外地登记机动车报废注销数量，比去年月平均数增长超过X%。',
    schedule: 'monthly',
    source: { fact: 'transaction' },
    time: 'transaction.completed_at',
    filter: all(
      is('transaction.business_kind', 'deregistration'),
      is('transaction.reason', 'scrap'),
      is('transaction.state', 'completed'),
    ),
    measured: { not: { local: 'transaction.origin_region' } },
    dimensions: [],
    window: { kind: 'month' },
    measure: { kind: 'count' },
    base: { kind: 'last_year_monthly_average' },
    comparison: '>',
    unit: 'percent_growth',
    threshold: parameter('X_growth_percent'),
    parameters: { X_growth_percent: { default: 10, titleZh: '比去年月平均增长（%）' } },
    minimumSample: 0,
    effect: 'finding',
    explanation:
      '{period}全市报废外地登记的机动车{measured}辆，去年月平均{base}辆，增长{deviation}%，超过{threshold}%。',
  },
]
