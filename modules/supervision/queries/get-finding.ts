import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, ne } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentExplanation, unitNamesFor, withSubjectLinks } from '../present.ts'
import { caseNumbersOf, presentFinding } from '../present-analysis.ts'
import { finding } from '../tables.ts'

/** Earlier findings shown beside one. */
const EARLIER = 12

/** One finding with its explanation and what the same indicator found of the same group in other periods. */
export const getFinding =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.getFinding> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(finding).where(eq(finding.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, finding, row)
    const earlier = await ctx.db
      .select()
      .from(finding)
      .where(
        and(
          eq(finding.code, row.code),
          eq(finding.variant, row.variant),
          eq(finding.subjectKey, row.subjectKey),
          eq(finding.groupKey, row.groupKey),
          ne(finding.id, row.id),
          ne(finding.state, 'superseded'),
        ),
      )
      .orderBy(desc(finding.periodTo), desc(finding.id))
      .limit(EARLIER)
    const units = await unitNamesFor(
      ctx,
      ports,
      [row, ...earlier].map((each) => each.unitPath),
    )
    const cases = await caseNumbersOf(ctx, [row, ...earlier])
    const may = (permission: string, event: 'JOIN_CASE' | 'SUPPRESS') =>
      ctx.actor.permissions.has(permission) && nextFinding(row.state as FindingState, event) !== null
    const [view] = await withSubjectLinks(ctx, ports, [presentFinding(row, units, cases)])
    return {
      ...view!,
      explanation: presentExplanation(row.explanation, ctx.actor, units),
      suppressedUntil: row.suppressedUntil,
      suppressedReason: row.suppressedReason,
      earlier: earlier.map((each) => presentFinding(each, units, cases)),
      allowed: [
        ...(may('supervision.case.open', 'JOIN_CASE') ? (['open_case'] as const) : []),
        ...(may('supervision.finding.suppress', 'SUPPRESS') ? (['suppress'] as const) : []),
      ],
    }
  }
