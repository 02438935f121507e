/** Small CSV files of imports: whole in memory, every fault named by its line, all of them at once. */
import { Problem } from '@hengjian/platform/errors'
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { administrationErrors } from './errors.ts'

/** A parsed line and its number in the file; the header is line 1. */
export interface CsvLine<T> {
  readonly line: number
  readonly row: T
}

const FAULTS_SHOWN = 50

/** Lines of `text` as `shape` reads them. `keyOf` must differ between lines. Throws `csv_invalid` with its issues. */
export function readCsv<T>(text: string, shape: z.ZodType<T>, keyOf: (row: T) => string): CsvLine<T>[] {
  const issues: { path: string; message: string }[] = []
  const lines: CsvLine<T>[] = []
  const seen = new Map<string, number>()
  for (const { record, line } of recordsOf(text)) {
    const parsed = shape.safeParse(record)
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        issues.push({ path: `csv.${line}`, message: `${issue.path.join('.')}：${issue.message}` })
      continue
    }
    const key = keyOf(parsed.data)
    const before = seen.get(key)
    if (before !== undefined) issues.push({ path: `csv.${line}`, message: `${key} 与第 ${before} 行重复` })
    seen.set(key, line)
    lines.push({ line, row: parsed.data })
  }
  if (issues.length > 0) refuse(issues)
  if (lines.length === 0) refuse([{ path: 'csv.2', message: '没有数据行' }])
  return lines
}

/** Throw `csv_invalid` with the first faults. */
export function refuse(issues: readonly { path: string; message: string }[]): never {
  throw new Problem(administrationErrors.csv_invalid, { issues: issues.slice(0, FAULTS_SHOWN) })
}

function recordsOf(text: string): { record: Record<string, string>; line: number }[] {
  try {
    const parsed = parse(text, { bom: true, columns: true, trim: true, skip_empty_lines: true, info: true })
    return (parsed as unknown as { record: Record<string, string>; info: { lines: number } }[]).map(
      ({ record, info }) => ({ record, line: info.lines }),
    )
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = (error as CsvError & { lines?: number }).lines ?? 1
    return refuse([{ path: `csv.${line}`, message: '列数与表头不符，或引号没有配对' }])
  }
}
