/** The house: an explicit list of modules, and the ports by which they meet. */
import {
  administrationGuardedTables,
  administrationJobs,
  administrationPermissions,
  calendarOf,
  createAdministrationModule,
  createParameterReader,
  type DictionarySeed,
  ensureDictionaries,
  numberParameters,
  officeHoursOf,
  openJobControl,
  type ParameterDefinition,
  shippedParameters,
  standardDictionaries,
} from '@hengjian/administration'
import {
  amendment,
  type BusinessPorts,
  businessFileReferences,
  businessKinds,
  createBusinessModule,
  httpExternalChecks,
  type ImportPorts,
  importHandler,
  recordFacts,
  subjectLinksOf,
  transaction,
  transactionFacts,
  transactionHold,
  transactionStep,
  transactionsOf,
} from '@hengjian/business'
import { businessPermissions } from '@hengjian/business/contract'
import {
  createIdentityModule,
  ensureBuiltInRoles,
  findUnitsByPath,
  forgetSessions,
  identityGuardedTables,
  identityPermissionSource,
  localRegionsByUnit,
  localRegionsOf,
  type PermissionSource,
  permissionCatalogue,
  readSecuritySettingsFrom,
  rootPaths,
  securityParameters,
  unitsByCode,
  userOf,
  usersHolding,
} from '@hengjian/identity'
import { createNotificationsModule } from '@hengjian/notifications'
import { newId, type RequestContext, scopeOf, systemActor } from '@hengjian/platform/context'
import { fileJobs } from '@hengjian/platform/files'
import type { GuardedTable } from '@hengjian/platform/guard'
import type { CallLimits, ModuleManifest } from '@hengjian/platform/http'
import { runAs } from '@hengjian/platform/http'
import { type JobHandler, pruneHandler } from '@hengjian/platform/jobs'
import { lakeUpkeep } from '@hengjian/platform/lake'
import { ensureInstitutions, institutionsByName, namesOf, registryModule } from '@hengjian/registry'
import { institutionKind } from '@hengjian/registry/contract'
import {
  createSupervision,
  permitRuleOf,
  type Supervision,
  type SupervisionOptions,
  type SupervisionPorts,
  supervisionGuardedTables,
  supervisionParameters,
  supervisionPermissions,
  warningsOf,
  withdrawAuthorisations,
} from '@hengjian/supervision'
import { limitParameters, readLimits } from './call-limits.ts'
import type { AppServices } from './services.ts'

