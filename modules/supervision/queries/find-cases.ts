import type { RequestContext } from '@hengjian/platform/context'
import { keysetRows, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import {
  and,
  eq,
  exists,
  gte,
  ilike,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor, withSubjectLinks } from '../present.ts'
import { presentCase } from '../present-analysis.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { finding, suspectCase } from '../tables.ts'
import { under } from '../unit-paths.ts'
import { literally } from './find-findings.ts'

/** Unit in whose hands a case lies. */
const keeper = sql<string>`coalesce(${suspectCase.assignedPath}, ${suspectCase.unitPath})`

const has = (ctx: RequestContext, permission: string): SQL | undefined =>
  ctx.actor.permissions.has(permission) ? undefined : sql`false`

/** Cases nobody was given yet, of the caller's unit and those below. */
export const toAssign = (ctx: RequestContext): SQL | undefined =>
  and(
    has(ctx, 'supervision.case.assign'),
    eq(suspectCase.state, 'pending'),
    isNull(suspectCase.assignedPath),
    under(suspectCase.unitPath, ctx.actor.unitPath),
  )

/** Cases the caller is to investigate: assigned to them, or to their unit without a name. */
export const toInvestigate = (ctx: RequestContext): SQL | undefined =>
  and(
    has(ctx, 'supervision.case.investigate'),
    inArray(suspectCase.state, ['pending', 'investigating', 'returned']),
    or(
      eq(suspectCase.assigneeId, ctx.actor.id),
      and(isNull(suspectCase.assigneeId), eq(suspectCase.assignedPath, ctx.actor.unitPath)),
    ),
  )

/** Cases whose investigation the caller may review. */
export const toReview = (ctx: RequestContext): SQL | undefined =>
  and(
    has(ctx, 'supervision.case.review'),
    eq(suspectCase.state, 'under_review'),
    ne(suspectCase.investigatorId, ctx.actor.id),
    sql`starts_with(${keeper}, ${ctx.actor.unitPath})`,
  )

/** Condition of cases past their deadline, closed late or still open. */
const overdue = (now: Date): SQL =>
  sql`coalesce(${suspectCase.closedAt}, ${now.toISOString()}::timestamptz) > ${suspectCase.dueAt}`

/** Cases that the indicator started or has a finding in. */
const aboutIndicator = (ctx: RequestContext, code: string): SQL | undefined =>
  or(
    eq(suspectCase.code, code),
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(finding)
        .where(and(eq(finding.caseId, suspectCase.id), eq(finding.code, code))),
    ),
  )

const sortKeys = {
  openedAt: { by: suspectCase.openedAt, type: 'timestamptz' },
  dueAt: { by: suspectCase.dueAt, type: 'timestamptz' },
  number: { by: suspectCase.number, type: 'text' },
} as const satisfies Record<string, SortKey>

/** Cases within the caller's scope or assigned to their unit; unless told, queues by deadline, all newest first. */
export const findCases =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findCases> =>
  async (ctx, input) => {
    const queue = {
      all: undefined,
      to_assign: toAssign(ctx),
      mine: toInvestigate(ctx),
      to_review: toReview(ctx),
    }
    const usual = input.queue === 'all' ? '-openedAt' : 'dueAt'
    const late = overdue(ctx.clock.now())
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      suspectCase,
      sortKeys,
      input.sort ?? usual,
      input,
      and(
        queue[input.queue],
        input.state ? eq(suspectCase.state, input.state) : undefined,
        input.outcome ? eq(suspectCase.outcome, input.outcome) : undefined,
        input.code ? aboutIndicator(ctx, input.code) : undefined,
        input.openedFrom ? gte(suspectCase.openedAt, startOfDay(input.openedFrom)) : undefined,
        input.openedTo ? lt(suspectCase.openedAt, endOfDay(input.openedTo)) : undefined,
        input.subjectKey ? eq(suspectCase.subjectKey, input.subjectKey) : undefined,
        input.unitPath
          ? or(under(suspectCase.unitPath, input.unitPath), under(suspectCase.assignedPath, input.unitPath))
          : undefined,
        input.overdue === undefined ? undefined : input.overdue ? late : sql`NOT (${late})`,
        input.worsened === undefined
          ? undefined
          : input.worsened
            ? isNotNull(suspectCase.worsenedAt)
            : isNull(suspectCase.worsenedAt),
        input.text
          ? or(
              ilike(suspectCase.number, literally(input.text)),
              ilike(suspectCase.title, literally(input.text)),
              ilike(suspectCase.subjectLabel, literally(input.text)),
            )
          : undefined,
      ),
    )
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.flatMap((row) => [row.unitPath, row.assignedPath]),
    )
    const views = rows.map((row) => presentCase(row, units, ctx.clock.now()))
    return { items: await withSubjectLinks(ctx, ports, views), nextCursor }
  }

