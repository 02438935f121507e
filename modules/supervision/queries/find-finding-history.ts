import { keysetRows, type SortKey } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, inArray } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { FindingState } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, unitNamesFor } from '../present.ts'
import { finding, findingChange } from '../tables.ts'
import { figuresOf, pathsIn, presentCauses } from './find-run-changes.ts'

const sortKeys = { foundAt: { by: finding.foundAt, type: 'timestamptz' } } as const satisfies Record<
  string,
  SortKey
>

/** What was said of the same crossing, indicator, group and period, one judgment after the other. */
export const findFindingHistory =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findFindingHistory> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(finding).where(eq(finding.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found)
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      finding,
      sortKeys,
      '-foundAt',
      input,
      and(
        eq(finding.code, row.code),
        eq(finding.periodFrom, row.periodFrom),
        eq(finding.period, row.period),
        eq(finding.variant, row.variant),
        eq(finding.groupKey, row.groupKey),
        eq(finding.unitPath, row.unitPath),
      ),
    )
    const changes =
      rows.length === 0
        ? []
        : await ctx.db
            .select()
            .from(findingChange)
            .where(
              inArray(
                findingChange.findingId,
                rows.map(({ id }) => id),
              ),
            )
    const units = await unitNamesFor(
      ctx,
      ports,
      changes.flatMap((change) => pathsIn(change.causes)),
    )
    const items = rows.map((each) => {
      const own = changes.filter((change) => change.findingId === each.id)
      const born = own.find(({ kind }) => kind !== 'vanished')
      const gone = own.find(({ kind }) => kind === 'vanished')
      return {
        id: each.id,
        foundAt: each.foundAt.toISOString(),
        vanishedAt: isoOrNull(gone?.at ?? null),
        state: each.state as FindingState,
        unit: each.unit,
        comparison: each.comparison,
        figures: figuresOf(each),
        // The run that says it now may be a later one, which confirmed it.
        runId: born?.runId ?? null,
        worsened: Boolean(born?.worsenedCaseId),
        causes: presentCauses(born?.causes ?? [], units),
        vanishedBecause: presentCauses(gone?.causes ?? [], units),
      }
    })
    return { items, nextCursor }
  }
