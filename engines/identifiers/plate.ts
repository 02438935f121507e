import { accepted, faulty, type IdentifierCheck } from './check.ts'
import { normalise } from './normalise.ts'

/** The forms of a plate that its characters alone tell apart. */
export type PlateForm =
  | 'ordinary'
  | 'coach'
  | 'police'
  | 'trailer'
  | 'hong-kong'
  | 'macao'
  | 'new-energy-small'
  | 'new-energy-large'
  | 'embassy'
  | 'consulate'
  | 'temporary'

/** A plate taken apart. */
export interface Plate {
  /** Upper case, without separators: 桂A12345. */
  value: string
  form: PlateForm
  /** Province character; null for embassies and temporary plates. */
  province: string | null
  /** Issuing letter after the province; null where the province is. */
  authority: string | null
  /** New-energy plates only: battery electric (纯电) or other (非纯电). */
  power: 'battery' | 'other' | null
}

/** What a check of a plate can take into account. */
export interface PlateCheckOptions {
  /** Plate kind (GA/T 16.7) that stands beside the plate; the form must suit it. */
  kind?: string
}

const PROVINCE = '([京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新])([A-Z])'
/** Serials have neither I nor O (GA 36-2018). */
const SERIAL = '[A-HJ-NP-Z0-9]'
const FORMS: readonly (readonly [PlateForm, RegExp])[] = [
  ['new-energy-small', new RegExp(`^${PROVINCE}([A-HJK])${SERIAL}\\d{4}$`)],
  ['new-energy-large', new RegExp(`^${PROVINCE}\\d{5}([A-HJK])$`)],
  ['ordinary', new RegExp(`^${PROVINCE}${SERIAL}{5}$`)],
  ['coach', new RegExp(`^${PROVINCE}${SERIAL}{4}学$`)],
  ['police', new RegExp(`^${PROVINCE}${SERIAL}{4}警$`)],
  ['trailer', new RegExp(`^${PROVINCE}${SERIAL}{4}挂$`)],
  ['hong-kong', new RegExp(`^(粤)(Z)${SERIAL}{4}港$`)],
  ['macao', new RegExp(`^(粤)(Z)${SERIAL}{4}澳$`)],
  ['consulate', new RegExp(`^${PROVINCE}${SERIAL}{4}领$`)],
  ['embassy', /^使\d{6}$/],
]

/** Plate kinds whose plates always have a form of their own; all others have ordinary plates. */
const FORM_OF_KIND: ReadonlyMap<string, PlateForm> = new Map([
  ['03', 'embassy'],
  ['04', 'consulate'],
  ['09', 'embassy'],
  ['10', 'consulate'],
  ['15', 'trailer'],
  ['16', 'coach'],
  ['17', 'coach'],
  ['20', 'temporary'],
  ['21', 'temporary'],
  ['22', 'temporary'],
  ['23', 'police'],
  ['24', 'police'],
  ['26', 'hong-kong'],
  ['27', 'macao'],
  ['51', 'new-energy-large'],
  ['52', 'new-energy-small'],
])
/** Kinds whose numbering the standard leaves open. */
const ANY_FORM = new Set(['25', '99'])

/**
 * Checks a number plate (GA 36-2018), alone or against its plate kind. Temporary plates (kinds 20–22) are paper with
 * numbers of many shapes: any text of 4 to 12 characters passes, and only with the kind given.
 */
export function checkPlate(value: string, options: PlateCheckOptions = {}): IdentifierCheck<Plate> {
  const given = normalise('plate', value)
  const expected = options.kind === undefined ? null : (FORM_OF_KIND.get(options.kind) ?? 'ordinary')
  if (expected === 'temporary') return checkTemporary(given)
  const parsed = parsePlate(given)
  if (!parsed) return faulty('号牌号码格式不符')
  if (expected !== null && expected !== parsed.form && !ANY_FORM.has(options.kind!)) {
    return faulty('号牌号码与号牌种类不符', parsed)
  }
  return accepted(parsed)
}

function parsePlate(value: string): Plate | null {
  for (const [form, pattern] of FORMS) {
    const match = pattern.exec(value)
    if (!match) continue
    const [, province, authority, letter] = match
    const power = letter === undefined ? null : 'ABCDE'.includes(letter) ? 'battery' : 'other'
    return { value, form, province: province ?? null, authority: authority ?? null, power }
  }
  return null
}

function checkTemporary(value: string): IdentifierCheck<Plate> {
  if (!/^[\p{Script=Han}A-Z0-9]{4,12}$/u.test(value)) return faulty('临时号牌号码格式不符')
  return accepted({ value, form: 'temporary', province: null, authority: null, power: null })
}
