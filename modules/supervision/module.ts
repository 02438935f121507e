/** Supervision: manifest, guard, jobs. The composition root gives the ports. */
import type { StepGuard } from '@hengjian/business'
import type { IndicatorDefinition, RunPlan } from '@hengjian/indicators'
import type { Actor, Origin, RequestContext, Services } from '@hengjian/platform/context'
import { defineModule, type Handler, type ModuleManifest, runAs } from '@hengjian/platform/http'
import type { JobHandler } from '@hengjian/platform/jobs'
import { evaluationsOf } from './analysis/evaluations-of.ts'
import { planTogether } from './analysis/share-work.ts'
import { acceptThresholdAdvice } from './commands/accept-threshold-advice.ts'
import { acknowledgeWarning } from './commands/acknowledge-warning.ts'
import { assignCase } from './commands/assign-case.ts'
import { cancelBackTest } from './commands/cancel-back-test.ts'
import { cancelRun } from './commands/cancel-run.ts'
import { grantAuthorisation, refuseAuthorisation } from './commands/decide-authorisation.ts'
import { approveComposed, refuseComposed, submitComposed } from './commands/decide-composed.ts'
import {
  approveSettingChange,
  refuseSettingChange,
  withdrawSettingChange,
} from './commands/decide-setting-change.ts'
import { recordInvestigation, startInvestigation, submitCase } from './commands/investigate-case.ts'
import { liftSuppression } from './commands/lift-suppression.ts'
import { openCase } from './commands/open-case.ts'
import { renewAuthorisation } from './commands/renew-authorisation.ts'
import { reopenCase } from './commands/reopen-case.ts'
import { repeatAnalysis } from './commands/repeat-analysis.ts'
import { repeatCasePush } from './commands/repeat-case-push.ts'
import { reviewCase } from './commands/review-case.ts'
import { createComposed, saveComposed } from './commands/save-composed.ts'
import { setPushThreshold } from './commands/set-push-threshold.ts'
import { checkIndicators, startAnalysis } from './commands/start-analysis.ts'
import { startBackTest } from './commands/start-back-test.ts'
import { suppressFinding } from './commands/suppress-finding.ts'
import { switchComposed } from './commands/switch-composed.ts'
import { updateIndicatorSetting } from './commands/update-indicator-setting.ts'
import { supervisionContract } from './contract.ts'
import { addFiguresRoute } from './discipline/figures-route.ts'
import { supervisionExports } from './exports.ts'
import { createIndicatorGuard, type IndicatorGuardOptions } from './guard.ts'
import { createIndicatorBook, type IndicatorBook } from './indicator-book.ts'
import { indicatorDefinitions } from './indicators/index.ts'
import { expireAuthorisationsHandler } from './jobs/expire-authorisations.handler.ts'
import { pushCaseHandler } from './jobs/push-case.handler.ts'
import { remindOverdueCasesHandler } from './jobs/remind-overdue-cases.handler.ts'
import { reopenFindingsHandler } from './jobs/reopen-findings.handler.ts'
import {
  type AnalysisWatch,
  giveUpAnalysisHandler,
  runAnalysis,
  runAnalysisHandler,
} from './jobs/run-analysis.handler.ts'
import { giveUpBackTestHandler, runBackTestHandler } from './jobs/run-back-test.handler.ts'
import { scheduleAnalysisHandlers } from './jobs/schedule-analysis.handler.ts'
import { supervisionPermissions } from './permissions.ts'
import type { SupervisionPorts } from './ports.ts'
import { countWarnings } from './queries/count-warnings.ts'
import { findAuthorisations } from './queries/find-authorisations.ts'
import { findBackTestFacts } from './queries/find-back-test-facts.ts'
import { checkComposition, findBlocks } from './queries/find-blocks.ts'
import { findCasePushes } from './queries/find-case-pushes.ts'
import { countCases, findCases } from './queries/find-cases.ts'
import { findComposed, getComposed } from './queries/find-composed.ts'
import { findFindingFacts } from './queries/find-finding-facts.ts'
import { findFindingHistory } from './queries/find-finding-history.ts'
import { countFindings, findFindings } from './queries/find-findings.ts'
import { findIndicators, getIndicator } from './queries/find-indicators.ts'
import { findOutcomes } from './queries/find-outcomes.ts'
import { findRunChanges } from './queries/find-run-changes.ts'
import { findRuns, getRun } from './queries/find-runs.ts'
import { findSettingChanges } from './queries/find-setting-changes.ts'
import { findSettingHistory } from './queries/find-setting-history.ts'
import { findSuppressions } from './queries/find-suppressions.ts'
import { findThemeFigures } from './queries/find-theme-figures.ts'
import { findThemeRecords } from './queries/find-theme-records.ts'
import { findThresholdAdvice } from './queries/find-threshold-advice.ts'
import { findWarnings } from './queries/find-warnings.ts'
import { getAuthorisation } from './queries/get-authorisation.ts'
import { getBackTest } from './queries/get-back-test.ts'
import { getCase } from './queries/get-case.ts'
import { getFinding } from './queries/get-finding.ts'
import { getWorkbench } from './queries/get-workbench.ts'
import { listThemes } from './queries/list-themes.ts'
import { outcomesReport } from './reports/outcomes-report.ts'
import { themeReport } from './reports/theme-report.ts'

