/** A table over as many pages as it needs, its heads on each. */
import { setImmediate as breathe } from 'node:timers/promises'
import { COLOURS, CONTENT_WIDTH, MARGIN, type Paper, type TextStyle } from './paper.ts'
import type { ReportColumn, ReportTable } from './report.ts'

const PADDING = 3.5
/** A table is not widened by more: few columns would stand too far apart. */
const MOST_WIDENING = 1.3
const BODY: TextStyle = { size: 8.5, lines: 4 }
const HEAD: TextStyle = { size: 8.5, face: 'bold', lines: 3 }

interface PlacedColumn extends ReportColumn {
  readonly x: number
}

/** Draw it where writing goes on. A row is never divided. Other requests are served between the pages. */
export async function drawTable(paper: Paper, { columns, rows }: ReportTable): Promise<void> {
  const placed = placeColumns(columns)
  const heads = columns.map(({ title }) => paper.printable(title))
  const headHeight = heightOfRow(paper, placed, heads, HEAD)
  const head = (): void => {
    const width = placed.reduce((sum, column) => sum + column.width, 0)
    paper.doc.rect(MARGIN, paper.y, width, headHeight).fill(COLOURS.fill)
    drawRow(paper, placed, heads, headHeight, HEAD)
  }
  head()
  for (const row of rows) {
    const cells = row.map((cell, i) => textOf(paper, cell, columns[i]!))
    const height = heightOfRow(paper, placed, cells, BODY)
    if (height > paper.room) {
      await breathe()
      paper.makeRoom(Number.POSITIVE_INFINITY)
      head()
    }
    drawRow(paper, placed, cells, height, BODY)
  }
}

/** Height of the head and the first rows: less than this on a page is a table torn apart. */
export const leastHeightOfTable = (rows: number): number => 34 + 20 * Math.min(rows, 2)

function placeColumns(columns: readonly ReportColumn[]): PlacedColumn[] {
  const wanted = columns.reduce((sum, { width }) => sum + width, 0)
  const factor = Math.min(MOST_WIDENING, CONTENT_WIDTH / wanted)
  let x = MARGIN
  return columns.map((column) => {
    const placed = { ...column, x, width: column.width * factor }
    x += placed.width
    return placed
  })
}

function textOf(paper: Paper, cell: string | number | null, { digits = 0, signed }: ReportColumn): string {
  if (cell === null) return '—'
  if (typeof cell === 'string') return paper.printable(cell)
  return formatNumber(cell, digits, signed)
}

/** A number with groups of thousands and this many decimals. */
export function formatNumber(value: number, digits: number, signed = false): string {
  const format = {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...(signed ? { signDisplay: 'exceptZero' as const } : {}),
  }
  return value.toLocaleString('zh-CN', format)
}

const heightOfRow = (
  paper: Paper,
  columns: readonly PlacedColumn[],
  cells: readonly string[],
  style: TextStyle,
): number =>
  2 * PADDING +
  Math.max(...columns.map(({ width }, i) => paper.heightOf(cells[i] ?? '', width - 2 * PADDING, style)))

function drawRow(
  paper: Paper,
  columns: readonly PlacedColumn[],
  cells: readonly string[],
  height: number,
  style: TextStyle,
): void {
  for (const [i, { x, width, digits }] of columns.entries())
    paper.write(cells[i] ?? '', x + PADDING, paper.y + PADDING, width - 2 * PADDING, {
      ...style,
      align: digits === undefined ? 'left' : 'right',
    })
  paper.y += height
  const last = columns.at(-1)!
  paper.doc
    .moveTo(MARGIN, paper.y)
    .lineTo(last.x + last.width, paper.y)
    .lineWidth(0.5)
    .stroke(COLOURS.line)
}
