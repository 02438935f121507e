import { defineModule, type ModuleManifest } from '@hengjian/platform/http'
import type { JobHandler } from '@hengjian/platform/jobs'
import { cancelJob } from './commands/cancel-job.ts'
import { importCalendar } from './commands/import-calendar.ts'
import { importDictionary } from './commands/import-dictionary.ts'
import { resetCalendarDay } from './commands/reset-calendar-day.ts'
import { resetParameter } from './commands/reset-parameter.ts'
import { retryJob } from './commands/retry-job.ts'
import { updateCalendarDay } from './commands/update-calendar-day.ts'
import { updateParameter } from './commands/update-parameter.ts'
import { verifyAudit } from './commands/verify-audit.ts'
import { administrationContract } from './contract.ts'
import { administrationExports } from './exports.ts'
import { verifyIntegrity } from './jobs/verify-integrity.handler.ts'
import { administrationPermissions } from './permissions.ts'
import type { AdministrationOptions } from './ports.ts'
import { findAuditEntries } from './queries/find-audit-entries.ts'
import { findAuditVerifications } from './queries/find-audit-verifications.ts'
import { findDictionaries } from './queries/find-dictionaries.ts'
import { findJobs } from './queries/find-jobs.ts'
import { findParameterChanges } from './queries/find-parameter-changes.ts'
import { findParameters } from './queries/find-parameters.ts'
import { getCalendar } from './queries/get-calendar.ts'
import { getDictionary } from './queries/get-dictionary.ts'
import { getJob } from './queries/get-job.ts'

/** Parameters, dictionaries, calendar, audit log and jobs. */
export const createAdministrationModule = (options: AdministrationOptions): ModuleManifest =>
  defineModule({
    name: 'administration',
    permissions: administrationPermissions,
    contract: administrationContract,
    handlers: {
      findParameters: findParameters(options),
      findParameterChanges: findParameterChanges(options),
      updateParameter: updateParameter(options),
      resetParameter: resetParameter(options),
      // The same acts: which administrator may do them to which parameter is asked of its definition.
      updateSecurityParameter: updateParameter(options),
      resetSecurityParameter: resetParameter(options),
      findDictionaries,
      getDictionary,
      importDictionary,
      getCalendar,
      updateCalendarDay,
      resetCalendarDay,
      importCalendar,
      findAuditEntries,
      verifyAudit,
      findAuditVerifications,
      findJobs: findJobs(options),
      getJob: getJob(options),
      retryJob: retryJob(options),
      cancelJob: cancelJob(options),
    },
    exports: administrationExports,
  })

/** Jobs of this module. */
export const administrationJobs = (
  options: Pick<AdministrationOptions, 'guardedTables'>,
): readonly JobHandler[] => [verifyIntegrity(options.guardedTables)]