/** Names and permissions of every module. */
export const permissionSources: readonly PermissionSource[] = [
  identityPermissionSource,
  registryModule,
  { name: 'business', permissions: businessPermissions },
  { name: 'supervision', permissions: supervisionPermissions },
  { name: 'administration', permissions: administrationPermissions },
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

/** Code lists of the standards, and the kinds of business. */
const dictionaries: readonly DictionarySeed[] = [
  ...standardDictionaries,
  {
    code: 'business_kind',
    name: '业务类型',
    entries: businessKinds.map(({ code, title }) => ({ code, name: title })),
  },
]

/** Jobs in words. */
const jobTitles: Readonly<Record<string, string>> = {
  'supervision.run-analysis': '异常业务研判',
  'supervision.give-up-analysis': '研判任务终止',
  'supervision.give-up-back-test': '指标回测终止',
  'supervision.run-back-test': '自编指标回测',
  'supervision.schedule-daily-analysis': '安排每日研判',
  'supervision.schedule-monthly-analysis': '安排每月研判',
  'supervision.expire-authorisations': '业务授权到期',
  'supervision.remind-overdue-cases': '嫌疑业务催办',
  'supervision.push-case': '推送队伍管理系统',
  'supervision.reopen-findings': '恢复到期的暂不处理结果',
  'business.import-file': '数据导入',
  'administration.verify-integrity': '完整性校验',
  'files.make-thumbnail': '生成缩略图',
  'files.rescan': '补做病毒扫描',
  'files.sweep': '清理无人引用的文件',
  'lake.compact': '分析数据合并',
  'lake.verify': '分析数据校验',
  'platform.prune': '清理过期任务记录',
}

/** Tables whose rows the nightly sweep looks at. */
export const guardedTables: readonly GuardedTable[] = [
  ...identityGuardedTables,
  transaction,
  transactionStep,
  amendment,
  ...supervisionGuardedTables,
  ...administrationGuardedTables,
]

/** Parameters of every module, which administration keeps. */
const parameters: readonly ParameterDefinition[] = [
  ...shippedParameters,
  ...numberParameters(supervisionParameters, { min: 0, max: 365 }),
  ...securityParameters,
  ...limitParameters,
]

/** The modules of one process. */
export interface House {
  readonly modules: readonly ModuleManifest[]
  readonly jobs: readonly JobHandler[]
  readonly supervision: Supervision
  /** How many calls are taken. */
  readonly limits: () => Promise<CallLimits>
  /** Most rows of one export for the caller's unit. */
  exportRowLimitOf(ctx: RequestContext): Promise<number>
  /** Give back what was opened for it; the services stay. */
  close(): Promise<void>
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
  const reader = createParameterReader(parameters)
  readSecuritySettingsFrom(services.database, reader.valueOf)
  const jobControl = openJobControl(services.jobsUrl, (error) => log.error({ err: error }, 'job queue'))
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
    permitRuleOf,
    namesOf,
    unitNamesOf,
    calendarOf,
    officeHoursOf: (ctx, unitPath) => officeHoursOf(reader, ctx, unitPath),
    warningsOf,
    onWithdrawn: withdrawAuthorisations,
  }
  const analyst = scopeOf(systemActor('analysis'))
  const hold = transactionHold(business)
  const ports: SupervisionPorts = {
    transactions: { ...hold, facts: (ctx, id) => transactionFacts(ctx, business, id) },
    store: {
      dialect: 'duckdb',
      query: (sql, signal) => lake.query(analyst, sql, undefined, signal),
      session: (work) => lake.session(analyst, (ask) => work((sql, signal) => ask(sql, undefined, signal))),
    },
    askLake: (scope, sql, parameters, signal) => lake.query(scope, sql, parameters, signal),
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
    parameterOf: (ctx, name, unitPath) => reader.numberOf(ctx, name, unitPath),
    recordInvestigation: async (ctx, { transactionId, caseId, openedAt }) => {
      const { unitId, unitPath } = ctx.actor
      await recordFacts(ctx, 'investigation', [
        { transactionId, caseId, openedAt, occurredAt: openedAt, unitId, unitPath },
      ])
    },
    transactionsOf: (ctx) => transactionsOf(ctx, business),
    subjectLinksOf,
  }
  const supervision = createSupervision({ ports, ...options })
  guards.push(supervision.guard)
  await supervision.start(services)
  const jobs = [
    ...supervision.jobs,
    importHandler({ lake, files, ports: importPorts }),
    ...administrationJobs({ guardedTables }),
    ...lakeUpkeep(lake),
    ...fileJobs({
      files,
      references: businessFileReferences,
      graceDays: (ctx) => reader.numberOf(ctx, 'files.unreferenced_days', '/'),
    }),
    pruneHandler,
  ]
  await runAs(services, systemActor('start'), { requestId: newId(), clientAddress: '' }, async (ctx) => {
    await ensureDictionaries(ctx, dictionaries)
    await ensureBuiltInRoles(ctx, permissionCatalogue(permissionSources))
  })
  return {
    modules: [
      createIdentityModule({
        otherModules: permissionSources.filter((one) => one !== identityPermissionSource),
      }),
      registryModule,
      createBusinessModule(business, files),
      supervision.manifest,
      createAdministrationModule({
        parameters,
        guardedTables,
        jobTitles,
        jobControl,
        unitNamesOf,
        parameterChanged: (database) => forgetSessions(database),
      }),
      createNotificationsModule(),
    ],
    jobs,
    supervision,
    limits: readLimits(services, reader),
    exportRowLimitOf: (ctx) => reader.numberOf(ctx, 'platform.export_rows', ctx.actor.unitPath),
    close: () => jobControl.close(),
  }
}
