/** A composition of the console → a definition of the indicator language, or what is wrong with it, by field. Pure. */
import { factCatalogue } from '@hengjian/business'
import {
  type Base,
  type Condition,
  checkDefinition,
  type Dimension,
  type IndicatorDefinition,
  type Measure,
  type Source,
  type Unit,
} from '@hengjian/indicators'
import type { Composition, CompositionFilter } from '../contract.ts'
import { indicatorDefinitions } from '../indicators/index.ts'
import { inProcessBlocks, inProcessFaults, ofTheParty, windowBlock } from './define-in-process.ts'
import { composableFacts, type Field, reachableFields, referencesOf } from './fields.ts'
import { explanationWords, sentenceWords } from './words.ts'

/** One thing wrong with a composition, at the field of the form. */
export interface CompositionFault {
  readonly path: string
  readonly message: string
}

/** Answer of `defineComposed`: a definition without faults, or none. */
export type Composed =
  | { readonly definition: IndicatorDefinition; readonly faults: readonly [] }
  | { readonly definition: null; readonly faults: readonly CompositionFault[] }

/** Name of the threshold's parameter. Its mark `X1` stands in the sentence. */
const PARAMETERS: Readonly<Partial<Record<Unit, { name: string; titleZh: string }>>> = {
  count: { name: 'X1_threshold', titleZh: '阈值' },
  percent_share: { name: 'X1_rate_percent', titleZh: '阈值（%）' },
  percentage_points: { name: 'X1_points', titleZh: '阈值（百分点）' },
  percent_growth: { name: 'X1_growth_percent', titleZh: '阈值（%）' },
}

/** Put a definition together and have it checked by the engine. */
export function defineComposed(code: string, composition: Composition): Composed {
  const faults = ownFaults(composition)
  if (faults.length > 0) return { definition: null, faults }
  const definition = assemble(code, composition)
  const refused = checkDefinition(definition, factCatalogue)
  if (refused.length === 0) return { definition, faults: [] }
  return {
    definition: null,
    faults: refused.map(({ path, reason }) => ({
      path: formPath(path),
      message: `这样组合无法计算（${reason}）`,
    })),
  }
}

const MONTH_BASES = new Set([
  'previous_month',
  'same_month_last_year',
  'last_year_monthly_average',
  'city_last_year_average_per_group',
])
const COUNT_BASES = new Set([
  'last_year_monthly_average',
  'city_last_year_average_per_group',
  'others_average',
])

function ownFaults(composition: Composition): CompositionFault[] {
  const { source, measure } = composition
  if (!composableFacts().includes(source)) return [{ path: 'source', message: '没有这种业务记录' }]
  const fields = reachableFields(source)
  const faults = filterFaults(composition.filters, fields, 'filters')
  if ('field' in measure) {
    const field = fields.get(measure.field)
    if (!field) faults.push({ path: 'measure.field', message: '没有这个字段' })
    else if (measure.kind !== 'count_distinct' && field.type !== 'number')
      faults.push({ path: 'measure.field', message: '合计、平均、最大值只能取数字' })
  }
  const rest = composition.inProcess ? inProcessFaults(composition) : afterwardsFaults(composition, fields)
  return [...faults, ...rest]
}

/** Faults of what is judged afterwards: what is compared with what, by which period. */
function afterwardsFaults(composition: Composition, fields: ReadonlyMap<string, Field>): CompositionFault[] {
  const { compare, measure, base, window } = composition
  const faults: CompositionFault[] = []
  const add = (path: string, message: string) => faults.push({ path, message })
  if (compare.length === 0) add('compare', '至少选择一个比较对象')
  for (const [at, name] of compare.entries()) {
    const field = fields.get(name)
    if (!field) add(`compare.${at}`, '没有这个字段')
    else if (field.type === 'personal') add(`compare.${at}`, '个人信息只能用于计数，不能作为比较对象')
    else if (field.type === 'moment') add(`compare.${at}`, '时间不能作为比较对象，请用统计周期')
    else if (compare.indexOf(name) !== at) add(`compare.${at}`, '重复')
  }
  if (measure.kind === 'rate') {
    if (measure.filters.length === 0) add('measure.filters', '请说明占比中分子的条件')
    faults.push(...filterFaults(measure.filters, fields, 'measure.filters'))
  }
  if (measure.kind === 'share') faults.push(...shareFaults(composition, measure))
  if (measure.kind === 'average' && window.kind === 'rolling')
    add('window', '平均值不能按滚动月份统计，请按日或按月')
  if (base !== null) {
    if (MONTH_BASES.has(base) && window.kind !== 'month') add('base', '与往月比较须按月统计')
    if (measure.kind === 'share') add('base', '两类记录之比不能再与基数比较')
    if (COUNT_BASES.has(base) && (measure.kind === 'rate' || measure.kind === 'average'))
      add('base', '占比和平均值不能与月平均、其他对象平均比较，可与上月、上年同月或全市水平比较')
    if (base === 'pooled' && (measure.kind === 'count_distinct' || measure.kind === 'max'))
      add('base', '不同值个数和最大值不能合并成全市水平')
  } else if (measure.kind === 'rate' && composition.threshold > 100) add('threshold', '占比不会超过 100%')
  return faults
}

