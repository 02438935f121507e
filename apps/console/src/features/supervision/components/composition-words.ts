/** Words and shapes of the composer's form. */
import type { supervision } from '../api.ts'

type CheckInput = Parameters<typeof supervision.checkComposition>[0]
export type CompositionInput = CheckInput['composition']
export type Block = Awaited<ReturnType<typeof supervision.findBlocks>>['facts'][number]['fields'][number]
type Filter = NonNullable<CompositionInput['filters']>[number]
type Test = Filter['test']

/** A condition as the form has it: one value, or several codes. */
export interface FilterEntry {
  field?: string
  test?: Test
  value?: string[] | number | boolean | null
}

/** What the form holds. */
export interface Entered {
  title?: string
  legalBasis?: string
  source?: string
  filters?: FilterEntry[]
  compare?: string[]
  window?: 'day' | 'month' | 'rolling'
  months?: number
  measure?: string
  measured?: string
  fact?: string
  numerator?: FilterEntry[]
  base?: string
  comparison?: CompositionInput['comparison']
  threshold?: number | null
  minimumSample?: number | null
  moment?: 'afterwards' | 'handling'
  businessKinds?: string[]
  about?: 'vehicle' | 'person' | 'agent' | 'transaction'
  effect?: 'prompt' | 'authorise'
}

export const MOMENTS = [
  { value: 'afterwards', label: '事后研判' },
  { value: 'handling', label: '受理业务时' },
]
export const PARTIES = [
  { value: 'vehicle', label: '该机动车的记录' },
  { value: 'person', label: '该申请人的记录' },
  { value: 'agent', label: '该代理人的记录' },
  { value: 'transaction', label: '本笔业务的记录' },
]
export const EFFECTS = [
  { value: 'prompt', label: '提示经办人' },
  { value: 'authorise', label: '须领导授权' },
]
/** What may be measured while business is accepted. */
export const HANDLING_MEASURES: readonly string[] = ['count', 'count_distinct', 'sum', 'max']

export const MEASURES = [
  { value: 'count', label: '数量' },
  { value: 'count_distinct', label: '不同值的个数' },
  { value: 'rate', label: '占比（%）' },
  { value: 'share', label: '与另一类记录之比（%）' },
  { value: 'sum', label: '合计' },
  { value: 'average', label: '平均值' },
  { value: 'max', label: '最大值' },
]
export const BASES = [
  { value: 'none', label: '不比较，直接看数值' },
  { value: 'previous_month', label: '上月' },
  { value: 'same_month_last_year', label: '上年同月' },
  { value: 'last_year_monthly_average', label: '本身上年月平均' },
  { value: 'pooled', label: '全市合并水平' },
  { value: 'others_average', label: '本市其他对象的平均' },
  { value: 'city_last_year_average_per_group', label: '全市上年每对象月平均' },
]
export const COMPARISONS = [
  { value: '>', label: '超过' },
  { value: '>=', label: '达到或超过' },
  { value: '<', label: '低于' },
  { value: '<=', label: '不高于' },
]
export const WINDOWS = [
  { value: 'day', label: '每日' },
  { value: 'month', label: '每月' },
  { value: 'rolling', label: '连续数月' },
]
/** Up to the moment of acceptance. */
export const HANDLING_WINDOWS = [
  { value: 'day', label: '当日' },
  { value: 'month', label: '当月' },
  { value: 'rolling', label: '连续数月' },
]
const KNOWN = [
  { value: 'known', label: '已登记' },
  { value: 'unknown', label: '未登记' },
]
const LOCAL = [
  { value: 'local', label: '在本地' },
  { value: 'not_local', label: '不在本地' },
]
const NUMBER_TESTS = [
  { value: 'above', label: '大于' },
  { value: 'at_least', label: '不小于' },
  { value: 'below', label: '小于' },
  { value: 'at_most', label: '不大于' },
  { value: 'is', label: '等于' },
]
const TEXT_TESTS = [
  { value: 'is', label: '是（任一）' },
  { value: 'is_not', label: '不是' },
  { value: 'begins', label: '开头为' },
]

