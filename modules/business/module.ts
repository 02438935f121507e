/** Business handling: manifest. The composition root gives the ports. */
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
import { businessKinds } from './kinds.ts'
import { businessPermissions } from './permissions.ts'
import type { BusinessPorts } from './ports.ts'
import { findPersons, findVehicles, searchRecords, unmaskPerson } from './queries/find-parties.ts'
import { countTransactions, findTransactions } from './queries/find-transactions.ts'
import { getTransaction } from './queries/get-transaction.ts'

const named = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([code, title]) => ({ code, title }))

export function createBusinessModule(ports: BusinessPorts): ModuleManifest {
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
      unmaskPerson,
      searchRecords,
    },
  })
}
