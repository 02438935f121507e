import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type Cell, csvSheet, type Sheet, xlsxSheet } from './index.ts'

/** The bytes of a file made of these rows, two at a time. */
async function made(
  open: (write: (bytes: Uint8Array) => Promise<void>) => Sheet,
  rows: Cell[][],
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const sheet = open(async (bytes) => void chunks.push(bytes))
  for (let i = 0; i < rows.length; i += 2) await sheet.add(rows.slice(i, i + 2))
  await sheet.end()
  return Buffer.concat(chunks)
}
const HOSTILE = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']

describe('CSV', () => {
  const csv = async (rows: Cell[][]) =>
    (await made((write) => csvSheet(['一', '二'], write), rows)).toString()

  test('PLT-40 begins with a byte order mark and heads, also without rows', async () => {
    expect(await csv([])).toBe('\uFEFF一,二\r\n')
  })

  test('PLT-40 quotes what must be quoted, leaves nothing empty, writes numbers as numbers', async () => {
    expect(
      await csv([
        ['a,b', '他说"好"'],
        ['两\n行', null],
        [-1.5, undefined],
      ]),
    ).toBe('\uFEFF一,二\r\n"a,b","他说""好"""\r\n"两\n行",\r\n-1.5,\r\n')
  })

  test.each(HOSTILE)(
    'PLT-40 a text that a spreadsheet would run is led by an apostrophe: %j',
    async (text) => {
      const field = (await csv([[text, 'x']])).split('\r\n').slice(1).join('\r\n')
      expect(field.replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )
})

describe('XLSX', () => {
  const parts = async (rows: Cell[][]) =>
    unzipSync(await made((write) => xlsxSheet('业务/流水', ['一', '二'], write), rows))
  const sheetOf = async (rows: Cell[][]) => strFromU8((await parts(rows))['xl/worksheets/sheet1.xml']!)

  test('PLT-40 is a package with one sheet that names what the list is', async () => {
    const files = await parts([])
    expect(Object.keys(files).sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ])
    expect(strFromU8(files['xl/workbook.xml']!)).toContain('name="业务 流水"')
  })

  test('PLT-40 keeps texts as texts and numbers as numbers; markup and control characters do no harm', async () => {
    const xml = await sheetOf([
      ['<b>&"\u0000\ud800', 12.5],
      [null, ''],
    ])
    expect(xml).toContain('<t xml:space="preserve">&lt;b&gt;&amp;&quot;\ufffd</t>')
    expect(xml).toContain('<c><v>12.5</v></c>')
    expect(xml.match(/<row>/g)).toHaveLength(3)
  })

  test.each(HOSTILE)('PLT-40 a text is never a formula: %j', async (text) => {
    const xml = await sheetOf([[text, null]])
    expect(xml).not.toContain('<f>')
    expect(xml.match(/t="inlineStr"/g)).toHaveLength(3)
  })
})