/** How a field may be asked. */
export function testsOf(block: Block | undefined): { value: string; label: string }[] {
  if (block?.type === 'number') return [...NUMBER_TESTS, ...KNOWN]
  if (block?.type === 'boolean') return [{ value: 'is', label: '为' }, ...KNOWN]
  if (block?.type === 'text') return [...TEXT_TESTS, ...(block.region ? LOCAL : []), ...KNOWN]
  return KNOWN
}
export const needsValue = (test: string | undefined): boolean =>
  !['known', 'unknown', 'local', 'not_local'].includes(test ?? 'known')

const filtersOf = (entries: readonly FilterEntry[] = []): Filter[] =>
  entries.flatMap(({ field, test, value }) =>
    field && test
      ? [{ field, test, values: value === undefined || value === null ? [] : [value].flat() }]
      : [],
  )

const measureOf = ({ measure, measured, fact, numerator }: Entered): CompositionInput['measure'] => {
  if (measure === 'rate') return { kind: 'rate', filters: filtersOf(numerator) }
  if (measure === 'share') return { kind: 'share', fact: fact ?? '', filters: filtersOf(numerator) }
  if (measure === 'count' || measure === undefined) return { kind: 'count' }
  return { kind: measure as 'sum', field: measured ?? '' }
}

/** Is enough entered that the server can say what it means? */
export const isComplete = (entered: Entered): boolean =>
  Boolean(entered.source && entered.title && entered.title.trim().length > 1) &&
  (!['count_distinct', 'sum', 'average', 'max'].includes(entered.measure ?? '') ||
    Boolean(entered.measured)) &&
  (entered.moment !== 'handling' || Boolean(entered.businessKinds?.length && entered.about))

export const compositionOf = (entered: Entered): CompositionInput => ({
  ...blocksOf(entered),
  ...(entered.moment === 'handling'
    ? {
        compare: [],
        base: null,
        minimumSample: 0,
        inProcess: {
          businessKinds: entered.businessKinds ?? [],
          about: entered.about ?? 'vehicle',
          effect: entered.effect ?? 'prompt',
        },
      }
    : { inProcess: null }),
})

const blocksOf = (entered: Entered): Omit<CompositionInput, 'inProcess'> => ({
  title: entered.title ?? '',
  legalBasis: entered.legalBasis ?? '',
  source: entered.source ?? '',
  filters: filtersOf(entered.filters),
  compare: entered.compare ?? [],
  window:
    entered.window === 'rolling'
      ? { kind: 'rolling', months: entered.months ?? 1 }
      : { kind: entered.window ?? 'month' },
  measure: measureOf(entered),
  base: entered.base && entered.base !== 'none' ? (entered.base as 'pooled') : null,
  comparison: entered.comparison ?? '>',
  threshold: entered.threshold ?? 0,
  minimumSample: entered.minimumSample ?? 0,
})

const entriesOf = (filters: readonly Filter[] = []): FilterEntry[] =>
  filters.map(({ field, test, values = [] }) => ({
    field,
    test,
    ...(values.length > 0
      ? { value: typeof values[0] === 'string' ? values.map(String) : (values[0] as number | boolean) }
      : {}),
  }))

/** A saved composition as the form has it. */
export function enteredOf(composition: CompositionInput): Entered {
  const { measure, window, base, inProcess } = composition
  return {
    moment: inProcess ? 'handling' : 'afterwards',
    ...(inProcess ?? {}),
    title: composition.title,
    legalBasis: composition.legalBasis ?? '',
    source: composition.source,
    filters: entriesOf(composition.filters),
    compare: composition.compare,
    window: window.kind,
    months: window.kind === 'rolling' ? window.months : 3,
    measure: measure.kind,
    ...('field' in measure ? { measured: measure.field } : {}),
    ...('fact' in measure ? { fact: measure.fact } : {}),
    ...('filters' in measure ? { numerator: entriesOf(measure.filters) } : {}),
    base: base ?? 'none',
    comparison: composition.comparison,
    threshold: composition.threshold,
    minimumSample: composition.minimumSample,
  }
}

/** The form's field at which a fault of the composition is shown. */
export function formName(path: string): (string | number)[] {
  const parts = path
    .replace(/^composition\./, '')
    .replace(/^inProcess\./, '')
    .replace(/^measure\.filters/, 'numerator')
    .replace(/^measure\.field/, 'measured')
    .replace(/^measure\.fact/, 'fact')
    .replace(/\.values$/, '.value')
    .split('.')
  if (parts[0] === 'compare' || parts[0] === 'businessKinds') return [parts[0]]
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
