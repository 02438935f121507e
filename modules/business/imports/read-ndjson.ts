/** NDJSON as records: one object per line. */
import type { Readable } from 'node:stream'
import { Problem } from '@hengjian/platform/errors'
import { decodeText } from './decode-text.ts'
import { importErrors } from './mapping.ts'
import type { RecordReader, SourceRecord } from './record-source.ts'

/** A line longer than this is no record. */
const LONGEST_LINE = 1 << 20

/** Read objects for the columns in `wanted`; a key that an object lacks is no value. */
export async function readNdjson(bytes: Readable, wanted: readonly string[]): Promise<RecordReader> {
  let bytesRead = 0
  const text = decodeText(bytes, (count) => {
    bytesRead += count
  })
  return {
    header: wanted,
    bytesRead: () => bytesRead,
    pieces: recordsOf(text, wanted),
    async close() {
      bytes.destroy()
    },
  }
}

async function* recordsOf(
  pieces: AsyncIterable<string>,
  wanted: readonly string[],
): AsyncGenerator<SourceRecord[]> {
  let rest = ''
  let line = 0
  const read = (text: string): SourceRecord => {
    line += 1
    return recordOf(text, line, wanted)
  }
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_LINE)
      throw new Problem(importErrors.import_format, {
        detail: `第 ${line + 1} 行长于 ${LONGEST_LINE} 个字符`,
      })
    if (lines.length > 0) yield lines.map(read).filter(isRecord)
  }
  if (rest.trim() !== '') yield [read(rest)]
}

/** Blank lines are counted and passed over. */
const isRecord = (record: SourceRecord): boolean => record.fields.length > 0 || record.fault !== undefined

function recordOf(text: string, line: number, wanted: readonly string[]): SourceRecord {
  if (text.trim() === '') return { line, fields: [] }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { line, fields: [text], fault: '不是有效的 JSON' }
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { line, fields: [text], fault: '不是 JSON 对象' }
  const object = value as Record<string, unknown>
  return { line, fields: wanted.map((name) => textOf(object[name])) }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
