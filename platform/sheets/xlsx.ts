/** XLSX (ECMA-376, transitional): one sheet, bold first row that stays in view, text as inline strings. */
import { strToU8, Zip, ZipDeflate } from 'fflate'
import type { Cell, Sheet, WriteBytes } from './sheet.ts'

/** Longest text of a cell that Excel opens. */
const LONGEST_TEXT = 32_767

/** A sheet as XLSX, headed by `titles`; `name` stands on its tab. A text is never a formula. */
export function xlsxSheet(name: string, titles: readonly string[], write: WriteBytes): Sheet {
  const ready: Uint8Array[] = []
  const zip = new Zip((error, bytes) => {
    if (error) throw error
    ready.push(bytes)
  })
  const flush = async (): Promise<void> => {
    for (const bytes of ready.splice(0)) await write(bytes)
  }
  const part = (path: string): ZipDeflate => {
    const file = new ZipDeflate(path, { level: 1 })
    zip.add(file)
    return file
  }
  for (const [path, xml] of partsOf(name)) part(path).push(strToU8(DECLARATION + xml), true)
  const sheet = part('xl/worksheets/sheet1.xml')
  sheet.push(strToU8(`${DECLARATION}${SHEET_HEAD}${rowOf(titles, ' s="1"')}`))
  return {
    async add(rows) {
      sheet.push(strToU8(rows.map((cells) => rowOf(cells, '')).join('')))
      await flush()
    },
    async end() {
      sheet.push(strToU8('</sheetData></worksheet>'), true)
      zip.end()
      await flush()
    },
  }
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const SHEET_HEAD =
  `<worksheet ${MAIN}><sheetViews><sheetView workbookViewId="0">` +
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
  '<sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/><sheetData>'

/** The parts beside the sheet itself, by path. */
const partsOf = (name: string): readonly (readonly [path: string, xml: string])[] => [
  [
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(tabName(name))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
      `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  ],
  [
    'xl/styles.xml',
    `<styleSheet ${MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
      '<cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>',
  ],
]

/** Excel takes 31 characters for a tab, and none of these. */
const tabName = (name: string): string => name.replaceAll(/[\\/?*[\]:]/g, ' ').slice(0, 31)

const rowOf = (cells: readonly Cell[], style: string): string =>
  `<row>${cells.map((cell) => cellOf(cell, style)).join('')}</row>`

function cellOf(cell: Cell, style: string): string {
  if (cell === null || cell === undefined || cell === '') return `<c${style}/>`
  if (typeof cell === 'number') return `<c${style}><v>${cell}</v></c>`
  return `<c${style} t="inlineStr"><is><t xml:space="preserve">${escaped(cell.slice(0, LONGEST_TEXT))}</t></is></c>`
}

/** Characters that XML 1.0 has no place for. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in the file
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(NOT_XML, '')
    .replaceAll(/[&<>"]/g, (found) => ENTITIES[found]!)
