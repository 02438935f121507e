/** Post-hoc: exam sites (L8). */
import type { Condition, IndicatorDefinition } from '@hengjian/indicators'
import { codeLabel } from '../labels.ts'
import { all, dimension, is, oneOf, parameter } from './blocks.ts'

const SITE = dimension('site', 'examination.site_id', '考场')
const SUBJECT = dimension('subject', 'examination.subject', '考试科目')
const DEVICE = dimension('device', 'examination.device_id', '考试设备')
const ORDINARY = is('examination.full_mark', false)
const PASSED = { kind: 'rate', numerator: is('examination.passed', true) } as const

const monthly = {
  mode: 'post_hoc',
  subject: 'exam_site',
  schedule: 'monthly',
  source: { fact: 'examination' },
  dimensions: [SITE, SUBJECT],
  window: { kind: 'month' },
  measure: PASSED,
  comparison: '>',
  unit: 'percentage_points',
  minimumSample: 30,
  effect: 'finding',
} as const

const points = (name: string, titleZh = '高出（百分点）') => ({
  threshold: parameter(name),
  parameters: { [name]: { default: 10, titleZh } },
})

/** Make-ups against the site's other tests of the subject. */
const makeUp = (code: string, subject: string, titleZh: string, name: string): IndicatorDefinition => ({
  ...monthly,
  ...points(name),
  code,
  titleZh,
  sentence: `考场当月${codeLabel(subject)}补考合格率，比非补考合格率高出${name.split('_')[0]}个百分点以上。`,
  filter: all(is('examination.subject', subject), ORDINARY),
  requires: [is('examination.subject', subject)],
  measured: is('examination.make_up', true),
  dimensions: [SITE],
  base: { kind: 'other_rows', filter: is('examination.make_up', false) },
  explanation: `{period}${codeLabel(subject)}补考合格率{measured}%，非补考合格率{base}%，高出{deviation}个百分点，超过{threshold}个百分点。`,
})

/** Most different candidates or devices at one moment. */
const overlap = (
  rest: Pick<IndicatorDefinition, 'code' | 'titleZh' | 'sentence' | 'dimensions' | 'explanation'>,
  subject: string,
  present: string,
  of: string,
  name: string,
  titleZh: string,
): IndicatorDefinition => ({
  ...monthly,
  ...rest,
  schedule: 'daily',
  filter: all(is('examination.subject', subject), { notNull: present }),
  requires: [is('examination.subject', subject), { notNull: present }],
  window: { kind: 'period' },
  measure: { kind: 'overlap', of, from: 'examination.started_at', to: 'examination.ended_at' },
  unit: 'count',
  threshold: parameter(name),
  parameters: { [name]: { default: 3, titleZh } },
  minimumSample: 0,
})

/** Greatest clock difference of a day. */
const clock = (
  code: string,
  titleZh: string,
  subjects: readonly string[],
  words: string,
  name: string,
): IndicatorDefinition => ({
  ...monthly,
  code,
  titleZh,
  sentence: `考场${words}考试系统与监管系统的时间误差超过${name.split('_')[0]}分钟。`,
  schedule: 'daily',
  source: { fact: 'clock_offset' },
  time: 'clock_offset.at',
  filter: all(is('clock_offset.system', 'exam'), oneOf('clock_offset.subject', subjects)),
  dimensions: [dimension('site', 'clock_offset.site_id', '考场')],
  window: { kind: 'day' },
  measure: { kind: 'max', of: { abs: 'clock_offset.minutes' } },
  unit: 'minutes',
  threshold: parameter(name),
  parameters: { [name]: { default: 5, titleZh: '时间误差（分钟）' } },
  minimumSample: 0,
  explanation: `{period}${words}时间误差{measured}分钟，超过{threshold}分钟。`,
})

const TWO_OR_ROAD: Condition = oneOf('examination.subject', ['subject2', 'subject3_road'])
const ITEM_OF_EXAMINATION = {
  fact: 'examination_item',
  joins: [{ fact: 'examination', on: { eq: ['examination.id', 'examination_item.examination_id'] } }],
} as const
const MISJUDGED = is('examination_item.misjudged', true)