/** What the composition root gives and may replace. */
export interface SupervisionOptions {
  readonly ports: SupervisionPorts
  /** Default: the shipped indicators. */
  readonly definitions?: readonly IndicatorDefinition[]
  readonly onEvaluated?: IndicatorGuardOptions['onEvaluated']
}

/** What a run is asked for: chosen indicators over a period, or what the schedule would judge again. */
export type AnalysisRequest = Parameters<Handler<typeof supervisionContract.startAnalysis>>[1]
export type RepeatRequest = Parameters<Handler<typeof supervisionContract.repeatAnalysis>>[1]
/** A run with the outcome of each of its indicators. */
export type RunDetail = Awaited<ReturnType<Handler<typeof supervisionContract.getRun>>>

/** The module in use. */
export interface Supervision {
  readonly manifest: ModuleManifest
  /** Registered with `business`. */
  readonly guard: StepGuard
  readonly jobs: readonly JobHandler[]
  readonly book: IndicatorBook
  /** Start a run as `actor` and carry it out in this process: the command line. */
  analyse(
    services: Services,
    actor: Actor,
    origin: Origin,
    input: AnalysisRequest | RepeatRequest,
    watch?: AnalysisWatch,
  ): Promise<RunDetail>
  /** How a run would be carried out: what its indicators share, and which read the facts by themselves. */
  explain(
    services: Services,
    actor: Actor,
    origin: Origin,
    input: AnalysisRequest,
  ): Promise<RunPlan & { readonly codes: readonly string[] }>
  /** Publish the indicators. Before the first transaction is handled, in every process. */
  start(services: Services): Promise<void>
}

/** Put the module together. Throws `DefinitionFault` when an indicator is faulty: the process must not start. */
export function createSupervision(options: SupervisionOptions): Supervision {
  const { ports } = options
  const book = createIndicatorBook(options.definitions ?? indicatorDefinitions)
  return {
    book,
    guard: createIndicatorGuard({
      book,
      ports,
      ...(options.onEvaluated ? { onEvaluated: options.onEvaluated } : {}),
    }),
    start: (services) => book.publish(services),
    async analyse(services, actor, origin, input, watch) {
      const as = <T>(work: (ctx: RequestContext) => Promise<T>) => runAs(services, actor, origin, work)
      const start = async (ctx: RequestContext): Promise<{ id: string }> =>
        'extent' in input
          ? freshBook(book)(repeatAnalysis(book, ports))(ctx, input)
          : freshBook(book)(startAnalysis(book, ports))(ctx, input)
      const { id } = await as(start)
      await runAnalysis(services, book, ports, id, watch)
      return as((ctx) => getRun(book, ports)(ctx, { id }))
    },
    explain: (services, actor, origin, input) =>
      runAs(services, actor, origin, async (ctx) => {
        await book.refresh(ctx)
        const unitPath = input.unitPath ?? actor.unitPath
        const { codes, overrides, from, to } = input
        await checkIndicators(ctx, book, ports, { codes, overrides, period: { from, to }, unitPath })
        const items = codes.map((code) => ({ code, from, to }))
        const evaluations = await evaluationsOf(ctx, book, ports, { unitPath, overrides, plan: null }, items)
        return {
          codes,
          ...(planTogether(ports.store.dialect, evaluations) ?? { tables: [], statements: [] }),
        }
      }),
    jobs: [
      runAnalysisHandler(book, ports),
      giveUpAnalysisHandler,
      runBackTestHandler(ports),
      giveUpBackTestHandler,
      ...scheduleAnalysisHandlers(book, ports),
      expireAuthorisationsHandler(),
      pushCaseHandler(),
      remindOverdueCasesHandler(ports),
      reopenFindingsHandler(),
    ],
    manifest: manifestOf(book, ports),
  }
}