/** Numbers, timeliness, quality and confirmed share of cases (SUP-22). */
export const countCases =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.countCases> =>
  async (ctx, input) => {
    const gathered = ctx.db
      .selectDistinct({ caseId: finding.caseId, code: finding.code })
      .from(finding)
      .where(input.by === 'code' ? isNotNull(finding.caseId) : sql`false`)
      .as('gathered')
    const key: Record<typeof input.by, SQL> = {
      unit: sql`${keeper}`,
      // Findings of several indicators may have gathered in one case: it counts for each of them.
      code: sql`coalesce(${gathered.code}, ${suspectCase.code}, '')`,
      month: sql`to_char(${suspectCase.openedAt} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')`,
      all: sql`''`,
    }
    const count = (condition: SQL) => sql<number>`count(*) FILTER (WHERE ${condition})::int`
    const inState = (state: string) => count(sql`${suspectCase.state} = ${state}`)
    const withOutcome = (outcome: string) => count(sql`${suspectCase.outcome} = ${outcome}`)
    const rows = await ctx.db
      .select({
        key: sql<string>`${key[input.by]}`,
        total: count(sql`true`),
        pending: inState('pending'),
        investigating: inState('investigating'),
        underReview: inState('under_review'),
        returned: inState('returned'),
        closed: inState('closed'),
        overdue: count(overdue(ctx.clock.now())),
        confirmed: withOutcome('confirmed'),
        valuable: withOutcome('valuable'),
        falsePositive: withOutcome('false_positive'),
        averageDays: sql<
          number | null
        >`round((avg(extract(epoch FROM ${suspectCase.closedAt} - ${suspectCase.openedAt})) / 86400)::numeric, 1)::float8`,
        inTime: count(sql`${suspectCase.closedAt} <= ${suspectCase.dueAt}`),
      })
      .from(suspectCase)
      .leftJoin(gathered, eq(gathered.caseId, suspectCase.id))
      .where(
        and(
          input.from ? gte(suspectCase.openedAt, startOfDay(input.from)) : undefined,
          input.to ? lt(suspectCase.openedAt, endOfDay(input.to)) : undefined,
          input.unitPath
            ? or(under(suspectCase.unitPath, input.unitPath), under(suspectCase.assignedPath, input.unitPath))
            : undefined,
          input.code ? aboutIndicator(ctx, input.code) : undefined,
        ),
      )
      .groupBy(sql`1`)
      .orderBy(sql`1`)
    const units =
      input.by === 'unit'
        ? await unitNamesFor(
            ctx,
            ports,
            rows.map((row) => row.key),
          )
        : null
    const titles = new Map(book.definitions.map((each) => [each.code, each.titleZh]))
    const labelOf = (value: string) => {
      if (input.by === 'code') return titles.get(value) ?? (value === '' ? '人工登记' : value)
      if (input.by === 'all') return '合计'
      return units?.get(value) ?? value
    }
    return {
      items: rows.map(({ inTime, ...row }) => ({
        ...row,
        label: labelOf(row.key),
        closedInTimePercent: share(inTime, row.closed),
        precisionPercent: share(row.confirmed + row.valuable, row.closed),
        confirmedPercent: share(row.confirmed, row.closed),
      })),
    }
  }

/** Percent with one decimal; null of nothing. */
const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((1000 * part) / whole) / 10
