/** A list as CSV (with BOM) or XLSX, made from the same pages that the list shows. */
import type { ReactNode } from 'react'
import type { Page, PageRequest } from './list-state.ts'

/** More than this does not belong in a spreadsheet made by a browser. */
export const EXPORT_LIMIT = 20_000
const PAGE = 200

export interface ExportColumn<R> {
  title: string
  text: (row: R) => string | number | null | undefined
}

/** Read all pages; `onProgress` gets the number of rows so far. */
export async function readAll<R>(
  load: (page: PageRequest) => Promise<Page<R>>,
  onProgress: (rows: number) => void,
): Promise<{ rows: R[]; cut: boolean }> {
  const rows: R[] = []
  let cursor: string | null | undefined
  do {
    const page: Page<R> = await load({ limit: PAGE, ...(cursor ? { cursor } : {}) })
    rows.push(...page.items)
    cursor = page.nextCursor
    onProgress(rows.length)
  } while (cursor && rows.length < EXPORT_LIMIT)
  return { rows, cut: Boolean(cursor) }
}

/** Text of a cell for export where a column gives none: what its rendering says, if that is plain. */
export const plainText = (node: ReactNode): string | number | null =>
  typeof node === 'string' || typeof node === 'number' ? node : null

/** Save as CSV. A cell that a spreadsheet would run as a formula is quoted with an apostrophe. */
export function saveCsv<R>(name: string, columns: readonly ExportColumn<R>[], rows: readonly R[]): void {
  const lines = [columns.map(({ title }) => cell(title)).join(',')]
  for (const row of rows) lines.push(columns.map(({ text }) => cell(text(row))).join(','))
  save(`${name}.csv`, new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' }))
}

/** Save as XLSX; the writer is loaded only now. */
export async function saveXlsx<R>(
  name: string,
  columns: readonly ExportColumn<R>[],
  rows: readonly R[],
): Promise<void> {
  const { default: write } = await import('write-excel-file/browser')
  const sheet = [
    columns.map(({ title }) => ({ value: title, fontWeight: 'bold' as const })),
    ...rows.map((row) => columns.map(({ text }) => ({ value: text(row) ?? '' }))),
  ]
  save(`${name}.xlsx`, await write(sheet, { stickyRowsCount: 1 }).toBlob())
}

const cell = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
