/** CSV (RFC 4180): UTF-8 after a byte order mark, without which spreadsheets take it for the system's code page. */
import type { Cell, Sheet, WriteBytes } from './sheet.ts'

/** A sheet as CSV, headed by `titles`. */
export function csvSheet(titles: readonly string[], write: WriteBytes): Sheet {
  let head = `\uFEFF${lineOf(titles)}`
  const flush = async (lines: string): Promise<void> => {
    const text = head + lines
    head = ''
    if (text !== '') await write(Buffer.from(text))
  }
  return {
    add: (rows) => flush(rows.map(lineOf).join('')),
    end: () => flush(''),
  }
}

const lineOf = (cells: readonly Cell[]): string => `${cells.map(fieldOf).join(',')}\r\n`

/** What a spreadsheet would run as a formula is led by an apostrophe (OWASP: CSV injection). */
function fieldOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
