import { accepted, faulty, type IdentifierCheck } from './check.ts'
import { normalise } from './normalise.ts'

/** A region code taken apart; each part is a full code of its level, null below the level of the code itself. */
export interface Region {
  /** The code as given: 6, 9 or 12 digits. */
  code: string
  level: 'province' | 'city' | 'county' | 'street' | 'community'
  /** `450000` */
  province: string
  /** `450300` */
  city: string | null
  /** `450302` */
  county: string | null
  /** 9 digits. */
  street: string | null
  /** 12 digits. */
  community: string | null
}

/**
 * Splits a code of GB/T 2260 (6 digits) with its street and community extensions (9, 12 digits). Whether the code is
 * or was in force is not asked: codes are abolished every year and stay in old numbers.
 */
export function checkRegion(value: string): IdentifierCheck<Region> {
  const code = normalise('generic', value)
  if (!/^[1-9]\d(?:\d{4}|\d{7}|\d{10})$/.test(code)) return faulty('行政区划代码应为6、9或12位数字')
  const region = splitRegion(code)
  return region ? accepted(region) : faulty('行政区划代码的上级部分不能为零')
}

/** The parts of a code whose form is right; null where a lower level is set under an empty upper one. */
function splitRegion(code: string): Region | null {
  const has = (start: number, end: number) => !/^0*$/.test(code.slice(start, end))
  const set = [true, has(2, 4), has(4, 6), has(6, 9), has(9, 12)]
  const depth = set.lastIndexOf(true)
  // Counties directly under a province (429004, 469001) and in municipalities have city parts 90, 01, 02: never 00.
  if (set.slice(0, depth).includes(false)) return null
  return {
    code,
    level: (['province', 'city', 'county', 'street', 'community'] as const)[depth]!,
    province: `${code.slice(0, 2)}0000`,
    city: depth >= 1 ? `${code.slice(0, 4)}00` : null,
    county: depth >= 2 ? code.slice(0, 6) : null,
    street: depth >= 3 ? code.slice(0, 9) : null,
    community: depth >= 4 ? code.slice(0, 12) : null,
  }
}

/** Whether `code` lies in the region `outer` or is the same: 450000 contains 450302 and 450302001. */
export function regionContains(outer: string, code: string): boolean {
  const significant = outer.length === 6 ? outer.replace(/(?:00){1,2}$/, '') : outer
  return code.startsWith(significant)
}
