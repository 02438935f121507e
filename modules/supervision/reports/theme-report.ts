/** The report of a theme (专题分析报告, SUP-11): what the page shows of the chosen measure, all groups with all measures. */
import type { RequestContext } from '@hengjian/platform/context'
import type { Handler, ReportMaker } from '@hengjian/platform/http'
import {
  formatNumber,
  type Report,
  type ReportColumn,
  type ReportSection,
  type ReportTable,
} from '@hengjian/platform/reports'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { ThemeFigureRow } from '../themes/contract.ts'
import { readQuestion, refuse, type ThemeQuestion } from '../themes/theme-question.ts'
import { type ThemeMeasure, themeDimensions, themeMeasures } from '../themes/themes.ts'

type Operation = Handler<typeof supervisionContract.findThemeFigures>
type Input = Parameters<Operation>[1]
type Answer = Awaited<ReturnType<Operation>>
type MeasureKey = keyof typeof themeMeasures

/** Most groups of one ranking. */
const MOST_GROUPS = 50
const STEPS: Readonly<Record<string, string>> = { month: '按月', week: '按周', day: '按日' }
const STATE_WORDS = { whole: '', partial: '（不完整）', missing: '（无数据）' } as const

/** `by` says the step of the trend, `sort` the measure that is drawn and ranked. */
export const themeReport =
  (ports: SupervisionPorts): ReportMaker<Input, Answer> =>
  async ({ find, as }, input) => {
    refuse([!(input.by in STEPS) && { path: 'by', message: '报告的趋势按 day、week 或 month' }])
    const question = await as(async (ctx) => readQuestion(ctx.actor, input))
    const { theme } = question
    const key = (input.sort?.replace('-', '') ?? theme.measures[0]) as MeasureKey
    const ranked = { ...input, sort: input.sort ?? `-${key}`, limit: MOST_GROUPS }
    const trend = await find(input)
    const sections = [overall(question, trend), trendSection(question, key, input.by, trend)]
    for (const by of ['unit', ...theme.dimensions])
      sections.push(groupSection(question, key, by, await find({ ...ranked, by })))
    const conditions = await conditionsInWords(question, (where, by) =>
      find({ ...input, where, by, limit: 1 }),
    )
    const names = await as((ctx) => unitNames(ctx, ports, question.unitPath))
    return {
      title: `专题分析报告：${theme.title}`,
      facts: factsOf(input, names.asked, themeMeasures[key].title, conditions, trend),
      sections,
      notes: notesOf(themeMeasures[key]),
      namesPersons: (theme.dimensions as readonly string[]).includes('handler'),
      exporterUnit: names.own,
    }
  }

/** Names of the unit that is reported on and of the reader's own. */
export async function unitNames(
  ctx: RequestContext,
  ports: SupervisionPorts,
  asked: string,
): Promise<{ asked: string; own: string }> {
  const own = ctx.actor.unitPath
  const names = await ports.unitNamesOf(ctx, [asked, own])
  return { asked: names.get(asked) ?? asked, own: names.get(own) ?? own }
}

/** Conditions as the page words them: 办理渠道：网上办. */
async function conditionsInWords(
  { filters }: ThemeQuestion,
  ask: (where: string[], by: string) => Promise<Answer>,
): Promise<string> {
  const words: string[] = []
  for (const { dimension, value } of filters) {
    const { items } = await ask([`${dimension}:${value}`], dimension)
    const label = items.find((row) => row.key === value)?.label ?? (value || '未记录')
    words.push(`${themeDimensions[dimension as keyof typeof themeDimensions].title}：${label}`)
  }
  return words.join('；')
}

const factsOf = (
  input: Input,
  unit: string,
  measure: string,
  conditions: string,
  { dataTo, total, before, yearBefore }: Answer,
): Report['facts'] => [
  ['机构', unit],
  ['期间', `${total.from} 至 ${total.to}（趋势${STEPS[input.by]}）`],
  ...(conditions === '' ? [] : [['条件', conditions] as const]),
  ['图表与排名的指标', measure],
  [
    '数据',
    dataTo === null
      ? '所选期间没有导入数据'
      : `截至 ${dataTo}${total.state === 'partial' ? '，所选期间不完整，不作比较' : ''}`,
  ],
  ['对照期间', `环比 ${before.from} 至 ${before.to}；同比 ${yearBefore.from} 至 ${yearBefore.to}`],
]

