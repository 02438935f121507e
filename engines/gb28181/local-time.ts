/** Local time of China, as MANSCDP, SDP bodies and the Date header write it (2022: 9.10.3): no zone, always UTC+8. */
const BEIJING_MS = 8 * 3600 * 1000

/** `2026-11-20T17:32:09`, or with milliseconds, of a Unix time in milliseconds. */
export function formatLocalTime(unixMs: number, milliseconds = false): string {
  return new Date(unixMs + BEIJING_MS).toISOString().slice(0, milliseconds ? 23 : 19)
}

const TIME =
  /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,3})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i

/**
 * Unix time in milliseconds of what devices write: `T` or blank, with or without seconds and fraction; a zone is
 * respected where one stands. `null` for what is no time (`0000-00-00…` among it).
 */
export function readLocalTime(text: string): number | null {
  const match = text.length > 60 ? null : TIME.exec(text)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as number[]
  const millisecond = Number((match[7] ?? '0').padEnd(3, '0'))
  const unix = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, millisecond)
  const back = new Date(unix)
  const isReal = back.getUTCMonth() === month! - 1 && back.getUTCDate() === day && hour! < 24 && minute! < 60
  return isReal ? unix - zoneMs(match[8]) : null
}

function zoneMs(zone: string | undefined): number {
  if (!zone) return BEIJING_MS
  if (/z/i.test(zone)) return 0
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(zone)!
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
