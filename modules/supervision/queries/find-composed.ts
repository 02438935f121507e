import type { RequestContext } from '@hengjian/platform/context'
import { scopeOf } from '@hengjian/platform/context'
import { keysetRows, rangeOf, type SortKey } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, gte, ilike, inArray, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { ComposedIndicator, ComposedVersion } from '../composition/composed-record.ts'
import type { ComposedVersionView, ComposedView, supervisionContract } from '../contract.ts'
import { mayDecideVersion } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, unitNamesFor } from '../present.ts'
import { backTest, composedIndicator, composedVersion } from '../tables.ts'
import { inScope } from '../unit-paths.ts'
import { literally } from './find-findings.ts'
import { presentBackTest } from './get-back-test.ts'

/** Versions that wait for the caller's decision. */
export const versionsToDecide = (ctx: RequestContext): SQL | undefined =>
  ctx.actor.permissions.has('supervision.indicator.approve')
    ? and(
        eq(composedVersion.state, 'submitted'),
        ne(composedVersion.proposedBy, ctx.actor.id),
        sql`starts_with(${composedVersion.proposedPath}, ${ctx.actor.unitPath})`,
      )
    : sql`false`

const sortKeys = {
  createdAt: { by: composedIndicator.createdAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Composed indicators of the units within the caller's scope, newest first. */
export const findComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findComposed> =>
  async (ctx, input) => {
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      composedIndicator,
      sortKeys,
      input.sort ?? '-createdAt',
      input,
      and(
        gte(composedIndicator.unitPath, lo),
        lt(composedIndicator.unitPath, hi),
        input.state ? eq(composedIndicator.switchedOn, input.state === 'on') : undefined,
        input.text
          ? or(
              ilike(composedIndicator.code, literally(input.text)),
              ilike(composedIndicator.title, literally(input.text)),
            )
          : undefined,
      ),
    )
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.map((row) => row.unitPath),
    )
    const states = await newestStates(
      ctx,
      rows.map((row) => row.code),
    )
    return {
      items: rows.map((row) => ({
        ...viewOf(row, units),
        newestState: states.get(`${row.code} ${row.newest}`) ?? 'draft',
      })),
      nextCursor,
    }
  }

/** One of them with all its versions and its latest back-tests. */
export const getComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.getComposed> =>
  async (ctx, { code }) => {
    const [row] = await ctx.db.select().from(composedIndicator).where(eq(composedIndicator.code, code))
    if (!row || !inScope(ctx.actor, row.unitPath)) throw new Problem(platformErrors.not_found)
    const versions = await ctx.db
      .select()
      .from(composedVersion)
      .where(eq(composedVersion.code, code))
      .orderBy(desc(composedVersion.number))
    const tests = await ctx.db
      .select()
      .from(backTest)
      .where(eq(backTest.code, code))
      .orderBy(desc(backTest.requestedAt))
      .limit(20)
    const units = await unitNamesFor(ctx, ports, [row.unitPath, ...tests.map((test) => test.unitPath)])
    const may = (permission: string) => ctx.actor.permissions.has(permission)
    return {
      ...(await presentComposed(ctx, ports, row)),
      versions: versions.map((version) => presentVersion(ctx, row, version)),
      backTests: tests.map((test) => presentBackTest(test, units)),
      allowed: [
        ...(may('supervision.indicator.compose') ? (['save'] as const) : []),
        ...(row.switchedOn && may('supervision.indicator.update') ? (['switch_off'] as const) : []),
      ],
    }
  }

const viewOf = (row: ComposedIndicator, units: ReadonlyMap<string, string>) => ({
  code: row.code,
  title: row.title,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  published: row.published,
  switchedOn: row.switchedOn,
  newest: row.newest,
  createdByName: row.createdByName,
  createdAt: row.createdAt.toISOString(),
})

type NewestState = ComposedView['newestState']

/** States of versions, by code and number. */
async function newestStates(
  ctx: RequestContext,
  codes: readonly string[],
): Promise<Map<string, NewestState>> {
  if (codes.length === 0) return new Map()
  const rows = await ctx.db
    .select({ code: composedVersion.code, number: composedVersion.number, state: composedVersion.state })
    .from(composedVersion)
    .where(inArray(composedVersion.code, [...codes]))
  return new Map(rows.map((row) => [`${row.code} ${row.number}`, row.state as NewestState]))
}

/** A composed indicator; the state of its newest version is read where the caller does not know it. */
export async function presentComposed(
  ctx: RequestContext,
  ports: SupervisionPorts,
  row: ComposedIndicator,
  newestState?: NewestState,
): Promise<ComposedView> {
  const units = await unitNamesFor(ctx, ports, [row.unitPath])
  const state =
    newestState ?? (await newestStates(ctx, [row.code])).get(`${row.code} ${row.newest}`) ?? 'draft'
  return { ...viewOf(row, units), newestState: state }
}

function presentVersion(
  ctx: RequestContext,
  indicator: ComposedIndicator,
  row: ComposedVersion,
): ComposedVersionView {
  const { actor } = ctx
  const forbidden = mayDecideVersion(actor, row)
  const submitted = row.state === 'submitted'
  const own = row.proposedBy === actor.id && row.state === 'draft'
  const runs = indicator.switchedOn && indicator.published === row.number
  const may = (permission: string) => actor.permissions.has(permission)
  return {
    number: row.number,
    state: row.state as ComposedVersionView['state'],
    title: row.composition.title,
    sentence: String(row.definition['sentence']),
    composition: row.composition,
    proposedByName: row.proposedByName,
    savedAt: row.savedAt.toISOString(),
    submittedAt: isoOrNull(row.submittedAt),
    reason: row.reason,
    decidedByName: row.decidedByName,
    decidedAt: isoOrNull(row.decidedAt),
    opinion: row.opinion,
    allowed: [
      ...(own && may('supervision.indicator.compose') ? (['save', 'submit'] as const) : []),
      ...(submitted && !forbidden && may('supervision.indicator.approve')
        ? (['approve', 'refuse'] as const)
        : []),
      ...(row.state === 'approved' && !runs && may('supervision.indicator.update')
        ? (['switch_on'] as const)
        : []),
    ],
    refusedBecause: submitted && forbidden ? forbidden.title : null,
  }
}
