/** How supervision is doing, as a report (监管成效报告, SUP-22): in all, by month, by indicator, by unit. */
import type { Handler, ReportMaker } from '@hengjian/platform/http'
import {
  formatNumber,
  type ReportColumn,
  type ReportSection,
  type ReportTable,
} from '@hengjian/platform/reports'
import type { OutcomeRow, supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { refuseOutside } from '../unit-paths.ts'
import { unitNames } from './theme-report.ts'

type Operation = Handler<typeof supervisionContract.findOutcomes>
type Input = Parameters<Operation>[1]
type Answer = Awaited<ReturnType<Operation>>

/** Most rows by indicator or unit, those with the most findings first. */
const MOST_ROWS = 200

type Figure = Exclude<keyof OutcomeRow, 'key' | 'label'>
type Row = Pick<OutcomeRow, 'key' | 'label' | Figure>
const figures: readonly { readonly key: Figure; readonly title: string; readonly digits: number }[] = [
  { key: 'findings', title: '研判结果', digits: 0 },
  { key: 'open', title: '待处理', digits: 0 },
  { key: 'inCase', title: '已登记嫌疑业务', digits: 0 },
  { key: 'suppressed', title: '已屏蔽', digits: 0 },
  { key: 'cases', title: '嫌疑业务', digits: 0 },
  { key: 'closed', title: '已办结', digits: 0 },
  { key: 'overdue', title: '超期', digits: 0 },
  { key: 'confirmed', title: '属实', digits: 0 },
  { key: 'valuable', title: '情况存在', digits: 0 },
  { key: 'falsePositive', title: '误报', digits: 0 },
  { key: 'confirmedPercent', title: '属实率（%）', digits: 1 },
  { key: 'precisionPercent', title: '准确率（%）', digits: 1 },
  { key: 'closedInTimePercent', title: '按时办结率（%）', digits: 1 },
  { key: 'averageDays', title: '平均办理天数', digits: 1 },
]

const drawnByMonth: readonly Figure[] = ['findings', 'cases', 'closed', 'confirmed']

/** `by` of the list has no meaning here: a report has them all. */
export const outcomesReport =
  (ports: SupervisionPorts): ReportMaker<Input, Answer> =>
  async ({ find, as }, input) => {
    const names = await as(async (ctx) => {
      if (input.unitPath !== undefined) refuseOutside(ctx.actor, input.unitPath)
      return unitNames(ctx, ports, input.unitPath ?? ctx.actor.unitPath)
    })
    const ask = async (by: Input['by']) => (await find({ ...input, by })).items
    const [all] = await ask('all')
    const months = withQuietMonths(await ask('month'))
    const indicators = rankedRows(await ask('code')).map((row) => ({
      ...row,
      label: row.key === '' ? '未对应指标' : row.label === row.key ? row.key : `${row.key} ${row.label}`,
    }))
    const units = rankedRows(await ask('unit'))
    return {
      title: '监管成效报告',
      facts: [
        ['机构', input.unitPath === undefined ? `${names.asked}（导出人的数据范围）` : names.asked],
        ['期间', `${input.from} 至 ${input.to}`],
        ...(input.code ? [['指标', input.code] as const] : []),
      ],
      sections: [
        overall(all),
        {
          title: '按月趋势',
          ...(months.length === 0 ? { note: '没有数据。' } : byMonth(months)),
        },
        ranking('按指标', '指标', indicators),
        ranking('按机构', '机构', units),
      ],
      notes: [
        '研判结果按发现时间、发生机构统计；嫌疑业务按登记时间、承办机构统计；样本不足与试算的结果不计。',
        '属实率：属实占已办结；准确率：属实与情况存在占已办结；按时办结率：时限内办结占已办结；没有办结的以“—”表示。',
      ],
      namesPersons: false,
      exporterUnit: names.own,
    }
  }

const rankedRows = (rows: readonly OutcomeRow[]): OutcomeRow[] =>
  rows.toSorted((a, b) => b.findings - a.findings || b.cases - a.cases || (a.key < b.key ? -1 : 1))

/** Every figure with its name; in two halves side by side it fits above the trend. */
function overall(all: OutcomeRow | undefined): ReportSection {
  const half = Math.ceil(figures.length / 2)
  const cells = ({ key, title, digits }: (typeof figures)[number]) => {
    const value = all?.[key] ?? (digits === 0 ? 0 : null)
    return [title, value === null ? null : formatNumber(value, digits)]
  }
  return {
    title: '总体情况',
    table: {
      columns: [
        { title: '数量', width: 150 },
        { title: '本期', width: 90, digits: 0 },
        { title: '', width: 40 },
        { title: '数量与质量', width: 150 },
        { title: '本期', width: 90, digits: 0 },
      ],
      rows: figures.slice(0, half).map((figure, i) => [...cells(figure), '', ...cells(figures[half + i]!)]),
    },
  }
}

/** The list names months in which something happened; a trend has those between them too. */
function withQuietMonths(rows: readonly OutcomeRow[]): Row[] {
  const [first, last] = [rows[0]?.key, rows.at(-1)?.key]
  if (first === undefined || last === undefined) return []
  const known = new Map(rows.map((row) => [row.key, row]))
  const quiet = Object.fromEntries(figures.map(({ key, digits }) => [key, digits === 0 ? 0 : null])) as Omit<
    Row,
    'key' | 'label'
  >
  const months: Row[] = []
  for (let month = first; month <= last; month = monthAfter(month))
    months.push(known.get(month) ?? { ...quiet, key: month, label: month })
  return months
}

const monthAfter = (month: string): string =>
  Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString()

const byMonth = (rows: readonly Row[]): Pick<ReportSection, 'chart' | 'table'> => ({
  chart: {
    shape: 'line',
    unit: '件',
    categories: rows.map(({ label }) => label),
    series: drawnByMonth.map((key) => ({ title: titleOf(key), values: rows.map((row) => row[key]) })),
  },
  table: tableOf('月份', rows),
})

function ranking(title: string, firstTitle: string, rows: readonly OutcomeRow[]): ReportSection {
  if (rows.length === 0) return { title, note: '没有数据。' }
  const shown = rows.slice(0, MOST_ROWS)
  return {
    title,
    ...(rows.length > shown.length ? { note: `共 ${rows.length} 项，列前 ${shown.length} 项。` } : {}),
    chart: {
      shape: 'bars',
      unit: '件',
      categories: shown.map(({ label }) => label),
      series: [{ title: titleOf('findings'), values: shown.map((row) => row.findings) }],
    },
    table: tableOf(firstTitle, shown),
  }
}

const titleOf = (key: Figure): string => figures.find((figure) => figure.key === key)!.title

function tableOf(firstTitle: string, rows: readonly Row[]): ReportTable {
  const columns: ReportColumn[] = [
    { title: firstTitle, width: 160 },
    ...figures.map(({ title, digits }) => ({ title, width: 43, digits })),
  ]
  return { columns, rows: rows.map((row) => [row.label, ...figures.map(({ key }) => row[key])]) }
}
