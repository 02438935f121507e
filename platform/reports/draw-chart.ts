/** Charts as vectors: lines over time, bars that rank. Read without colour: markers, dashes and figures beside. */
import { formatNumber } from './draw-table.ts'
import { COLOURS, CONTENT_WIDTH, MARGIN, type Paper, SERIES_COLOURS, type TextStyle } from './paper.ts'
import type { ReportChart } from './report.ts'

const SMALL: TextStyle = { size: 7.5, colour: COLOURS.muted, lines: 1 }
const FIGURE: TextStyle = { size: 7.5, lines: 1 }
const LINE_HEIGHT = 12

/** Most bars: a ranking that is longer stands in the table. */
const MOST_BARS = 15
const BAR_PITCH = 15
const BAR_LABEL_WIDTH = 190
const BAR_FIGURE_WIDTH = 70

const PLOT_HEIGHT = 120
const AXIS_WIDTH = 58
/** Figures stand at the points of a line while there is room for them. */
const MOST_FIGURES = 16
/** Between two labels under the axis, at least. */
const LABEL_GAP = 10

/** Height that `drawChart` takes. */
export const heightOfChart = ({ shape, categories }: ReportChart): number =>
  shape === 'line'
    ? PLOT_HEIGHT + 3 * LINE_HEIGHT + 10
    : (Math.min(categories.length, MOST_BARS) + (categories.length > MOST_BARS ? 1 : 0)) * BAR_PITCH + 10

/** Draw it where writing goes on; there must be room. */
export function drawChart(paper: Paper, chart: ReportChart): void {
  if (chart.shape === 'line') drawLines(paper, chart)
  else drawBars(paper, chart)
  paper.y += heightOfChart(chart)
}

function drawBars(paper: Paper, { categories, series, unit }: ReportChart): void {
  const values = (series[0]?.values ?? []).slice(0, MOST_BARS)
  const greatest = Math.max(...values.map((value) => value ?? 0), 0) || 1
  const left = MARGIN + BAR_LABEL_WIDTH + 6
  const widest = CONTENT_WIDTH - BAR_LABEL_WIDTH - BAR_FIGURE_WIDTH - 12
  for (const [i, value] of values.entries()) {
    const y = paper.y + i * BAR_PITCH
    const width = (Math.max(value ?? 0, 0) / greatest) * widest
    const label = paper.printable(categories[i] ?? '')
    paper.write(label, MARGIN, y + 1, BAR_LABEL_WIDTH, { ...FIGURE, align: 'right' })
    if (width > 0) paper.doc.rect(left, y + 1.5, width, 9).fill(COLOURS.accent)
    const figure = value === null ? '—' : `${plain(value)} ${unit}`
    paper.write(figure, left + width + 4, y + 1, BAR_FIGURE_WIDTH, FIGURE)
  }
  if (categories.length > values.length)
    paper.write(`图为前 ${values.length} 项`, left, paper.y + values.length * BAR_PITCH + 1, widest, SMALL)
}

function drawLines(paper: Paper, chart: ReportChart): void {
  const { doc } = paper
  const { categories, series } = chart
  const top = paper.y + 1.5 * LINE_HEIGHT
  const left = MARGIN + AXIS_WIDTH
  const width = CONTENT_WIDTH - AXIS_WIDTH - 10
  const ticks = ticksOf(series.flatMap(({ values }) => values))
  const [lowest, highest] = [ticks[0]!, ticks.at(-1)!]
  const xOf = (i: number): number => left + ((i + 0.5) / categories.length) * width
  const yOf = (value: number): number =>
    top + PLOT_HEIGHT - ((value - lowest) / (highest - lowest)) * PLOT_HEIGHT
  drawLegend(paper, chart)
  for (const tick of ticks) {
    doc
      .moveTo(left, yOf(tick))
      .lineTo(left + width, yOf(tick))
      .lineWidth(0.5)
      .stroke(COLOURS.line)
    paper.write(plain(tick), MARGIN, yOf(tick) - 5, AXIS_WIDTH - 6, { ...SMALL, align: 'right' })
  }
  const labels = categories.map((category) => paper.printable(category))
  const widest = Math.max(...labels.map((label) => paper.widthOf(label, SMALL))) + LABEL_GAP
  const every = Math.ceil((categories.length * widest) / width)
  for (const [i, label] of labels.entries())
    if (i % every === 0)
      paper.write(label, xOf(i) - widest / 2, top + PLOT_HEIGHT + 4, widest, { ...SMALL, align: 'center' })
  for (const [n, { values }] of series.entries()) {
    const points = values.map((value, i) => (value === null ? null : { x: xOf(i), y: yOf(value), value }))
    drawLine(paper, n, points)
    const figures = series.length === 1 && values.length <= MOST_FIGURES
    for (const point of figures ? points : [])
      if (point)
        paper.write(plain(point.value), point.x - 30, point.y - 13, 60, { ...FIGURE, align: 'center' })
  }
}

type Point = { readonly x: number; readonly y: number } | null

/** The stretches between gaps, and a marker for each point where they do not run together. */
function drawLine(paper: Paper, n: number, points: readonly Point[]): void {
  const { doc } = paper
  const colour = SERIES_COLOURS[n % SERIES_COLOURS.length]!
  doc.save().lineWidth(1.2).strokeColor(colour)
  if (n > 0) doc.dash(2 + 2 * n, { space: 2 })
  for (const [i, point] of points.entries()) {
    const before = points[i - 1]
    if (point && before) doc.moveTo(before.x, before.y).lineTo(point.x, point.y).stroke()
  }
  doc.restore()
  const alone = (i: number): boolean => !points[i - 1] && !points[i + 1]
  for (const [i, point] of points.entries())
    if (point && (points.length <= 62 || alone(i))) drawMarker(paper, n, point.x, point.y)
}

/** Circle, square, triangle, diamond: series are told apart in black and white too. */
function drawMarker({ doc }: Paper, n: number, x: number, y: number): void {
  const r = 2.4
  const shape = n % 4
  if (shape === 0) doc.circle(x, y, r)
  else if (shape === 1) doc.rect(x - r, y - r, 2 * r, 2 * r)
  else if (shape === 2) doc.polygon([x, y - r - 0.6], [x + r + 0.6, y + r], [x - r - 0.6, y + r])
  else doc.polygon([x, y - r - 1], [x + r + 1, y], [x, y + r + 1], [x - r - 1, y])
  doc.fill(SERIES_COLOURS[n % SERIES_COLOURS.length]!)
}

function drawLegend(paper: Paper, { series, unit }: ReportChart): void {
  let x = MARGIN + AXIS_WIDTH
  for (const [n, { title }] of series.entries()) {
    const text = paper.printable(`${title}（${unit}）`)
    const width = paper.widthOf(text, FIGURE) + 2
    drawMarker(paper, n, x, paper.y + 5.5)
    paper.write(text, x + 8, paper.y, width, FIGURE)
    x += width + 24
  }
}

/** Four to six round numbers from nought (or below the least) to above the greatest. */
function ticksOf(values: readonly (number | null)[]): number[] {
  const known = values.filter((value) => value !== null)
  const [least, greatest] = [Math.min(0, ...known), Math.max(0, ...known)]
  const rough = (greatest - least || 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough)!
  const first = Math.floor(least / step)
  const last = Math.max(Math.ceil(greatest / step), first + 1)
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}

/** A number with the decimals it needs, two at most. */
const plain = (value: number): string =>
  formatNumber(value, Number.isInteger(value) ? 0 : Number.isInteger(Math.round(100 * value) / 10) ? 1 : 2)
