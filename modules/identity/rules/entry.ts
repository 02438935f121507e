/** Whether an account may be used from this address at this time (PLT-2, PLT-10). */
import { BlockList, isIPv6 } from 'node:net'
import type { PermittedHours } from '../contract.ts'

/** What of an account decides about entry. */
export interface Entrance {
  readonly state: string
  readonly unitState: string
  readonly validFrom: string | null
  readonly validUntil: string | null
  readonly permittedAddresses: readonly string[]
  readonly permittedHours: PermittedHours | null
}

/** Why entry is refused; for the audit log only, users are not told which. */
export type EntryRefusal = 'disabled' | 'unit-closed' | 'not-valid' | 'address' | 'hours'

/** Null when the account may be used. Days and hours are those of Asia/Shanghai; `validUntil` is included. */
export function entryRefusal(account: Entrance, clientAddress: string, now: Date): EntryRefusal | null {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO('Asia/Shanghai')
  const day = local.toPlainDate().toString()
  if (account.state !== 'active') return 'disabled'
  if (account.unitState !== 'active') return 'unit-closed'
  if (account.validFrom !== null && day < account.validFrom) return 'not-valid'
  if (account.validUntil !== null && day > account.validUntil) return 'not-valid'
  if (account.permittedAddresses.length > 0 && !isWithin(clientAddress, account.permittedAddresses))
    return 'address'
  if (account.permittedHours !== null && !isPermittedHour(account.permittedHours, local)) return 'hours'
  return null
}

/** Whether an address lies in one of the ranges (single addresses or CIDR). An unreadable address lies in none. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [network, bits] = range.split('/') as [string, string | undefined]
    const family = isIPv6(network) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(network, family)
    else list.addSubnet(network, Number(bits), family)
  }
  // A dual-stack socket reports IPv4 clients as ::ffff:10.0.0.1.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

function isPermittedHour(hours: PermittedHours, local: Temporal.ZonedDateTime): boolean {
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' })
  const { days, from, to } = hours
  if (from === to) return days.includes(local.dayOfWeek)
  if (from < to) return days.includes(local.dayOfWeek) && time >= from && time < to
  // Across midnight: the early part belongs to the day before.
  if (time >= from) return days.includes(local.dayOfWeek)
  return time < to && days.includes(local.dayOfWeek === 1 ? 7 : local.dayOfWeek - 1)
}