function shareFaults(
  { compare, source }: Composition,
  measure: Extract<Composition['measure'], { kind: 'share' }>,
): CompositionFault[] {
  if (!composableFacts().includes(measure.fact))
    return [{ path: 'measure.fact', message: '没有这种业务记录' }]
  const fields = reachableFields(measure.fact)
  const faults = filterFaults(measure.filters, fields, 'measure.filters')
  for (const [at, name] of compare.entries()) {
    const [fact, column] = name.split('.') as [string, string]
    if (fact !== source || !(column in factCatalogue[measure.fact]!.columns))
      faults.push({ path: `compare.${at}`, message: '作为分子的记录没有这个字段，不能按它比较' })
  }
  return faults
}

/** Which tests a type of field takes, and how many values each needs. */
const TESTS: Readonly<Record<Field['type'], readonly CompositionFilter['test'][]>> = {
  text: ['is', 'is_not', 'begins', 'known', 'unknown', 'local', 'not_local'],
  number: ['is', 'above', 'at_least', 'below', 'at_most', 'known', 'unknown'],
  boolean: ['is', 'known', 'unknown'],
  moment: ['known', 'unknown'],
  identity: ['known', 'unknown'],
  personal: ['known', 'unknown'],
}
const WITHOUT_VALUE = new Set(['known', 'unknown', 'local', 'not_local'])
const VALUE_WORDS = { text: '文字', number: '数字', boolean: '是或否' } as const

function filterFaults(
  filters: readonly CompositionFilter[],
  fields: ReadonlyMap<string, Field>,
  path: string,
): CompositionFault[] {
  return filters.flatMap(({ field: name, test, values }, at) => {
    const here = `${path}.${at}`
    const field = fields.get(name)
    if (!field) return [{ path: `${here}.field`, message: '没有这个字段' }]
    if (!TESTS[field.type].includes(test)) return [{ path: `${here}.test`, message: '该字段不能这样判断' }]
    if ((test === 'local' || test === 'not_local') && !field.region)
      return [{ path: `${here}.test`, message: '只有地区可以判断是否本地' }]
    if (WITHOUT_VALUE.has(test)) return []
    if (values.length === 0) return [{ path: `${here}.values`, message: '请填写' }]
    const type = field.type === 'text' ? 'string' : field.type
    if (values.some((value) => typeof value !== type))
      return [
        { path: `${here}.values`, message: `应为${VALUE_WORDS[field.type as keyof typeof VALUE_WORDS]}` },
      ]
    if (values.length > 1 && !(field.type === 'text' && (test === 'is' || test === 'is_not')))
      return [{ path: `${here}.values`, message: '只能填一个值' }]
    return []
  })
}

function conditionOf({ field, test, values }: CompositionFilter): Condition {
  const [first] = values
  const one = typeof first === 'string' ? { value: first } : first!
  const codes = { value: values.filter((value) => typeof value === 'string') }
  switch (test) {
    case 'is':
      return values.length > 1 ? { in: [field, codes] } : { eq: [field, one] }
    case 'is_not':
      return { not: { in: [field, codes] } }
    case 'above':
      return { gt: [field, one] }
    case 'at_least':
      return { ge: [field, one] }
    case 'below':
      return { lt: [field, one] }
    case 'at_most':
      return { le: [field, one] }
    case 'begins':
      return { prefix: [field, one] }
    case 'known':
      return { notNull: field }
    case 'unknown':
      return { isNull: field }
    case 'local':
      return { local: field }
    case 'not_local':
      return { not: { local: field } }
  }
}

const allOf = (filters: readonly CompositionFilter[]): Condition => ({ and: filters.map(conditionOf) })

/** The source with the facts joined that these fields are of. */
function sourceWith(fact: string, fields: readonly string[]): Source {
  const wanted = new Set(fields.map((field) => field.split('.')[0]))
  const joins = referencesOf(fact)
    .filter((reference) => wanted.has(reference.fact))
    .map((reference) => ({
      fact: reference.fact,
      kind: 'left' as const,
      on: { eq: [`${fact}.${reference.column}`, `${reference.fact}.id`] as const },
    }))
  return joins.length > 0 ? { fact, joins } : { fact }
}

