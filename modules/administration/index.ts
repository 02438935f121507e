export { calendarOf, type WorkingCalendar } from './calendar.ts'
export {
  type DictionarySeed,
  dictionaryNames,
  ensureDictionaries,
  standardDictionaries,
} from './dictionaries.ts'
export { openJobControl } from './job-control.ts'
export { administrationJobs, createAdministrationModule } from './module.ts'
export {
  createParameterReader,
  numberParameters,
  type ParameterDefinition,
  type ParameterReader,
} from './parameters.ts'
export { administrationPermissions } from './permissions.ts'
export type { AdministrationOptions, JobControl } from './ports.ts'
export { officeHoursOf, shippedParameters } from './shipped-parameters.ts'

import { parameterValue } from './tables.ts'

/** Guarded tables of this module, for the sweep. */
export const administrationGuardedTables = [parameterValue]