/** An operation that asks the book, after the book has been told what was composed since. */
const freshBook =
  (book: IndicatorBook) =>
  <I, O>(handler: (ctx: RequestContext, input: I) => Promise<O>) =>
  async (ctx: RequestContext, input: I): Promise<O> => {
    await book.refresh(ctx)
    return handler(ctx, input)
  }

const manifestOf = (book: IndicatorBook, ports: SupervisionPorts): ModuleManifest => {
  const fresh = freshBook(book)
  return defineModule({
    name: 'supervision',
    permissions: supervisionPermissions,
    contract: supervisionContract,
    handlers: {
      findWarnings: findWarnings(ports),
      acknowledgeWarning: acknowledgeWarning(ports),
      countWarnings: countWarnings(ports),
      findAuthorisations: findAuthorisations(ports),
      getAuthorisation: getAuthorisation(ports),
      grantAuthorisation: grantAuthorisation(ports),
      refuseAuthorisation: refuseAuthorisation(ports),
      renewAuthorisation: renewAuthorisation(ports),
      findIndicators: fresh(findIndicators(book)),
      getIndicator: fresh(getIndicator(book, ports)),
      updateIndicatorSetting: fresh(updateIndicatorSetting(book, ports)),
      findThresholdAdvice: fresh(findThresholdAdvice(book, ports)),
      acceptThresholdAdvice: fresh(acceptThresholdAdvice(book, ports)),
      findSettingHistory: fresh(findSettingHistory(book, ports)),
      findSettingChanges: fresh(findSettingChanges(book, ports)),
      approveSettingChange: fresh(approveSettingChange(book, ports)),
      refuseSettingChange: fresh(refuseSettingChange(book, ports)),
      withdrawSettingChange: fresh(withdrawSettingChange(book, ports)),
      findBlocks,
      checkComposition,
      createComposed: createComposed(ports),
      saveComposed: saveComposed(ports),
      submitComposed: submitComposed(ports),
      approveComposed: approveComposed(ports),
      refuseComposed: refuseComposed(ports),
      switchComposed: switchComposed(ports),
      findComposed: findComposed(ports),
      getComposed: getComposed(ports),
      startBackTest: startBackTest(ports),
      cancelBackTest: cancelBackTest(ports),
      getBackTest: getBackTest(ports),
      findBackTestFacts: findBackTestFacts(ports),
      startAnalysis: fresh(startAnalysis(book, ports)),
      repeatAnalysis: fresh(repeatAnalysis(book, ports)),
      findRuns: findRuns(ports),
      getRun: fresh(getRun(book, ports)),
      findRunChanges: findRunChanges(ports),
      cancelRun: cancelRun(ports),
      findFindings: findFindings(ports),
      getFinding: getFinding(ports),
      findFindingHistory: findFindingHistory(ports),
      findFindingFacts: fresh(findFindingFacts(book, ports)),
      countFindings: countFindings(ports),
      suppressFinding: suppressFinding(ports),
      findSuppressions: findSuppressions(ports),
      liftSuppression: liftSuppression(ports),
      openCase: openCase(ports),
      findCases: findCases(ports),
      getCase: getCase(ports),
      assignCase: assignCase(ports),
      startInvestigation: startInvestigation(ports),
      recordInvestigation: recordInvestigation(ports),
      submitCase: submitCase(ports),
      reviewCase: reviewCase(ports),
      reopenCase: reopenCase(ports),
      findOutcomes: fresh(findOutcomes(book, ports)),
      countCases: fresh(countCases(book, ports)),
      setPushThreshold: fresh(setPushThreshold(book, ports)),
      findCasePushes: findCasePushes(),
      repeatCasePush: repeatCasePush(),
      getWorkbench: getWorkbench(ports),
      listThemes: listThemes(),
      findThemeFigures: findThemeFigures(ports),
      findThemeRecords: findThemeRecords(ports),
    },
    exports: supervisionExports,
    reports: { findThemeFigures: themeReport(ports), findOutcomes: outcomesReport(ports) },
    routes: (app, services) => addFiguresRoute(app, services, book, ports),
  })
}
