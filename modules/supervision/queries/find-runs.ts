import { keysetRows, type SortKey } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { factLabel } from '../labels.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentRun } from '../present-analysis.ts'
import { analysisRun, runResult } from '../tables.ts'
import { pathsIn, presentCauses } from './find-run-changes.ts'

const sortKeys = {
  requestedAt: { by: analysisRun.requestedAt, type: 'timestamptz' },
  period: { by: analysisRun.periodFrom, type: 'date' },
  findings: { by: analysisRun.findings, type: 'int4' },
} as const satisfies Record<string, SortKey>

/** Runs within the caller's scope, newest first unless told. */
export const findRuns =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findRuns> =>
  async (ctx, input) => {
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      analysisRun,
      sortKeys,
      input.sort ?? '-requestedAt',
      input,
      and(
        input.state ? eq(analysisRun.state, input.state) : undefined,
        input.trigger ? eq(analysisRun.trigger, input.trigger) : undefined,
        input.extent ? eq(analysisRun.extent, input.extent) : undefined,
      ),
    )
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.map((row) => row.unitPath),
    )
    return { items: rows.map((row) => presentRun(row, units)), nextCursor }
  }

/** One run with the outcome of each of its indicators. */
export const getRun =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.getRun> =>
  async (ctx, input) => {
    const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, input.id))
    if (!run) throw new Problem(platformErrors.not_found)
    const results = await ctx.db
      .select()
      .from(runResult)
      .where(eq(runResult.runId, run.id))
      .orderBy(runResult.periodFrom)
    const byCode = Map.groupBy(results, (row) => row.code)
    const causes = results.flatMap((row) => row.comparison?.causes ?? [])
    const units = await unitNamesFor(ctx, ports, [run.unitPath, ...pathsIn(causes)])
    return {
      ...presentRun(run, units),
      overrides: run.overrides.map((each) => ({
        ...each,
        dimensions: each.dimensions?.map((dimension) => ({ ...dimension })),
        parameters: each.parameters as Record<string, number | string | string[] | null> | undefined,
      })),
      changes:
        run.changes?.map(({ fact, month, rows }) => ({
          fact,
          label: factLabel(fact),
          month: month === 'all' ? null : month,
          rows,
        })) ?? null,
      results: run.codes.flatMap((code) => {
        const title = book.definitionOf(code).titleZh
        return (byCode.get(code) ?? []).map((row) => {
          const { runId: _run, unitPath: _unit, periodFrom, periodTo, outcome, comparison, ...rest } = row
          return {
            ...rest,
            from: periodFrom,
            to: periodTo,
            title,
            outcome: outcome as RunOutcome,
            comparison: comparison && {
              ...comparison,
              causes: presentCauses(comparison.causes, units),
            },
          }
        })
      }),
    }
  }

type RunOutcome = 'findings' | 'nothing' | 'missing_fields' | 'failed'
