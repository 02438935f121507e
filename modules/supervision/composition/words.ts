/** A composition in one Chinese sentence, and the sentence of its findings. Pure. */
import { businessKinds } from '@hengjian/business'
import type { Unit } from '@hengjian/indicators'
import type { Composition, CompositionFilter } from '../contract.ts'
import { codeLabel, factLabel } from '../labels.ts'
import { type Field, reachableFields } from './fields.ts'

const COMPARISONS = { '>': '超过', '>=': '达到或超过', '<': '低于', '<=': '不高于' } as const
const UNITS: Readonly<Partial<Record<Unit, string>>> = {
  percent_share: '%',
  percentage_points: '个百分点',
  percent_growth: '%',
}
const BASES = {
  previous_month: { with: '与上月相比', base: '上月' },
  same_month_last_year: { with: '与上年同月相比', base: '上年同月' },
  last_year_monthly_average: { with: '与本身上年月平均相比', base: '上年月平均' },
  pooled: { with: '与全市合并水平相比', base: '全市' },
  others_average: { with: '与本市其他同类对象的平均相比', base: '其他平均' },
  city_last_year_average_per_group: { with: '与全市上年每对象月平均相比', base: '全市上年月平均' },
} as const
const TESTS: Readonly<Record<CompositionFilter['test'], string>> = {
  is: '为',
  is_not: '不为',
  above: '大于',
  at_least: '不小于',
  below: '小于',
  at_most: '不大于',
  begins: '开头为',
  known: '已登记',
  unknown: '未登记',
  local: '在本地',
  not_local: '不在本地',
}

type Fields = ReadonlyMap<string, Field>

const valueWords = (field: Field | undefined, value: string | number | boolean): string => {
  if (typeof value === 'boolean') return value ? '是' : '否'
  return (
    field?.values.find((each) => each.value === value)?.title ?? codeLabel(String(value)) ?? String(value)
  )
}

const filterWords = (fields: Fields, filters: readonly CompositionFilter[]): string =>
  filters
    .map(({ field: name, test, values }) => {
      const field = fields.get(name)
      const given = values.map((value) => valueWords(field, value)).join('、')
      return `${field?.title ?? name}${TESTS[test]}${given}`
    })
    .join('，')

const inBrackets = (words: string): string => (words === '' ? '' : `（${words}）`)

function measureWords({ measure, source }: Composition, fields: Fields): string {
  switch (measure.kind) {
    case 'count':
      return '数量'
    case 'rate':
      return `中${filterWords(fields, measure.filters)}的占比`
    case 'share': {
      const own = filterWords(reachableFields(measure.fact), measure.filters)
      return `每百条对应的${factLabel(measure.fact)}${inBrackets(own)}数量`
    }
    default: {
      const title = fields.get(measure.field)?.title ?? measure.field.replace(`${source}.`, '')
      return {
        count_distinct: `涉及的不同${title}个数`,
        sum: `的${title}合计`,
        average: `的${title}平均值`,
        max: `的${title}最大值`,
      }[measure.kind]
    }
  }
}

function windowWords({ window }: Composition): string {
  if (window.kind === 'rolling') return `任意连续${window.months}个月内`
  return window.kind === 'day' ? '每日' : '每月'
}

const PARTIES = {
  vehicle: '该机动车',
  person: '该申请人',
  agent: '该代理人',
  transaction: '本笔业务',
} as const

/** Whose records of which time: 该机动车12个月内. */
function partyWords({ window, inProcess }: Composition, until = ''): string {
  const party = PARTIES[inProcess!.about]
  if (inProcess!.about === 'transaction') return `${party}的`
  const time = { day: '当日', month: '当月', rolling: `${'months' in window && window.months}个月内` }
  return `${party}${time[window.kind]}${until}的`
}

/** What is judged while business is handled. */
function inProcessWords(composition: Composition, fields: Fields): string {
  const { businessKinds: kinds, effect } = composition.inProcess!
  const titles = kinds.map((code) => businessKinds.find((each) => each.code === code)?.title ?? code)
  const named =
    titles.length > 3 ? `${titles.slice(0, 3).join('、')}等${titles.length}种业务` : titles.join('、')
  const rows = `${factLabel(composition.source)}${inBrackets(filterWords(fields, composition.filters))}`
  const then = effect === 'prompt' ? '提示经办人' : '须经领导授权'
  return `受理${named}时，${partyWords(composition, '（截至受理时）')}${rows}${measureWords(composition, fields)}${COMPARISONS[composition.comparison]}X1，${then}。`
}

/** What the indicator says. `X1` stands for the threshold in force. */
export function sentenceWords(composition: Composition, unit: Unit): string {
  const fields = reachableFields(composition.source)
  if (composition.inProcess) return inProcessWords(composition, fields)
  const { base, compare, comparison, minimumSample } = composition
  const by = compare.map((name) => fields.get(name)?.title ?? name).join('、')
  const rows = `${factLabel(composition.source)}${inBrackets(filterWords(fields, composition.filters))}`
  const against = base === null ? '' : `${BASES[base].with}，高出或增长`
  const small = minimumSample > 1 ? `样本少于${minimumSample}的不作判定。` : ''
  const threshold = `${COMPARISONS[comparison]}X1${UNITS[unit] ?? ''}`
  return `按${by}，${windowWords(composition)}统计${rows}${measureWords(composition, fields)}，${against}${threshold}。${small}`
}

/** What a finding says. */
export function explanationWords(composition: Composition, unit: Unit): string {
  const fields = reachableFields(composition.source)
  const rate = composition.measure.kind === 'rate' || composition.measure.kind === 'share'
  const measured = `{measured}${rate ? '%' : ''}`
  const { base, comparison } = composition
  const against =
    base === null ? '' : `${BASES[base].base}{base}${rate ? '%' : ''}，相差{deviation}${UNITS[unit] ?? ''}，`
  const what = `${factLabel(composition.source)}${measureWords(composition, fields)}`
  if (composition.inProcess)
    return `${partyWords(composition)}${what.replaceAll(/[{}]/g, '')}为{measured}，${COMPARISONS[comparison]}{threshold}。`
  return `{period}${what.replaceAll(/[{}]/g, '')}为${measured}，${against}${COMPARISONS[comparison]}{threshold}${UNITS[unit] ?? ''}。`
}
