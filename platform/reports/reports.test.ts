import { pdfText } from '@hengjian/platform/testing'
import { describe, expect, test } from 'vitest'
import { type Report, type ReportSection, writeReport } from './index.ts'

const base: Report = {
  title: '专题分析报告：机动车业务',
  facts: [['机构', '桂林市公安局交通警察支队']],
  sections: [],
  notes: ['“—”表示没有。'],
  namesPersons: false,
  exporterUnit: '支队',
}
const stamp = { name: '李核', at: new Date('2026-11-21T02:00:00Z'), time: '2026-11-21 10:00:00' }

async function made(report: Partial<Report>): Promise<{ bytes: Buffer; pages: string[][] }> {
  const chunks: Uint8Array[] = []
  await writeReport({ ...base, ...report }, stamp, async (bytes) => void chunks.push(bytes))
  const bytes = Buffer.concat(chunks)
  return { bytes, pages: pdfText(bytes) }
}

const rows = (n: number, label = (i: number) => `第 ${i} 大队`) =>
  Array.from({ length: n }, (_, i) => [i + 1, label(i + 1), 1000 * i + 0.5, i % 2 ? -1.25 : null])
const table = (body: (string | number | null)[][]): ReportSection => ({
  title: '按机构',
  table: {
    columns: [
      { title: '序号', width: 34, digits: 0 },
      { title: '机构', width: 172 },
      { title: '办理量（件）', width: 64, digits: 1 },
      { title: '环比（%）', width: 56, digits: 2, signed: true },
    ],
    rows: body,
  },
})

describe('SUP-11 a report as PDF', () => {
  test('says what it is of, who had it made and when, and its pages are numbered', async () => {
    const { bytes, pages } = await made({ sections: [table(rows(3))] })
    expect(bytes.subarray(0, 8).toString()).toBe('%PDF-1.7')
    expect(pages).toHaveLength(1)
    expect(pages[0]).toEqual(
      expect.arrayContaining([
        '专题分析报告：机动车业务',
        '机构：桂林市公安局交通警察支队',
        '导出：支队 李核，2026-11-21 10:00:00',
        '一、按机构',
        '2,000.5',
        '-1.25',
        '—',
        '第 1 页，共 1 页',
      ]),
    )
  })

  test('embeds the glyphs it uses: thousands of characters of the font stay out', async () => {
    const { bytes } = await made({ sections: [table(rows(300))] })
    expect(bytes.length).toBeLessThan(200_000)
    expect(bytes.toString('latin1')).toContain('+NotoSansSC-Regular')
  })

  test('a table goes on over pages under its heads; a row is neither lost nor divided', async () => {
    const { pages } = await made({ sections: [table(rows(120))] })
    expect(pages.length).toBeGreaterThan(3)
    for (const [i, page] of pages.entries()) {
      expect(page).toContain('办理量（件）')
      expect(page).toContain(`第 ${i + 1} 页，共 ${pages.length} 页`)
    }
    const texts = pages.flat()
    for (let i = 1; i <= 120; i += 1) expect(texts.filter((text) => text === `第 ${i} 大队`)).toHaveLength(1)
  })

  test('names that are long, marked up, on lines of their own, or written in no letters break nothing', async () => {
    const hostile = [
      '某某'.repeat(400),
      'A'.repeat(900),
      '<b>大队</b>&amp;',
      '一\n二\r\n三\t四\u0000五',
      '支队👨‍👩🚓\ufe0f',
      '\u202e队大\u2066',
      '\ud800断',
      '',
      '龘䶮玥喆堃𫚖',
    ]
    const { bytes, pages } = await made({
      title: `报告${hostile[0]}`,
      facts: hostile.map((value) => ['机构', value] as const),
      exporterUnit: hostile[4]!,
      sections: [
        table(rows(9, (i) => hostile[i - 1]!)),
        {
          title: hostile[3]!,
          chart: {
            shape: 'bars',
            unit: '件',
            categories: hostile,
            series: [{ title: '件', values: hostile.map((_, i) => i) }],
          },
        },
      ],
    })
    const texts = pages.flat()
    expect(texts).toContain('<b>大队</b>&amp;')
    expect(texts).toContain('机构：一 二 三 四 五')
    expect(texts).toContain('机构：支队□□□')
    expect(texts).toContain('机构：队大')
    expect(texts.join('')).toContain('龘䶮玥喆堃')
    // Four lines of a cell, then an ellipsis.
    expect(texts.some((text) => /^某+…$|某…$/.test(text))).toBe(true)
    expect(bytes.length).toBeLessThan(300_000)
  })

  test('charts: values of nought, none, below nought, one, and of a year by day', async () => {
    const line = (values: (number | null)[], more: string[] = []): ReportSection => ({
      title: '趋势',
      chart: {
        shape: 'line',
        unit: '%',
        categories: values.map((_, i) => `2026-${i}`),
        series: ['合格率', ...more].map((title) => ({ title, values })),
      },
    })
    const { bytes, pages } = await made({
      sections: [
        line([0, 0]),
        line([null, null]),
        line([5]),
        line([-3, null, 1e9]),
        line(
          Array.from({ length: 366 }, (_, i) => i),
          ['办结率', '退办率'],
        ),
      ],
    })
    expect(pages.flat()).toContain('合格率（%）')
    expect(pages.flat()).toContain('1,000,000,000')
    expect(bytes.toString('latin1')).not.toMatch(/NaN|Infinity/)
  })

  test('PLT-53 one that names persons carries on every page, across it, who had it made', async () => {
    const mark = '支队 李核 2026-11-21 10:00:00'
    const count = (pages: string[][]) => pages.map((page) => page.filter((text) => text === mark).length)
    const sections = [table(rows(60))]
    expect(count((await made({ sections, namesPersons: true })).pages)).toEqual([5, 5, 5])
    expect(count((await made({ sections })).pages)).toEqual([1, 1, 1])
    const { pages } = await made({ exporterUnit: '支'.repeat(500), namesPersons: true })
    expect(pages[0]!.join('').match(/李核 2026-11-21 10:00:00/g)).toHaveLength(5)
  })
})
