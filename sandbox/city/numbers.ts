/**
 * Numbers that people and vehicles carry, each made from an index so that no two entities share one: resident identity
 * numbers (GB 11643), unified social credit codes (GB 32100), VINs (GB 16735), plates (GA 36), mobiles; and the ids of
 * rows, shaped like UUIDv7.
 */
import { dateOf } from './calendar.ts'
import { hash } from './random.ts'

const HEX4 = Array.from({ length: 65536 }, (_, n) => n.toString(16).padStart(4, '0'))

/** Kinds of ids; the number stands in the id, so that ids of different kinds never meet. */
export const ID_KIND = {
  unit: 1,
  institution: 2,
  staff: 3,
  agent: 4,
  product: 5,
  person: 6,
  organisation: 7,
  vehicle: 8,
  owner: 9,
  licence: 10,
  transaction: 11,
  step: 12,
  change: 13,
  amendment: 14,
  correction: 15,
  selection: 16,
  check: 17,
  personChange: 18,
  investigation: 19,
  inspection: 20,
  inspectionItem: 21,
  examination: 22,
  examinationItem: 23,
  clock: 24,
  plantedPerson: 25,
  plantedVehicle: 26,
  plantedLicence: 27,
  transfer: 30,
  validation: 31,
  medicalReport: 32,
  fullMarkStudy: 33,
  pointsChange: 34,
  temporaryPlate: 40,
} as const

/** Maker of ids: 48 bits of time, version 7, kind and seed, a hash, and the 32-bit index that makes it unique. */
export function idMaker(seed: number): (kind: number, index: number, ms: number) => string {
  const salt = hash(seed, 101)
  const low = salt & 0x3f
  const middle = HEX4[0x8000 | ((salt >>> 8) & 0x3fff)]!
  return (kind, index, ms) => {
    const high = Math.floor(ms / 65536)
    return `${HEX4[high >>> 16]}${HEX4[high & 0xffff]}-${HEX4[ms % 65536]}-${HEX4[0x7000 | (kind << 6) | low]}-${middle}-${HEX4[hash(salt, kind, index) & 0xffff]}${HEX4[index >>> 16]}${HEX4[index & 0xffff]}`
  }
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const BIRTH_DAYS = 16_000

/** GB 11643: region, birth date, sequence, check character. Unique for indexes below 15 million. */
export function identityNumber(region: string, index: number, lastBirthDay: number): string {
  const spread = (index * 7_368_787) % (BIRTH_DAYS * 997)
  const birth = dateOf(lastBirthDay - (spread % BIRTH_DAYS)).replaceAll('-', '')
  const body = `${region}${birth}${String(Math.floor(spread / BIRTH_DAYS) + 1).padStart(3, '0')}`
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (body.charCodeAt(i) - 48) * ID_WEIGHTS[i]!
  return body + '10X98765432'[sum % 11]
}

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** GB 32100-2015 for a company (department 9, class 1) with its GB 11714 organisation code. */
export function creditCode(region: string, index: number): string {
  const organisation = `MA${String(index % 1_000_000).padStart(6, '0')}`
  let sum = 0
  for (let i = 0; i < 8; i++) sum += Number.parseInt(organisation[i]!, 36) * ORGANISATION_WEIGHTS[i]!
  const rest = 11 - (sum % 11)
  const body = `91${region}${organisation}${rest === 10 ? 'X' : rest === 11 ? '0' : rest}`
  let total = 0
  for (let i = 0; i < 17; i++) total += USCC_ALPHABET.indexOf(body[i]!) * USCC_WEIGHTS[i]!
  return body + USCC_ALPHABET[(31 - (total % 31)) % 31]
}

const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
const VIN_VALUES: Record<string, number> = {
  ...Object.fromEntries([...'0123456789'].map((c) => [c, Number(c)])),
  ...Object.fromEntries([...'ABCDEFGH'].map((c, i) => [c, i + 1])),
  ...Object.fromEntries([...'JKLMN'].map((c, i) => [c, i + 1])),
  P: 7,
  R: 9,
  ...Object.fromEntries([...'STUVWXYZ'].map((c, i) => [c, i + 2])),
}
const VIN_MAKERS = ['LSV', 'LFV', 'LGB', 'LVS', 'LZW', 'LHG', 'LGX', 'LRW']
/** Model years from 1998 on; the code repeats every 30 years. */
const VIN_YEARS = 'WXY123456789ABCDEFGHJKLMNPRSTV'

/** GB 16735: maker, description, check character at position 9, model year, plant, serial. */
export function vinOf(index: number, year: number): string {
  const maker = VIN_MAKERS[index % VIN_MAKERS.length]!
  const block = Math.floor(index / 1_000_000)
  const serial = String(index % 1_000_000).padStart(6, '0')
  const before = `${maker}A${String(block).padStart(3, '0')}B`
  const after = `${VIN_YEARS[(((year - 1998) % 30) + 30) % 30]}G${serial}`
  let sum = 0
  for (let i = 0; i < 8; i++) sum += VIN_VALUES[before[i]!]! * VIN_WEIGHTS[i]!
  for (let i = 0; i < 8; i++) sum += VIN_VALUES[after[i]!]! * VIN_WEIGHTS[i + 9]!
  const rest = sum % 11
  return `${before}${rest === 10 ? 'X' : rest}${after}`
}

const PLATE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'

/** Where the two letters of a plate with two letters stand. */
const LETTER_PAIRS = [0, 1, 2, 3].flatMap((a) =>
  [1, 2, 3, 4].filter((b) => b > a).map((b) => [a, b] as const),
)
const TWO_LETTERS = 24 * 24 * 1000

/** Most plates that one issuing prefix can carry. */
export const PLATES_PER_PREFIX = 100_000 + 5 * 240_000 + LETTER_PAIRS.length * TWO_LETTERS

/** An ordinary plate of GA 36: five characters after the issuing letter, at most two of them letters. */
export function plateOf(prefix: string, index: number): string {
  let n = index
  if (n < 100_000) return prefix + String(n).padStart(5, '0')
  n -= 100_000
  if (n < 1_200_000) {
    const at = Math.floor(n / 240_000)
    return prefix + withLetter(String(n % 10_000).padStart(4, '0'), at, Math.floor((n % 240_000) / 10_000))
  }
  n -= 1_200_000
  const [first, second] = LETTER_PAIRS[Math.floor(n / TWO_LETTERS)]!
  const letters = Math.floor((n % TWO_LETTERS) / 1000)
  const one = withLetter(String(n % 1000).padStart(3, '0'), first, Math.floor(letters / 24))
  return prefix + withLetter(one, second, letters % 24)
}

function withLetter(rest: string, at: number, letter: number): string {
  return rest.slice(0, at) + PLATE_LETTERS[letter] + rest.slice(at)
}

const MOBILE_PREFIXES = [
  '135',
  '136',
  '137',
  '138',
  '139',
  '150',
  '151',
  '158',
  '159',
  '177',
  '181',
  '186',
  '187',
  '189',
  '199',
]

/** Eleven digits; unique for indexes below 100 million. */
export function mobileOf(index: number): string {
  const tail = (index * 61_803_399) % 100_000_000
  return MOBILE_PREFIXES[index % MOBILE_PREFIXES.length]! + String(tail).padStart(8, '0')
}