/** Dimension names: the column without `_id`, with its fact before it where two would be the same. */
function dimensionsOf({ source, compare }: Composition): Dimension[] {
  const fields = reachableFields(source)
  const short = compare.map((field) => field.split('.')[1]!.replace(/_id$/, ''))
  const nameOf = (field: string, at: number) => {
    // Shipped indicators name a unit's dimension so, and its labels follow from the name.
    if (field === `${source}.unit_path`) return 'unit'
    return short.indexOf(short[at]!) === at ? `by_${short[at]}` : `by_${field.replace('.', '_')}`
  }
  return compare.map((of, at) => ({ name: nameOf(of, at), of, titleZh: fields.get(of)!.title }))
}

/** Whom shipped indicators call the subject when they group by the same column: one subject, one case. */
const SUBJECTS: ReadonlyMap<unknown, string> = new Map(
  indicatorDefinitions.flatMap(({ mode, dimensions, subject }) =>
    mode === 'post_hoc' && dimensions?.[0] ? [[dimensions[0].of, subject]] : [],
  ),
)
const subjectOf = (field: string): string =>
  SUBJECTS.get(field) ?? (field.endsWith('.unit_path') ? 'unit' : field.split('.')[1]!.replace(/_id$/, ''))

function measureOf({ measure, compare, source }: Composition, dimensions: readonly Dimension[]): Measure {
  switch (measure.kind) {
    case 'count':
      return { kind: 'count' }
    case 'rate':
      return { kind: 'rate', numerator: allOf(measure.filters) }
    case 'share': {
      const { fact, filters } = measure
      const from = sourceWith(
        fact,
        filters.map(({ field }) => field),
      )
      return {
        kind: 'share',
        numerator: {
          ...from,
          filter: allOf(filters),
          dimensions: dimensions.map(({ name }, at) => ({
            name,
            of: compare[at]!.replace(`${source}.`, `${fact}.`),
          })),
        },
      }
    }
    default:
      return { kind: measure.kind, of: measure.field }
  }
}

function baseOf({ base }: Composition, dimensions: readonly Dimension[]): Base | null {
  if (base === null) return null
  const keep = dimensions.slice(1).map(({ name }) => name)
  return base === 'pooled' || base === 'others_average' ? { kind: base, keep } : { kind: base }
}

/** In what the threshold is given. */
export function unitOf({ measure, base }: Pick<Composition, 'measure' | 'base'>): Unit {
  const rate = measure.kind === 'rate' || measure.kind === 'share'
  if (base === null) return rate ? 'percent_share' : 'count'
  return rate ? 'percentage_points' : 'percent_growth'
}

function assemble(code: string, composition: Composition): IndicatorDefinition {
  const { title, legalBasis, source, filters, compare, measure, comparison, threshold, inProcess } =
    composition
  const used = [...filters.map(({ field }) => field), ...compare]
  if ('field' in measure) used.push(measure.field)
  if (measure.kind === 'rate') used.push(...measure.filters.map(({ field }) => field))
  const conditions = filters.map(conditionOf)
  if (inProcess) {
    const party = ofTheParty(composition)
    used.push(party.eq[0])
    conditions.unshift(party)
  }
  const unit = unitOf(composition)
  const { name, titleZh } = PARAMETERS[unit]!
  return {
    code,
    titleZh: title,
    sentence: sentenceWords(composition, unit),
    ...(legalBasis ? { legalBasis } : {}),
    source: sourceWith(source, used),
    ...(conditions.length > 0 ? { filter: { and: conditions } } : {}),
    measure: measureOf(composition, dimensionsOf(composition)),
    comparison,
    unit,
    threshold: { param: name },
    parameters: { [name]: { default: threshold, titleZh } },
    minimumSample: inProcess ? 0 : composition.minimumSample,
    explanation: explanationWords(composition, unit),
    ...(inProcess ? inProcessBlocks(composition) : afterwardsBlocks(composition)),
  }
}

/** Blocks of what is judged afterwards. */
function afterwardsBlocks(composition: Composition) {
  const { compare, window } = composition
  const dimensions = dimensionsOf(composition)
  const base = baseOf(composition, dimensions)
  return {
    mode: 'post_hoc',
    subject: subjectOf(compare[0]!),
    schedule: window.kind === 'month' ? 'monthly' : 'daily',
    dimensions,
    window: windowBlock(window),
    ...(base ? { base } : {}),
    effect: 'finding',
  } as const
}

/** Where in the form the engine's path lies. */
function formPath(path: string): string {
  const at = /^(filter\.and|dimensions)\[(\d+)\]/.exec(path)
  if (at) return `${at[1] === 'dimensions' ? 'compare' : 'filters'}.${at[2]}`
  const [head] = path.split(/[.[]/)
  return (
    { filter: 'filters', dimensions: 'compare', titleZh: 'title', unit: 'base', parameters: 'threshold' }[
      head!
    ] ?? head!
  )
}
