import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, inArray, ne } from 'drizzle-orm'
import type { AuthorisationView, supervisionContract } from '../contract.ts'
import { authorisationStates, type CaseState, caseStates, warningStates } from '../lifecycle.ts'
import { mayDecide, mayRenew } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, pathsIn, presentAuthorisation, presentWarning, unitNamesFor } from '../present.ts'
import { authorisation, suspectCase, warning } from '../tables.ts'

/** Lines of history about the handler and about the subject, each. */
const HISTORY = 10

/** One authorisation with all a leader needs: transaction, hits with their explanation, what went before. */
export const getAuthorisation =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.getAuthorisation> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(authorisation).where(eq(authorisation.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, authorisation, row)
    const hits = await ctx.db
      .select()
      .from(warning)
      .where(
        inArray(
          warning.id,
          row.hits.map((hit) => hit.warningId),
        ),
      )
      .orderBy(warning.shownAt, warning.id)
    const { facts, steps } = await ports.transactions.facts(ctx, row.transactionId)
    const paths = [
      row.unitPath,
      ...hits.map((hit) => hit.unitPath),
      ...pathsIn(hits.map((hit) => hit.explanation)),
    ]
    const units = await unitNamesFor(ctx, ports, paths)
    return {
      ...presentAuthorisation(row, units),
      hits: hits.map((hit) => presentWarning(hit, ctx.actor, units)),
      facts: facts.map((fact) => ({ ...fact })),
      steps: steps.map((step) => ({ ...step, at: isoOrNull(step.at) })),
      history: await historyOf(ctx, row),
      ...decisionsFor(
        ctx,
        row,
        steps.map((step) => step.operatorId),
      ),
    }
  }

type Row = typeof authorisation.$inferSelect

function decisionsFor(
  ctx: RequestContext,
  row: Row,
  operatorIds: readonly (string | null)[],
): Pick<AuthorisationView, 'allowed' | 'refusedBecause'> {
  if (row.state === 'expired' && !mayRenew(ctx.actor, row))
    return { allowed: ['renew'], refusedBecause: null }
  if (row.state !== 'requested' || !ctx.actor.permissions.has('supervision.authorisation.grant'))
    return { allowed: [], refusedBecause: null }
  const forbidden = mayDecide(ctx.actor, row, operatorIds)
  return forbidden
    ? { allowed: [], refusedBecause: forbidden.title }
    : { allowed: ['grant', 'refuse'], refusedBecause: null }
}

async function historyOf(ctx: RequestContext, row: Row): Promise<AuthorisationView['history']> {
  const subjects = [...new Set(row.hits.map((hit) => hit.subject))]
  const ofHandler = await ctx.db
    .select()
    .from(authorisation)
    .where(and(eq(authorisation.handlerId, row.handlerId), ne(authorisation.id, row.id)))
    .orderBy(desc(authorisation.requestedAt))
    .limit(HISTORY)
  const ofSubject = await ctx.db
    .select()
    .from(warning)
    .where(and(inArray(warning.subjectKey, subjects), ne(warning.transactionId, row.transactionId)))
    .orderBy(desc(warning.shownAt))
    .limit(HISTORY)
  const cases = await ctx.db
    .select()
    .from(suspectCase)
    .where(inArray(suspectCase.subjectKey, subjects))
    .orderBy(desc(suspectCase.openedAt))
    .limit(HISTORY)
  return [
    ...ofHandler.map((each) => ({
      about: 'handler' as const,
      kind: 'authorisation' as const,
      id: each.id,
      title: `${each.serial} ${each.hits.map((hit) => hit.title).join('、')}`,
      state: authorisationStates[each.state as keyof typeof authorisationStates],
      at: each.requestedAt.toISOString(),
      link: `/authorisations/${each.id}`,
    })),
    ...ofSubject.map((each) => ({
      about: 'subject' as const,
      kind: 'warning' as const,
      id: each.id,
      title: `${each.serial} ${each.title}`,
      state: warningStates[each.state as keyof typeof warningStates],
      at: each.shownAt.toISOString(),
      link: `/transactions/${each.transactionId}`,
    })),
    ...cases.map((each) => ({
      about: 'subject' as const,
      kind: 'case' as const,
      id: each.id,
      title: `${each.number} ${each.title}`,
      state: caseStates[each.state as CaseState],
      at: each.openedAt.toISOString(),
      link: `/suspect-cases/${each.id}`,
    })),
  ]
}
