import { accepted, doubtful, faulty, type IdentifierCheck } from './check.ts'
import {
  type CodeTable,
  LICENCE_CLASSES,
  PLATE_KINDS,
  USE_NATURES,
  VEHICLE_CATEGORIES,
  VEHICLE_TYPES,
} from './code-tables.ts'
import { normalise } from './normalise.ts'

/** A code with its Chinese name. */
export interface NamedCode {
  code: string
  name: string
}

/** Checks a plate kind (GA/T 16.7); a single digit gets its leading zero. */
export function checkPlateKind(value: string): IdentifierCheck<NamedCode> {
  return checkCode(PLATE_KINDS, normalise('generic', value).replace(/^\d$/, '0$&'), '号牌种类')
}

/** Checks a use nature (GA/T 16.3). */
export function checkUseNature(value: string): IdentifierCheck<NamedCode> {
  return checkCode(USE_NATURES, normalise('generic', value), '使用性质')
}

/** A vehicle type taken apart. */
export interface VehicleType {
  code: string
  /** Null for a code of the right form that the table does not name. */
  name: string | null
  category: NamedCode
}

/** Checks a vehicle type (GA/T 16.4); an unlisted code of the right form is a warning, for the table is not complete. */
export function checkVehicleType(value: string): IdentifierCheck<VehicleType> {
  const code = normalise('generic', value)
  const category = VEHICLE_CATEGORIES.get(code.slice(0, 1))
  if (!/^[A-Z]\d[0-9A-Z]$/.test(code) || category === undefined) {
    return faulty('车辆类型应为类别字母加2位代码')
  }
  const name = VEHICLE_TYPES.get(code) ?? null
  const parsed = { code, name, category: { code: code.slice(0, 1), name: category } }
  return name === null ? doubtful(`车辆类型${code}不在代码表中`, parsed) : accepted(parsed)
}

/**
 * Checks the classes of a licence as they stand on it, in one word (`A2E`) or apart (`A2, E`): each known, none twice.
 */
export function checkLicenceClasses(value: string): IdentifierCheck<NamedCode[]> {
  const given = normalise('generic', value).replace(/[,、/;+]/g, '')
  if (!/^(?:A[123]|B[12]|C[1-6]|[DEFMNP])+$/.test(given)) return faulty('准驾车型代号有误')
  const codes = given.match(/[A-Z]\d?/g)!
  const parsed = codes.map((code) => ({ code, name: LICENCE_CLASSES.get(code)! }))
  return new Set(codes).size === codes.length ? accepted(parsed) : doubtful('准驾车型重复', parsed)
}

function checkCode(table: CodeTable, code: string, label: string): IdentifierCheck<NamedCode> {
  const name = table.get(code)
  return name === undefined ? faulty(`${label}代码有误`) : accepted({ code, name })
}
