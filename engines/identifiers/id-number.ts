import { accepted, type CheckOptions, doubtful, faulty, type IdentifierCheck, weightedSum } from './check.ts'
import { normalise } from './normalise.ts'

/** What a resident identity number says. */
export interface IdNumber {
  /** 18 characters, X upper case; for a 15-digit number its 18-character form. */
  value: string
  /**
   * `resident`; `resident-15`, issued before 1999-10-01; `permanent-resident`, the foreigner's permanent residence card
   * of 2023, which starts with 9 and has no region.
   */
  form: 'resident' | 'resident-15' | 'permanent-resident'
  /** Region at the time of issue, 6 digits of GB/T 2260, perhaps abolished since; null for permanent residents. */
  region: string | null
  /** `YYYY-MM-DD` */
  birthDate: string
  birthYear: number
  sex: 'male' | 'female'
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_CHARACTERS = '10X98765432'

/** Checks a resident identity number (GB 11643-1999) of 18 characters, or of 15 digits, which gives a warning. */
export function checkIdNumber(value: string, options: CheckOptions = {}): IdentifierCheck<IdNumber> {
  const given = normalise('id_number', value)
  if (/^\d{15}$/.test(given)) return checkOldNumber(given)
  if (!/^[1-9]\d{16}[\dX]$/.test(given)) return faulty('身份证号应为18位，前17位为数字，末位为数字或X')
  const parsed = parse(given)
  if (!parsed) return faulty('身份证号中的出生日期不存在')
  if (idNumberCheckCharacter(given) !== given[17]) {
    const message = '身份证号校验位不符'
    return options.origin === 'legacy' ? doubtful(message, parsed) : faulty(message, parsed)
  }
  return accepted(parsed)
}

/** Check character over the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2). */
export function idNumberCheckCharacter(digits: string): string {
  const sum = weightedSum(Array.from(digits.slice(0, 17), Number), WEIGHTS)
  return CHECK_CHARACTERS[sum % 11]!
}

/** The 18-character form of a 15-digit number: century 19 and the check character. Null where it is not 15 digits. */
export function upgradeIdNumber(fifteen: string): string | null {
  if (!/^\d{15}$/.test(fifteen)) return null
  const seventeen = `${fifteen.slice(0, 6)}19${fifteen.slice(6)}`
  return seventeen + idNumberCheckCharacter(seventeen)
}

function checkOldNumber(fifteen: string): IdentifierCheck<IdNumber> {
  const parsed = parse(upgradeIdNumber(fifteen)!)
  if (!parsed) return faulty('身份证号中的出生日期不存在')
  return doubtful('15位身份证号已停止使用，请核对18位号码', { ...parsed, form: 'resident-15' })
}

function parse(value: string): IdNumber | null {
  const birthDate = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`
  if (!isDate(birthDate)) return null
  const foreign = value.startsWith('9')
  return {
    value,
    form: foreign ? 'permanent-resident' : 'resident',
    region: foreign ? null : value.slice(0, 6),
    birthDate,
    birthYear: Number(value.slice(6, 10)),
    sex: Number(value[16]) % 2 === 1 ? 'male' : 'female',
  }
}

/** A day of the calendar from 1800 to 2099; whether it lies in the future is for callers, who know the day. */
function isDate(day: string): boolean {
  if (!/^(?:18|19|20)/.test(day)) return false
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day)
}
