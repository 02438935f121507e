/**
 * A report as PDF: figures as text that can be searched and copied, charts as vectors, the glyphs that are used embedded.
 * Everything is kept in memory until the last page is known; a report is tables of some hundred rows.
 */
import type { WriteBytes } from '@hengjian/platform/sheets'
import { drawChart, heightOfChart } from './draw-chart.ts'
import { drawTable, leastHeightOfTable } from './draw-table.ts'
import { COLOURS, CONTENT_WIDTH, MARGIN, Paper } from './paper.ts'
import type { Report, ReportSection } from './report.ts'

/** Who had it made, and when, as printed. */
export interface Stamp {
  readonly name: string
  readonly at: Date
  /** `at` in local time. */
  readonly time: string
}

/** Write the report; `write` takes the bytes in order. */
export async function writeReport(report: Report, stamp: Stamp, write: WriteBytes): Promise<void> {
  const by = [report.exporterUnit, stamp.name].filter(Boolean).join(' ')
  const paper = new Paper({ title: report.title, author: by, at: stamp.at })
  paper.paragraph(report.title, { size: 18, face: 'bold' }, 8)
  drawFacts(paper, [...report.facts, ['导出', `${by}，${stamp.time}`]])
  for (const [i, section] of report.sections.entries()) {
    await drawSection(paper, `${numeral(i + 1)}、${section.title}`, section)
  }
  paper.y += 14
  for (const note of report.notes) paper.paragraph(note, { size: 8, colour: COLOURS.muted }, 2)
  finishPages(paper, report, `${brief(report.exporterUnit)} ${stamp.name} ${stamp.time}`.trim())
  paper.doc.end()
  for await (const bytes of paper.doc) await write(bytes as Buffer)
}

/** A unit's name as the foot of a page takes it: the name of a person and the time must not be crowded out. */
const brief = (unit: string): string => (unit.length > 24 ? `${unit.slice(0, 24)}…` : unit)

/** Label and value, two beside each other. */
function drawFacts(paper: Paper, facts: Report['facts']): void {
  const width = CONTENT_WIDTH / 2 - 10
  const style = { size: 9, colour: COLOURS.muted, lines: 4 } as const
  const texts = facts.map(([label, value]) => paper.printable(`${label}：${value}`))
  for (let i = 0; i < texts.length; i += 2) {
    const pair = texts.slice(i, i + 2)
    const height = Math.max(...pair.map((text) => paper.heightOf(text, width, style)))
    paper.makeRoom(height)
    for (const [n, text] of pair.entries())
      paper.write(text, MARGIN + (n * CONTENT_WIDTH) / 2, paper.y, width, style)
    paper.y += height + 2
  }
}

/** A section begins where its title has room with its chart, or else with the head of its table. */
async function drawSection(
  paper: Paper,
  title: string,
  { note, chart, table }: ReportSection,
): Promise<void> {
  const begun = chart ? heightOfChart(chart) : leastHeightOfTable(table?.rows.length ?? 0)
  paper.y += 18
  paper.makeRoom(24 + (note ? 18 : 0) + begun)
  paper.paragraph(title, { size: 12, face: 'bold' }, 5)
  if (note) paper.paragraph(note, { size: 8, colour: COLOURS.muted }, 5)
  if (chart) drawChart(paper, chart)
  if (!table) return
  paper.makeRoom(leastHeightOfTable(table.rows.length))
  await drawTable(paper, table)
}

/** What stands on every page: the title, who had it made, its number; the mark across where persons are named. */
function finishPages(paper: Paper, report: Report, by: string): void {
  const { doc } = paper
  const { start, count } = doc.bufferedPageRange()
  const style = { size: 7.5, colour: COLOURS.muted, lines: 1 } as const
  const y = doc.page.height - MARGIN
  for (let i = 0; i < count; i += 1) {
    doc.switchToPage(start + i)
    if (report.namesPersons) drawMark(paper, by)
    paper.write(paper.printable(report.title), MARGIN, y, CONTENT_WIDTH * 0.4, style)
    paper.write(paper.printable(by), MARGIN + CONTENT_WIDTH * 0.4, y, CONTENT_WIDTH * 0.4, style)
    paper.write(`第 ${i + 1} 页，共 ${count} 页`, MARGIN + CONTENT_WIDTH * 0.8, y, CONTENT_WIDTH * 0.2, {
      ...style,
      align: 'right',
    })
  }
}

/** Who had it made, faintly across the page: a picture of a page tells it too. */
function drawMark(paper: Paper, by: string): void {
  const { doc } = paper
  const text = paper.printable(by)
  doc.save().fillOpacity(0.07)
  for (const [x, y] of [
    [120, 200],
    [480, 200],
    [120, 460],
    [480, 460],
  ] as const) {
    doc.save().rotate(-24, { origin: [x, y] })
    paper.write(text, x, y, 320, { size: 17, lines: 2 })
    doc.restore()
  }
  doc.restore()
}

/** 一 to 九十九. */
function numeral(n: number): string {
  const digits = '零一二三四五六七八九'
  const [tens, ones] = [Math.floor(n / 10), n % 10]
  return `${tens > 1 ? digits[tens] : ''}${tens > 0 ? '十' : ''}${ones > 0 ? digits[ones] : ''}`
}
