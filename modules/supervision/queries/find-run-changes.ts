import { keysetPage, type SortKey } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { FindingChangeView, FindingFigures, supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { type UnitNames, unitNamesFor } from '../present.ts'
import type { ChangeCause } from '../records.ts'
import { causeWords } from '../rules/change-words.ts'
import { analysisRun, finding, findingChange } from '../tables.ts'

type Finding = typeof finding.$inferSelect

const sortKeys = { at: { by: findingChange.at, type: 'timestamptz' } } as const satisfies Record<
  string,
  SortKey
>
const former = alias(finding, 'former')

/** What a run changed of what was found before: the figures of then and now side by side, and why. */
export const findRunChanges =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findRunChanges> =>
  async (ctx, input) => {
    const [run] = await ctx.db
      .select({ id: analysisRun.id })
      .from(analysisRun)
      .where(eq(analysisRun.id, input.id))
    if (!run) throw new Problem(platformErrors.not_found)
    const page = keysetPage(sortKeys, findingChange.id, input.sort ?? 'at', input)
    const found = await ctx.db
      .select({ change: findingChange, now: finding, before: former, key: page.key })
      .from(findingChange)
      .innerJoin(finding, eq(finding.id, findingChange.findingId))
      .leftJoin(former, eq(former.id, findingChange.previousId))
      .where(
        and(
          eq(findingChange.runId, input.id),
          input.kind ? eq(findingChange.kind, input.kind) : undefined,
          input.code ? eq(findingChange.code, input.code) : undefined,
          page.after,
        ),
      )
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ change }) => change.id)
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.flatMap(({ change }) => [change.unitPath, ...pathsIn(change.causes)]),
    )
    const items = rows.map(({ change, now, before }): FindingChangeView => {
      const vanished = change.kind === 'vanished'
      return {
        id: change.id,
        kind: change.kind as FindingChangeView['kind'],
        findingId: now.id,
        code: now.code,
        title: now.title,
        subjectLabel: now.subjectLabel,
        unitPath: now.unitPath,
        unitName: units.get(now.unitPath) ?? null,
        periodFrom: now.periodFrom,
        periodTo: now.periodTo,
        unit: now.unit,
        comparison: now.comparison,
        before: vanished ? figuresOf(now) : before && figuresOf(before),
        after: vanished ? null : figuresOf(now),
        worsenedCaseId: change.worsenedCaseId,
        causes: presentCauses(change.causes, units),
        at: change.at.toISOString(),
      }
    })
    return { items, nextCursor }
  }

/** What of a finding may differ from one judgment to the next. */
export const figuresOf = (row: Finding): FindingFigures => ({
  measured: row.measured,
  base: row.base,
  deviation: row.deviation,
  threshold: row.threshold,
  sample: row.sample,
  smallSample: row.smallSample,
  version: row.indicatorVersion,
})

/** Units that causes name. */
export const pathsIn = (causes: readonly ChangeCause[]): string[] =>
  causes.flatMap((cause) => (cause.kind === 'settings' ? cause.settings.map(({ unitPath }) => unitPath) : []))

export const presentCauses = (causes: readonly ChangeCause[], units: UnitNames) =>
  causes.map((cause) => ({
    kind: cause.kind,
    text: causeWords(cause, (path) => units.get(path) ?? path),
  }))
