import { accepted, doubtful, faulty, type IdentifierCheck, weightedSum } from './check.ts'
import { normalise } from './normalise.ts'

/** A vehicle identification number taken apart. */
export interface Vin {
  /** 17 characters, upper case. */
  value: string
  /** World manufacturer identifier, positions 1–3. */
  manufacturer: string
  /** Descriptor, positions 4–8. */
  descriptor: string
  checkCharacter: string
  /** Position 10; repeats every 30 years. */
  modelYearCode: string
  /** Position 11. */
  plantCode: string
  /** Positions 12–17. */
  serial: string
}

/** Letters in order with their values; I, O and Q do not occur. */
const VALUES = new Map(
  Array.from('ABCDEFGHJKLMNPRSTUVWXYZ', (letter, at) => [
    letter,
    [...'12345678123457923456789'].map(Number)[at]!,
  ]),
)
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** Checks a VIN (GB 16735-2019). A wrong check character is a warning: imported and old vehicles may not follow it. */
export function checkVin(value: string): IdentifierCheck<Vin> {
  const given = normalise('vin', value)
  if (!/^[0-9A-HJ-NPR-Z]{17}$/.test(given)) {
    return faulty('车辆识别代号应为17位数字或大写字母（不含I、O、Q）')
  }
  const parsed: Vin = {
    value: given,
    manufacturer: given.slice(0, 3),
    descriptor: given.slice(3, 8),
    checkCharacter: given[8]!,
    modelYearCode: given[9]!,
    plantCode: given[10]!,
    serial: given.slice(11),
  }
  if (vinCheckCharacter(given) !== given[8]) return doubtful('车辆识别代号校验位不符', parsed)
  return accepted(parsed)
}

/** Check character of a VIN, which stands at its position 9; what stands there already does not count. */
export function vinCheckCharacter(vin: string): string {
  const values = Array.from(vin, (character) => VALUES.get(character) ?? Number(character))
  const remainder = weightedSum(values, WEIGHTS) % 11
  return remainder === 10 ? 'X' : String(remainder)
}
