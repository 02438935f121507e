/** The house: an explicit list of modules, and the ports by which they meet. */
import {
  amendment,
  type BusinessPorts,
  createBusinessModule,
  httpExternalChecks,
  type ImportPorts,
  importHandler,
  recordFacts,
  transaction,
  transactionFacts,
  transactionHold,
  transactionStep,
  transactionsOf,
} from '@hengjian/business'
import { businessPermissions } from '@hengjian/business/contract'
import {
  createIdentityModule,
  findUnitsByPath,
  identityGuardedTables,
  identityPermissionSource,
  localRegionsByUnit,
  localRegionsOf,
  type PermissionSource,
  rootPaths,
  unitsByCode,
  userOf,
  usersHolding,
} from '@hengjian/identity'
import { createNotificationsModule } from '@hengjian/notifications'
import { type RequestContext, scopeOf, systemActor } from '@hengjian/platform/context'
import type { GuardedTable } from '@hengjian/platform/guard'
import type { ModuleManifest } from '@hengjian/platform/http'
import { type JobHandler, pruneHandler } from '@hengjian/platform/jobs'
import { lakeUpkeep } from '@hengjian/platform/lake'
import { ensureInstitutions, institutionsByName, namesOf, registryModule } from '@hengjian/registry'
import { institutionKind } from '@hengjian/registry/contract'
import {
  createSupervision,
  publishedCalendar,
  type Supervision,
  type SupervisionOptions,
  type SupervisionPorts,
  supervisionGuardedTables,
  supervisionPermissions,
  warningsOf,
  withdrawAuthorisations,
} from '@hengjian/supervision'
import { sweepGuardedHandler } from './jobs/sweep-guarded.handler.ts'
import type { AppServices } from './services.ts'

/** Names and permissions of every module. */
export const permissionSources: readonly PermissionSource[] = [
  identityPermissionSource,
  registryModule,
  { name: 'business', permissions: businessPermissions },
  { name: 'supervision', permissions: supervisionPermissions },
]

/** Units and institutions as imports ask for them. */
export const importPorts: ImportPorts = {
  institutionsOf: institutionsByName,
  createInstitutions: async (ctx, institutions) => {
    await ensureInstitutions(
      ctx,
      institutions.map((one) => ({ ...one, kind: institutionKind.parse(one.kind) })),
    )
  },
  unitsByCode,
}

/** Tables whose rows the nightly sweep looks at. */
const guardedTables: readonly GuardedTable[] = [
  ...identityGuardedTables,
  transaction,
  transactionStep,
  amendment,
  ...supervisionGuardedTables,
]

/** The modules of one process. */
export interface House {
  readonly modules: readonly ModuleManifest[]
  readonly jobs: readonly JobHandler[]
  readonly supervision: Supervision
}

export interface HouseOptions {
  /** Hears of every evaluation of the in-process indicators (benchmarks). */
  onEvaluated?: NonNullable<SupervisionOptions['onEvaluated']>
}

const unitNamesOf = async (ctx: RequestContext, paths: readonly string[]) =>
  new Map([...(await findUnitsByPath(ctx, paths))].map(([path, unit]) => [path, unit.name]))

/** Put the modules together for one process. Throws when one of them cannot start. */
export async function composeModules(services: AppServices, options: HouseOptions = {}): Promise<House> {
  const { config, log, lake, files } = services
  const calendarOf = async () => publishedCalendar
  const guards: BusinessPorts['guards'][number][] = []
  const business: BusinessPorts = {
    guards,
    externalChecks: config.externalChecksUrl
      ? httpExternalChecks({
          baseUrl: config.externalChecksUrl,
          onFailure: (kind, error) => log.warn({ kind, err: error }, 'external check failed'),
        })
      : null,
    localRegionsOf,
    namesOf,
    unitNamesOf,
    calendarOf,
    warningsOf,
    onWithdrawn: withdrawAuthorisations,
  }
  const analyst = scopeOf(systemActor('analysis'))
  const hold = transactionHold(business)
  const ports: SupervisionPorts = {
    transactions: { ...hold, facts: (ctx, id) => transactionFacts(ctx, business, id) },
    store: { dialect: 'duckdb', query: (sql) => lake.query(analyst, sql) },
    unitNamesOf,
    namesOf,
    holdersOf: async (ctx, permission, unitPath, how) =>
      (await usersHolding(ctx, permission, unitPath))
        .filter((holder) => how?.orAbove || holder.unitPath === unitPath)
        .map((holder) => holder.id),
    userOf,
    scheduledUnits: rootPaths,
    localRegionsOf,
    localRegions: localRegionsByUnit,
    calendarOf,
    parameterOf: async () => null,
    recordInvestigation: async (ctx, { transactionId, caseId, openedAt }) => {
      const { unitId, unitPath } = ctx.actor
      await recordFacts(ctx, 'investigation', [
        { transactionId, caseId, openedAt, occurredAt: openedAt, unitId, unitPath },
      ])
    },
    transactionsOf: (ctx) => transactionsOf(ctx, business),
  }
  const supervision = createSupervision({ ports, ...options })
  guards.push(supervision.guard)
  await supervision.start(services)
  return {
    modules: [
      createIdentityModule({
        otherModules: permissionSources.filter((one) => one !== identityPermissionSource),
      }),
      registryModule,
      createBusinessModule(business, files),
      supervision.manifest,
      createNotificationsModule(),
    ],
    jobs: [
      ...supervision.jobs,
      importHandler({ lake, files, ports: importPorts }),
      sweepGuardedHandler(guardedTables),
      ...lakeUpkeep(lake),
      pruneHandler,
    ],
    supervision,
  }
}
