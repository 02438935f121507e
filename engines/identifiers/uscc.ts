import { accepted, doubtful, faulty, type IdentifierCheck, weightedSum } from './check.ts'
import { normalise } from './normalise.ts'
import { organisationCheckCharacter } from './organisation-code.ts'

/** A unified social credit code taken apart. */
export interface Uscc {
  /** 18 characters, upper case. */
  value: string
  /** Registering department, `9` = market regulation. */
  department: string
  /** Class of entity within the department. */
  entityClass: string
  /** Region of registration, 6 digits. */
  region: string
  /** Organisation code, 9 characters. */
  organisationCode: string
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/**
 * Checks a unified social credit code (GB 32100-2015). A wrong check character is only a warning, whatever the origin:
 * some early pilot codes are lawful and fail it.
 */
export function checkUscc(value: string): IdentifierCheck<Uscc> {
  const given = normalise('generic', value)
  if (!/^[1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY]\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(given)) {
    return faulty('统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z），第3至8位为数字')
  }
  const parsed: Uscc = {
    value: given,
    department: given[0]!,
    entityClass: given[1]!,
    region: given.slice(2, 8),
    organisationCode: given.slice(8, 17),
  }
  if (usccCheckCharacter(given) !== given[17]) return doubtful('统一社会信用代码校验码不符', parsed)
  if (organisationCheckCharacter(parsed.organisationCode) !== given[16]) {
    return doubtful('统一社会信用代码中的组织机构代码校验码不符', parsed)
  }
  return accepted(parsed)
}

/** Check character over the first 17 characters (GB 32100-2015 Annex A). */
export function usccCheckCharacter(body: string): string {
  const values = Array.from(body.slice(0, 17), (character) => ALPHABET.indexOf(character))
  return ALPHABET[(31 - (weightedSum(values, WEIGHTS) % 31)) % 31]!
}
