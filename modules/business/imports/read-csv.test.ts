import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText, isUtf8 } from './decode-text.ts'
import { createCsvParser, recordsOf } from './read-csv.ts'

const write = (rows: readonly (readonly string[])[], end: string) =>
  rows
    .map((row) =>
      row.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(','),
    )
    .join(end)

async function* cut(text: string, at: readonly number[]): AsyncGenerator<string> {
  const places = [...new Set(at.map((n) => n % (text.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const place of [...places, text.length]) {
    yield text.slice(from, place)
    from = place
  }
}

const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '桂', '😀'), maxLength: 6 })
const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })

test('BIZ-9 what was written as CSV is read back, wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.array(fc.nat(), { maxLength: 12 }),
      async (table, end, closed, cuts) => {
        const text = write(table, end) + (closed ? end : '')
        const records: (readonly (string | null)[])[] = []
        for await (const piece of recordsOf(cut(text, cuts), ','))
          for (const record of piece) records.push(record.fields)
        expect(records).toEqual(table)
      },
    ),
    { numRuns: 500 },
  )
})

test('lines are counted through fields that span several', () => {
  const parser = createCsvParser(',')
  const records = [...parser.push('a,b\r\n"1\n2\n3",x\n\n4,"5"y\nlast,'), ...parser.end()]
  expect(records).toEqual([
    { line: 1, fields: ['a', 'b'] },
    { line: 2, fields: ['1\n2\n3', 'x'] },
    { line: 6, fields: ['4', '5y'] },
    { line: 7, fields: ['last', ''] },
  ])
})

test('UTF-8 and GB18030 are told apart, and characters cut in two come back whole', async () => {
  expect(isUtf8(Buffer.from('检验').subarray(0, 5))).toBe(true)
  const gb = Buffer.from('bcecd1e9', 'hex')
  expect(isUtf8(gb)).toBe(false)
  const read = async (bytes: Buffer) => {
    let text = ''
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
    for await (const piece of decodeText(Readable.from(pieces))) text += piece
    return text
  }
  expect(await read(gb)).toBe('检验')
  expect(await read(Buffer.from('\uFEFF检验'))).toBe('检验')
  // longer than what is looked at, so that the cut lies in the stream proper
  const long = '检验'.repeat(20_000)
  expect(await read(Buffer.from(long))).toBe(long)
})
