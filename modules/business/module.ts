/** Business handling: manifest. The composition root gives the ports. */
import { addDownloadRoute, addUploadRoute, type FileStore } from '@hengjian/platform/files'
import { defineModule, type ModuleManifest } from '@hengjian/platform/http'
import { acceptTransaction } from './commands/accept-transaction.ts'
import { amendTransaction } from './commands/amend-transaction.ts'
import { completeStep } from './commands/complete-step.ts'
import {
  resubmitTransaction,
  resumeTransaction,
  returnTransaction,
  suspendTransaction,
  withdrawTransaction,
} from './commands/move-transaction.ts'
import { businessContract } from './contract.ts'
import { businessExports } from './exports.ts'
import { importHandlers } from './imports/index.ts'
import { businessKinds } from './kinds.ts'
import { businessPermissions } from './permissions.ts'
import type { BusinessPorts } from './ports.ts'
import { findPersons, findVehicles, searchRecords, unmaskPerson } from './queries/find-parties.ts'
import { findExaminations, findInspections } from './queries/find-tests.ts'
import { countTransactions, findTransactions } from './queries/find-transactions.ts'
import { getPerson } from './queries/get-person.ts'
import { getTransaction } from './queries/get-transaction.ts'
import { getVehicle } from './queries/get-vehicle.ts'

const named = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([code, title]) => ({ code, title }))

/** Largest file that may be uploaded for import, in bytes. */
const LARGEST_UPLOAD = 8 * 1024 ** 3

/** The module; `files` is where uploads go, absent in tests that upload nothing. */
export function createBusinessModule(ports: BusinessPorts, files?: FileStore): ModuleManifest {
  return defineModule({
    name: 'business',
    permissions: businessPermissions,
    contract: businessContract,
    handlers: {
      listBusinessKinds: async () => ({
        items: businessKinds.map(
          ({ code, subjectKind, title, reasons, steps, limitDays, agentAllowed, changes, makes }) => ({
            code,
            subjectKind,
            title,
            reasons: named(reasons),
            steps: [...steps],
            limitDays,
            agentAllowed,
            changes: named(changes),
            makes,
          }),
        ),
      }),
      acceptTransaction: acceptTransaction(ports),
      findTransactions: findTransactions(ports),
      countTransactions,
      getTransaction: getTransaction(ports),
      completeStep: completeStep(ports),
      returnTransaction: returnTransaction(ports),
      resubmitTransaction: resubmitTransaction(ports),
      withdrawTransaction: withdrawTransaction(ports),
      suspendTransaction: suspendTransaction(ports),
      resumeTransaction: resumeTransaction(ports),
      amendTransaction: amendTransaction(ports),
      findVehicles,
      findPersons,
      getVehicle: getVehicle(ports),
      findInspections: findInspections(ports),
      getPerson: getPerson(ports),
      findExaminations: findExaminations(ports),
      unmaskPerson,
      searchRecords,
      ...importHandlers,
    },
    exports: businessExports,
    ...(files
      ? {
          routes: (app, services) => {
            addUploadRoute(app, services, files, {
              path: '/api/uploads',
              permission: 'business.import.create',
              maxBytes: LARGEST_UPLOAD,
            })
            addDownloadRoute(app, services, files)
          },
        }
      : {}),
  })
}