/** Score of the candidate's preceding test of the subject that was no make-up. */
const PRECEDING_SCORE = {
  lookup: {
    fact: 'examination',
    as: 'first_test',
    where: all(
      { eq: ['first_test.candidate_id', 'examination.candidate_id'] },
      is('first_test.subject', 'subject1'),
      is('first_test.full_mark', false),
      is('first_test.make_up', false),
      { lt: ['first_test.started_at', 'examination.started_at'] },
    ),
    of: 'first_test.score',
    take: 'last',
    by: 'first_test.started_at',
  },
} as const

export const l8: readonly IndicatorDefinition[] = [
  {
    ...monthly,
    ...points('X1_points'),
    code: 'L8.1',
    titleZh: '考场合格率高于全市',
    sentence: '考场当月某科目合格率（含补考）高于全市该科目合格率X1个百分点以上。',
    filter: ORDINARY,
    base: { kind: 'pooled', keep: ['subject'] },
    explanation:
      '{period}{D:subject}考试{sample}次，合格率{measured}%，全市{base}%，高出{deviation}个百分点，超过{threshold}个百分点。',
  },
  makeUp('L8.2', 'subject1', '科目一补考合格率偏高', 'X2_points'),
  {
    ...monthly,
    code: 'L8.3',
    titleZh: '科目一低分补考合格率偏高',
    sentence: '首次科目一考试低于F1分的考生，其补考合格率超过X3%。',
    filter: all(is('examination.subject', 'subject1'), ORDINARY, is('examination.make_up', true), {
      lt: [PRECEDING_SCORE, parameter('F1_score')],
    }),
    requires: [is('examination.subject', 'subject1'), { notNull: 'examination.score' }],
    dimensions: [SITE],
    unit: 'percent_share',
    threshold: parameter('X3_rate_percent'),
    parameters: {
      X3_rate_percent: { default: 50, titleZh: '补考合格率（%）' },
      F1_score: { default: 85, titleZh: '首次成绩低于（分）' },
    },
    explanation: '{period}首次低于{P:F1_score}分的考生补考{sample}次，合格率{measured}%，超过{threshold}%。',
  },
  makeUp('L8.4', 'subject2', '科目二补考合格率偏高', 'X4_points'),
  makeUp('L8.5', 'subject3_road', '科目三道路补考合格率偏高', 'X5_points'),
  makeUp('L8.6', 'subject3_safety', '科目三安全文明补考合格率偏高', 'X6_points'),
  {
    ...monthly,
    ...points('X7_points'),
    code: 'L8.7',
    titleZh: '非工作时间考试合格率偏高',
    sentence: '考场当月某科目非工作时间考试合格率，比工作时间合格率高出X7个百分点以上（均含补考）。',
    filter: ORDINARY,
    measured: is('examination.working_time', false),
    base: { kind: 'other_rows', filter: is('examination.working_time', true) },
    explanation:
      '{period}{D:subject}非工作时间合格率{measured}%，工作时间合格率{base}%，高出{deviation}个百分点，超过{threshold}个百分点。',
  },
  {
    ...monthly,
    ...points('X8_points', '环比增长（百分点）'),
    code: 'L8.8',
    titleZh: '考场合格率环比增长过快',
    sentence: '考场当月某科目合格率比上月高出X8个百分点以上。',
    filter: ORDINARY,
    base: { kind: 'previous_month' },
    explanation:
      '{period}{D:subject}合格率{measured}%，上月{base}%，高出{deviation}个百分点，超过{threshold}个百分点。',
  },
  {
    ...monthly,
    code: 'L8.9',
    titleZh: '科目二三误判比例过高',
    sentence: '考场科目二或者科目三道路考试记录的误判，超过该科目考试次数的X9%。',
    filter: TWO_OR_ROAD,
    window: { kind: 'period' },
    measure: {
      kind: 'share',
      numerator: {
        ...ITEM_OF_EXAMINATION,
        filter: all(TWO_OR_ROAD, MISJUDGED),
        dimensions: [SITE, SUBJECT],
        time: 'examination.occurred_at',
        unit: 'examination.unit_path',
      },
    },
    unit: 'percent_share',
    threshold: parameter('X9_share_percent'),
    parameters: { X9_share_percent: { default: 50, titleZh: '误判比例（%）' } },
    explanation:
      '{period}{D:subject}考试{denominator}次，误判{numerator}次，占{measured}%，超过{threshold}%。',
  },
  {
    ...monthly,
    code: 'L8.10',
    subject: 'candidate',
    titleZh: '单个考生误判次数过多',
    sentence: '同一考生在科目二和科目三道路考试中被记录误判超过X10次。',
    source: ITEM_OF_EXAMINATION,
    time: 'examination.occurred_at',
    filter: all(TWO_OR_ROAD, MISJUDGED),
    dimensions: [dimension('candidate', 'examination.candidate_id', '考生')],
    allUnits: true,
    window: { kind: 'period' },
    measure: { kind: 'count' },
    unit: 'count',
    threshold: parameter('X10_misjudgements'),
    parameters: { X10_misjudgements: { default: 3, titleZh: '误判次数' } },
    minimumSample: 0,
    explanation: '{period}该考生被记录误判{measured}次，超过{threshold}次。',
  },
  {
    ...monthly,
    code: 'L8.11',
    titleZh: '科目二设备扣分次数过少',
    sentence: '考场科目二考试设备在达到最小样本量的考试中，扣分次数少于X11次。',
    filter: is('examination.subject', 'subject2'),
    requires: [is('examination.subject', 'subject2')],
    dimensions: [SITE, DEVICE],
    window: { kind: 'period' },
    measure: {
      kind: 'related',
      of: {
        ...ITEM_OF_EXAMINATION,
        filter: all(is('examination.subject', 'subject2'), { gt: ['examination_item.deduction', 0] }),
        dimensions: [
          SITE,
          { name: 'device', of: { coalesce: ['examination_item.device_id', 'examination.device_id'] } },
        ],
        time: 'examination.occurred_at',
        unit: 'examination.unit_path',
      },
    },
    comparison: '<',
    unit: 'count',
    threshold: parameter('X11_deductions'),
    parameters: { X11_deductions: { default: 5, titleZh: '扣分次数' } },
    explanation: '{period}设备{D:device}考试{sample}次，扣分{measured}次，少于{threshold}次。',
  },
  overlap(
    {
      code: 'L8.12',
      titleZh: '同一设备同时被多名考生使用',
      sentence: '科目二同一考试设备同一时刻被超过X12名考生使用。',
      dimensions: [SITE, DEVICE],
      explanation: '{period}设备{D:device}同一时刻最多有{measured}名考生，超过{threshold}名。',
    },
    'subject2',
    'examination.device_id',
    'examination.candidate_id',
    'X12_candidates',
    '考生数',
  ),
  overlap(
    {
      code: 'L8.13',
      titleZh: '同一考生同时出现在多台设备',
      sentence: '科目二同一考生同一时刻出现在超过X13台考试设备上。',
      dimensions: [SITE, dimension('candidate', 'examination.candidate_id', '考生')],
      explanation: '{period}该考生同一时刻最多出现在{measured}台设备上，超过{threshold}台。',
    },
    'subject2',
    'examination.device_id',
    'examination.device_id',
    'X13_devices',
    '设备数',
  ),
  clock('L8.14', '科目二系统时间误差过大', ['subject2'], '科目二', 'X14_minutes'),
  overlap(
    {
      code: 'L8.15',
      titleZh: '同一考车同时被多名考生使用',
      sentence: '科目三同一考试车辆同一时刻被超过X15名考生使用。',
      dimensions: [SITE, dimension('car', 'examination.car_id', '考试车辆')],
      explanation: '{period}考车{D:car}同一时刻最多有{measured}名考生，超过{threshold}名。',
    },
    'subject3_road',
    'examination.car_id',
    'examination.candidate_id',
    'X15_candidates',
    '考生数',
  ),
  clock('L8.16', '科目三系统时间误差过大', ['subject3_road', 'subject3_safety'], '科目三', 'X16_minutes'),
]
