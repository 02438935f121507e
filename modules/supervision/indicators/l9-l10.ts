/** Post-hoc: driving schools (L9) and examiners (L10). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { dimension, is, parameter } from './blocks.ts'

const SUBJECT = dimension('subject', 'examination.subject', '考试科目')
const SCHOOL = dimension('school', 'examination.school_id', '驾校')
const EXAMINER = dimension('examiner', 'examination.examiner_id', '考试员')

/** Groups without a school or examiner are not judged but belong to the pooled base. */
const points = (
  rest: Pick<
    IndicatorDefinition,
    'code' | 'subject' | 'titleZh' | 'sentence' | 'dimensions' | 'base' | 'explanation'
  >,
  name: string,
): IndicatorDefinition => ({
  ...rest,
  mode: 'post_hoc',
  schedule: 'monthly',
  source: { fact: 'examination' },
  filter: is('examination.full_mark', false),
  window: { kind: 'month' },
  measure: { kind: 'rate', numerator: is('examination.passed', true) },
  comparison: '>',
  unit: 'percentage_points',
  threshold: parameter(name),
  parameters: { [name]: { default: 10, titleZh: '高出（百分点）' } },
  minimumSample: 30,
  effect: 'finding',
})

const OVER = '合格率{measured}%，{base}%'

export const l9l10: readonly IndicatorDefinition[] = [
  points(
    {
      code: 'L9.1',
      subject: 'school',
      titleZh: '驾校合格率高于全市',
      sentence: '驾校当月某科目合格率高于全市该科目合格率X1个百分点以上。',
      dimensions: [SCHOOL, SUBJECT],
      base: { kind: 'pooled', keep: ['subject'] },
      explanation: `{period}{D:subject}考试{sample}次，${OVER.replace('，', '，全市')}，高出{deviation}个百分点，超过{threshold}个百分点。`,
    },
    'X1_points',
  ),
  points(
    {
      code: 'L9.2',
      subject: 'school',
      titleZh: '驾校合格率环比增长过快',
      sentence: '驾校当月某科目合格率比上月高出X2个百分点以上。',
      dimensions: [SCHOOL, SUBJECT],
      base: { kind: 'previous_month' },
      explanation: `{period}{D:subject}${OVER.replace('，', '，上月')}，高出{deviation}个百分点，超过{threshold}个百分点。`,
    },
    'X2_points',
  ),
  points(
    {
      code: 'L10.1',
      subject: 'examiner',
      titleZh: '考试员合格率高于全市',
      sentence: '考试员当月某科目考试合格率高于全市该科目合格率X1个百分点以上。',
      dimensions: [EXAMINER, SUBJECT],
      base: { kind: 'pooled', keep: ['subject'] },
      explanation: `{period}{D:subject}考试{sample}次，${OVER.replace('，', '，全市')}，高出{deviation}个百分点，超过{threshold}个百分点。`,
    },
    'X1_points',
  ),
  points(
    {
      code: 'L10.2',
      subject: 'examiner',
      titleZh: '考试员对某驾校合格率偏高',
      sentence: '考试员当月对某驾校考生某科目的合格率，高于其对全部考生该科目的合格率X2个百分点以上。',
      dimensions: [EXAMINER, SCHOOL, SUBJECT],
      base: { kind: 'pooled', keep: ['examiner', 'subject'] },
      explanation: `{period}对该驾校考生{D:subject}考试{sample}次，${OVER.replace('，', '，对全部考生')}，高出{deviation}个百分点，超过{threshold}个百分点。`,
    },
    'X2_points',
  ),
]
