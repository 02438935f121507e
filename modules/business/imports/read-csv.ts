/**
 * CSV as a stream of records (RFC 4180: quoted fields may hold separators, quotes and line ends). Lenient where
 * exports are sloppy: a quote inside an unquoted field is itself, records of another length are told by the mapping.
 */
import type { Readable } from 'node:stream'
import { Problem } from '@hengjian/platform/errors'
import { decodeText } from './decode-text.ts'
import { importErrors } from './mapping.ts'
import type { RecordReader, SourceRecord } from './record-source.ts'

/** A field longer than this is an unclosed quote. */
const LONGEST_FIELD = 1 << 20

/** Read the header and answer the rest as pieces. */
export async function readCsv(bytes: Readable, delimiter: string): Promise<RecordReader> {
  let bytesRead = 0
  const text = decodeText(bytes, (count) => {
    bytesRead += count
  })
  const pieces = recordsOf(text, delimiter)
  let first: SourceRecord[] = []
  while (first.length === 0) {
    const next = await pieces.next()
    if (next.done) throw new Problem(importErrors.import_header, { detail: '文件是空的' })
    first = next.value
  }
  const header = first[0]!.fields.map((title) => (title ?? '').trim())
  return {
    header,
    bytesRead: () => bytesRead,
    pieces: (async function* () {
      if (first.length > 1) yield first.slice(1)
      yield* pieces
    })(),
    async close() {
      bytes.destroy()
    },
  }
}

/** Records of a text that comes in pieces of any cut. */
export async function* recordsOf(
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<SourceRecord[]> {
  const parser = createCsvParser(delimiter)
  for await (const piece of pieces) {
    const records = parser.push(piece)
    if (records.length > 0) yield records
  }
  const rest = parser.end()
  if (rest.length > 0) yield rest
}

/** An incremental parser: text in, whole records out. */
export function createCsvParser(delimiter: string): {
  push(text: string): SourceRecord[]
  end(): SourceRecord[]
} {
  let rest = ''
  let line = 1
  // ends an unquoted field: delimiter, line feed, carriage return
  const separator = delimiter.charCodeAt(0)

  function parse(text: string, isLast: boolean): SourceRecord[] {
    const records: SourceRecord[] = []
    let at = 0
    for (;;) {
      const record = parseRecord(text, at, isLast)
      if (!record) break
      const startLine = line
      line += record.lines
      at = record.end
      // a line with nothing in it is no record
      if (record.fields.length > 1 || record.fields[0] !== '')
        records.push({ line: startLine, fields: record.fields })
    }
    rest = text.slice(at)
    return records
  }

  /** One record from `start`, or null when its end has not come yet. */
  function parseRecord(text: string, start: number, isLast: boolean) {
    if (start >= text.length) return null
    const fields: string[] = []
    let at = start
    let lines = 0
    for (;;) {
      let field: string
      if (text.charCodeAt(at) === QUOTE) {
        const quoted = closeQuote(text, at, isLast)
        if (!quoted) return null
        field = quoted.value
        lines += quoted.lines
        at = quoted.end
      } else {
        const from = at
        while (at < text.length) {
          const code = text.charCodeAt(at)
          if (code === separator || code === LF || code === CR) break
          at += 1
        }
        field = text.slice(from, at)
      }
      fields.push(field)
      if (at >= text.length) return isLast ? { fields, end: at, lines: lines + 1 } : null
      const code = text.charCodeAt(at)
      if (code === separator) {
        at += 1
        if (at >= text.length && !isLast) return null
        continue
      }
      if (code === LF) return { fields, end: at + 1, lines: lines + 1 }
      if (at + 1 >= text.length && !isLast) return null
      return { fields, end: text.charCodeAt(at + 1) === LF ? at + 2 : at + 1, lines: lines + 1 }
    }
  }

  /** A quoted field and what follows it up to the next separator. */
  function closeQuote(text: string, start: number, isLast: boolean) {
    let value = ''
    let from = start + 1
    for (;;) {
      const close = text.indexOf('"', from)
      if (close < 0 || (close === text.length - 1 && !isLast)) {
        if (close < 0 && (isLast || text.length - start > LONGEST_FIELD))
          throw new Problem(importErrors.import_format, { detail: `第 ${line} 行起的引号没有配对` })
        return null
      }
      value += text.slice(from, close)
      if (text.charCodeAt(close + 1) === QUOTE) {
        value += '"'
        from = close + 2
        continue
      }
      // text behind the closing quote belongs to the field
      let end = close + 1
      while (end < text.length) {
        const code = text.charCodeAt(end)
        if (code === separator || code === LF || code === CR) break
        end += 1
      }
      if (end > close + 1) value += text.slice(close + 1, end)
      return { value, end, lines: countLines(value) }
    }
  }

  return {
    push: (text) => parse(rest + text, false),
    end: () => parse(rest, true),
  }
}

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
