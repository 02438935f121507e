/** How values read in the console. All times are those of the agency: Asia/Shanghai. */

const ZONE = 'Asia/Shanghai'
const instantFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})
const secondFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  dateStyle: 'short',
  timeStyle: 'medium',
})
const dayFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' })
const countFormat = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 2 })

/** `2026-11-20 14:05` of an ISO instant; an em dash for none. */
export const formatInstant = (iso: string | null | undefined): string =>
  iso ? instantFormat.format(new Date(iso)) : '—'

/** `2026-11-20 14:05:09`, where seconds matter (audit, jobs). */
export const formatSecond = (iso: string | null | undefined): string =>
  iso ? secondFormat.format(new Date(iso)) : '—'

/** `2026-11-20` of an ISO instant or day. */
export const formatDay = (iso: string | null | undefined): string => {
  if (!iso) return '—'
  return iso.length === 10 ? iso : dayFormat.format(new Date(iso))
}

/** Validity from day to day; open ends in words. */
export const formatPeriod = (from: string | null, until: string | null): string => {
  if (!from && !until) return '长期有效'
  return `${from ? `${formatDay(from)} 起` : ''}${from && until ? '，' : ''}${until ? `至 ${formatDay(until)}` : ''}`
}

/** Today in the agency's zone. */
export const today = (): string => dayFormat.format(new Date())

/** First instant of a local day, for queries that take instants. */
export const startOfDay = (day: string): string => `${day}T00:00:00+08:00`
/** Last instant of a local day. */
export const endOfDay = (day: string): string => `${day}T23:59:59.999+08:00`

/** `12,345.67`; an em dash for none. */
export const formatCount = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : countFormat.format(value)

/** `3 分 20 秒` of milliseconds. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '—'
  if (ms < 1000) return `${Math.round(ms)} 毫秒`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} 秒`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} 分 ${seconds % 60} 秒`
  return `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分`
}

/** `1.2 MB` of bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 'B'
  for (const next of units) {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  return `${value.toFixed(1)} ${unit}`
}

/** A value of an unknown shape (parameter, before/after) as one line. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (typeof value === 'number') return formatCount(value)
  if (typeof value === 'string') return value
  return JSON.stringify(value)
}
