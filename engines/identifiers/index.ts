export type { CheckOptions, IdentifierCheck } from './check.ts'
export {
  type CodeTable,
  LICENCE_CLASSES,
  PLATE_KINDS,
  USE_NATURES,
  VEHICLE_CATEGORIES,
  VEHICLE_TYPES,
} from './code-tables.ts'
export {
  checkLicenceClasses,
  checkPlateKind,
  checkUseNature,
  checkVehicleType,
  type NamedCode,
  type VehicleType,
} from './codes.ts'
export { checkIdNumber, type IdNumber, idNumberCheckCharacter, upgradeIdNumber } from './id-number.ts'
export { mask } from './mask.ts'
export { checkMobile, type Mobile } from './mobile.ts'
export { IDENTIFIER_KINDS, type IdentifierKind, normalise } from './normalise.ts'
export {
  checkOrganisationCode,
  type OrganisationCode,
  organisationCheckCharacter,
} from './organisation-code.ts'
export { checkPlate, type Plate, type PlateCheckOptions, type PlateForm } from './plate.ts'
export { checkRegion, type Region, regionContains } from './region.ts'
export { checkUscc, type Uscc, usccCheckCharacter } from './uscc.ts'
export { checkVin, type Vin, vinCheckCharacter } from './vin.ts'
