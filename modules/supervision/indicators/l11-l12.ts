/** Post-hoc: full-mark exams at exam sites (L11) and candidates from elsewhere in a unit's exams (L12). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { all, dimension, is, parameter, unitOf } from './blocks.ts'

const SITE = dimension('site', 'examination.site_id', '考场')
const FROM_ELSEWHERE = is('examination.local', false)

const monthly = {
  mode: 'post_hoc',
  schedule: 'monthly',
  source: { fact: 'examination' },
  window: { kind: 'month' },
  comparison: '>',
  minimumSample: 30,
  effect: 'finding',
} as const

const SUBJECTS = { subject1: '科目一', subject3_road: '科目三' } as const

/** Full-mark exams of a subject. */
const fullMark = (subject: keyof typeof SUBJECTS) => ({
  requires: [all(is('examination.full_mark', true), is('examination.subject', subject))],
  filter: all(is('examination.full_mark', true), is('examination.subject', subject)),
})

/** Pass rate of the site against the city's, of local candidates or of the others. */
const passRate = (
  code: string,
  subject: keyof typeof SUBJECTS,
  local: boolean,
  name: string,
): IndicatorDefinition => {
  const exams = fullMark(subject)
  const where = `${SUBJECTS[subject]}${local ? '本地' : '异地'}`
  return {
    ...monthly,
    ...exams,
    code,
    subject: 'exam_site',
    titleZh: `${where}满分考试合格率偏高`,
    sentence: `考场当月${where}考生满分考试合格率，高于全市同类合格率${name.split('_')[0]}个百分点以上。`,
    filter: all(exams.filter, is('examination.local', local)),
    dimensions: [SITE],
    measure: { kind: 'rate', numerator: is('examination.passed', true) },
    base: { kind: 'pooled', keep: [] },
    unit: 'percentage_points',
    threshold: parameter(name),
    parameters: { [name]: { default: 10, titleZh: '高出（百分点）' } },
    explanation: `{period}${where}考生满分考试{sample}次，合格率{measured}%，全市{base}%，高出{deviation}个百分点，超过{threshold}个百分点。`,
  }
}

/** Share of candidates from elsewhere, each counted once a month. */
const candidates = (code: string, subject: keyof typeof SUBJECTS, name: string): IndicatorDefinition => ({
  ...monthly,
  ...fullMark(subject),
  code,
  subject: 'exam_site',
  titleZh: `${SUBJECTS[subject]}满分考试异地考生占比过高`,
  sentence: `考场当月${SUBJECTS[subject]}满分考试中，异地考生占全部考生的比例超过${name.split('_')[0]}%。`,
  dimensions: [SITE],
  measure: { kind: 'rate', numerator: FROM_ELSEWHERE, distinct: 'examination.candidate_id' },
  unit: 'percent_share',
  threshold: parameter(name),
  parameters: { [name]: { default: 10, titleZh: '异地考生占比（%）' } },
  explanation: `{period}${SUBJECTS[subject]}满分考试考生{denominator}人，其中异地{numerator}人，占{measured}%，超过{threshold}%。`,
})

export const l11: readonly IndicatorDefinition[] = [
  passRate('L11.1', 'subject1', true, 'X1_points'),
  passRate('L11.2', 'subject1', false, 'X2_points'),
  passRate('L11.3', 'subject3_road', true, 'X3_points'),
  passRate('L11.4', 'subject3_road', false, 'X4_points'),
  candidates('L11.5', 'subject1', 'X5_share_percent'),
  candidates('L11.6', 'subject3_road', 'X6_share_percent'),
]

/** Exams of candidates from elsewhere among all of the unit that holds them, make-ups included. */
const examinations = {
  ...monthly,
  subject: 'unit',
  filter: is('examination.full_mark', false),
  dimensions: [unitOf('examination'), dimension('subject', 'examination.subject', '考试科目')],
  measure: { kind: 'rate', numerator: FROM_ELSEWHERE },
} as const

export const l12: readonly IndicatorDefinition[] = [
  {
    ...examinations,
    code: 'L12.1',
    titleZh: '外地人考试占比过高',
    sentence: '单位当月某科目考试中，外地人考试占比超过X1%。',
    unit: 'percent_share',
    threshold: parameter('X1_share_percent'),
    parameters: { X1_share_percent: { default: 10, titleZh: '外地人考试占比（%）' } },
    explanation:
      '{period}{D:subject}考试{denominator}次，其中外地人{numerator}次，占{measured}%，超过{threshold}%。',
  },
  {
    ...examinations,
    code: 'L12.2',
    titleZh: '外地人考试占比同比增长',
    sentence: '单位当月某科目外地人考试占比，比去年同月高出X2个百分点以上。',
    base: { kind: 'same_month_last_year' },
    unit: 'percentage_points',
    threshold: parameter('X2_points'),
    parameters: { X2_points: { default: 10, titleZh: '高出（百分点）' } },
    explanation:
      '{period}{D:subject}外地人考试占{measured}%，去年同月{base}%，高出{deviation}个百分点，超过{threshold}个百分点。',
  },
]
