import { accepted, type CheckOptions, doubtful, faulty, type IdentifierCheck, weightedSum } from './check.ts'
import { normalise } from './normalise.ts'

/** An organisation code taken apart. */
export interface OrganisationCode {
  /** 9 characters without hyphen. */
  value: string
}

const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** Checks an organisation code (GB 11714-1997): 8 characters, a hyphen that may be missing, a check character. */
export function checkOrganisationCode(
  value: string,
  options: CheckOptions = {},
): IdentifierCheck<OrganisationCode> {
  const given = normalise('generic', value).replace(/-(?=.$)/u, '')
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(given)) return faulty('组织机构代码应为8位数字或大写字母加1位校验码')
  const parsed = { value: given }
  if (organisationCheckCharacter(given) !== given[8]) {
    const message = '组织机构代码校验码不符'
    return options.origin === 'legacy' ? doubtful(message, parsed) : faulty(message, parsed)
  }
  return accepted(parsed)
}

/** Check character over the first 8 characters, letters counting A = 10 … Z = 35. */
export function organisationCheckCharacter(body: string): string {
  const values = Array.from(body.slice(0, 8), (character) => Number.parseInt(character, 36))
  const check = 11 - (weightedSum(values, WEIGHTS) % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}