const notesOf = (measure: ThemeMeasure): readonly string[] => [
  '件数和平均值的环比、同比为增减百分比，比率的为增减百分点；对照期间没有完整数据的不计算，以“—”表示。',
  ...(measure.kind === 'count' ? [] : ['排名中样本不足 30 的排在最后；样本是参与计算的记录数。']),
]

const measureTitle = ({ title, unit }: ThemeMeasure): string => `${title}（${unit}）`
const digitsOf = ({ kind }: ThemeMeasure): number => (kind === 'count' ? 0 : 2)

/** All measures of the whole period. */
function overall({ theme }: ThemeQuestion, { total }: Answer): ReportSection {
  const rows = theme.measures.map((key) => {
    const measure: ThemeMeasure = themeMeasures[key]
    const { value, mom, yoy, sample } = total.figures[key]!
    const suffix = measure.kind === 'share' ? ' 百分点' : '%'
    const change = (by: number | null) => (by === null ? null : `${formatNumber(by, 2, true)}${suffix}`)
    const shown = value === null ? null : formatNumber(value, digitsOf(measure))
    return [measureTitle(measure), shown, change(mom), change(yoy), sample]
  })
  return {
    title: '总体情况',
    table: {
      columns: [
        { title: '指标', width: 180 },
        ...['本期', '环比', '同比', '样本'].map((title) => ({ title, width: 110, digits: 0 })),
      ],
      rows,
    },
  }
}

function trendSection(question: ThemeQuestion, key: MeasureKey, by: string, answer: Answer): ReportSection {
  const measure = themeMeasures[key]
  return {
    title: `${measure.title}趋势（${STEPS[by]}）`,
    chart: {
      shape: 'line',
      unit: measure.unit,
      categories: answer.items.map(({ label }) => label.replace(' 起一周', '')),
      series: [{ title: measure.title, values: answer.items.map((row) => row.figures[key]!.value) }],
    },
    table: figureTable(question, key, '期间', answer, (row) => `${row.label}${STATE_WORDS[row.state]}`),
  }
}

function groupSection(question: ThemeQuestion, key: MeasureKey, by: string, answer: Answer): ReportSection {
  const { items, groups } = answer
  const measure = themeMeasures[key]
  const dimension = by === 'unit' ? '机构' : themeDimensions[by as keyof typeof themeDimensions].title
  const title = `按${dimension}`
  if (items.length === 0) return { title, note: '没有数据。' }
  return {
    title,
    ...(groups > items.length ? { note: `共 ${groups} 项，列前 ${items.length} 项。` } : {}),
    chart: {
      shape: 'bars',
      unit: measure.unit,
      categories: items.map(({ label }) => label),
      series: [{ title: measure.title, values: items.map((row) => row.figures[key]!.value) }],
    },
    table: figureTable(question, key, dimension, answer, ({ label }) => label),
  }
}

/** The chosen measure with its growth, then what else the theme measures. */
function figureTable(
  { theme }: ThemeQuestion,
  key: MeasureKey,
  firstTitle: string,
  { items, total }: Answer,
  labelOf: (row: ThemeFigureRow) => string,
): ReportTable {
  const chosen: ThemeMeasure = themeMeasures[key]
  const change = chosen.kind === 'share' ? '百分点' : '%'
  const others = theme.measures.filter((other) => other !== key)
  const whole = total.figures[key]!.value
  const columns: ReportColumn[] = [
    { title: '序号', width: 34, digits: 0 },
    { title: firstTitle, width: 172 },
    { title: measureTitle(chosen), width: 64, digits: digitsOf(chosen) },
    { title: `环比（${change}）`, width: 56, digits: 2, signed: true },
    { title: `同比（${change}）`, width: 56, digits: 2, signed: true },
    chosen.kind === 'count'
      ? { title: '占比（%）', width: 50, digits: 2 }
      : { title: '样本', width: 50, digits: 0 },
    ...others.map((other) => ({
      title: measureTitle(themeMeasures[other]),
      width: 56,
      digits: digitsOf(themeMeasures[other]),
    })),
  ]
  const rows = items.map((row, i) => {
    const { value, mom, yoy, sample } = row.figures[key]!
    const part = value === null || !whole ? null : (100 * value) / whole
    return [
      i + 1,
      labelOf(row),
      value,
      mom,
      yoy,
      chosen.kind === 'count' ? part : sample,
      ...others.map((other) => row.figures[other]!.value),
    ]
  })
  return { columns, rows }
}
