/** The text of a field as a value of a fact. */
import type { TargetType } from './targets.ts'

/** What is wrong with a field, in words for the user. */
export class ValueFault extends Error {}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const INTEGER = /^[+-]?\d+(?:\.0+)?$/
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** 2026-11-20, 2026/1/2 3:04, 2026-11-20T08:00:00.5+08:00, 20261120080000. No zone = Asia/Shanghai. */
const INSTANT =
  /^(\d{4})(?:[-/](\d{1,2})[-/](\d{1,2})|(\d{2})(\d{2}))(?:[T ]?(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i
const YES = new Set(['true', 't', '1', 'yes', 'y', '是', '合格', '通过'])
const NO = new Set(['false', 'f', '0', 'no', 'n', '否', '不合格', '未通过'])
const INT_MAX = 2_147_483_647

/** Convert a text that is not empty. @throws ValueFault */
export function convertText(text: string, type: TargetType): unknown {
  switch (type) {
    case 'text':
      if (text.includes('\0')) throw new ValueFault('含有空字符')
      return text
    case 'integer':
      return integerOf(text)
    case 'double':
      return numberOf(text)
    case 'boolean':
      return booleanOf(text)
    case 'uuid':
      if (!UUID.test(text)) throw new ValueFault(`不是编号(UUID)：${text}`)
      return text.toLowerCase()
    case 'instant':
      return instantOf(text)
    case 'date':
      return dayOf(text)
  }
}

/** A whole number within 32 bits. @throws ValueFault */
export function integerOf(text: string): number {
  const value = Number(text)
  if (!INTEGER.test(text) || Math.abs(value) > INT_MAX) throw new ValueFault(`不是整数：${text}`)
  return value
}

/** A number. @throws ValueFault */
export function numberOf(text: string): number {
  if (!NUMBER.test(text)) throw new ValueFault(`不是数：${text}`)
  return Number(text)
}

function booleanOf(text: string): boolean {
  const word = text.toLowerCase()
  if (YES.has(word)) return true
  if (NO.has(word)) return false
  throw new ValueFault(`不是是/否：${text}`)
}

/** Instants asked for again and again (a constant, a day without time) are parsed once. */
let last: { text: string; instant: Date } | null = null

function instantOf(text: string): Date {
  if (last?.text === text) return last.instant
  const instant = parseInstant(text)
  last = { text, instant }
  return instant
}

function parseInstant(text: string): Date {
  const found = INSTANT.exec(text)
  if (!found) throw new ValueFault(`不是时间：${text}`)
  const [, year, month, day, month2, day2, hour = '0', minute = '0', second = '0', fraction = '0', zone] =
    found
  if (zone === undefined) {
    const instant = recentInstant(
      [year!, month ?? month2!, day ?? day2!, hour, minute, second].map(Number),
      Number(fraction.padEnd(3, '0').slice(0, 3)),
    )
    if (instant) return instant
  }
  const two = (part: string) => part.padStart(2, '0')
  const local = `${year}-${two(month ?? month2!)}-${two(day ?? day2!)}T${two(hour)}:${two(minute)}:${two(second)}.${fraction.padEnd(3, '0').slice(0, 3)}`
  try {
    if (zone === undefined)
      return new Date(Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds)
    const offset =
      zone.toUpperCase() === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3) || '00'}`
    return new Date(Temporal.Instant.from(`${local}${offset}`).epochMilliseconds)
  } catch {
    throw new ValueFault(`不是时间：${text}`)
  }
}

/** China has kept UTC+8 all year since 1992: no calendar is needed for a local time after it. Null for any other. */
function recentInstant(fields: readonly number[], milliseconds: number): Date | null {
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number]
  if (year < 1992 || month > 12 || hour > 23 || minute > 59 || second > 59) return null
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds))
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return null
  return new Date(local.getTime() - 8 * 3_600_000)
}

function dayOf(text: string): string {
  const found = /^(\d{4})(?:[-/](\d{1,2})[-/](\d{1,2})|(\d{2})(\d{2}))(?:[T ].*)?$/.exec(text)
  if (!found) throw new ValueFault(`不是日期：${text}`)
  const [, year, month, day, month2, day2] = found
  const written = `${year}-${(month ?? month2!).padStart(2, '0')}-${(day ?? day2!).padStart(2, '0')}`
  try {
    return Temporal.PlainDate.from(written).toString()
  } catch {
    throw new ValueFault(`不是日期：${text}`)
  }
}
