import type { Handler } from '@hengjian/platform/http'
import { and, eq, gte, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { finding } from '../tables.ts'
import { under } from '../unit-paths.ts'
import { countCases } from './find-cases.ts'

/**
 * How supervision is doing (监管成效, SUP-22): what was found in the period and what became of the cases opened in it.
 * Findings belong to the unit they are about, cases to the one that has them in hand.
 */
export const findOutcomes = (
  book: IndicatorBook,
  ports: SupervisionPorts,
): Handler<typeof supervisionContract.findOutcomes> => {
  const casesOf = countCases(book, ports)
  return async (ctx, input) => {
    const key: Record<typeof input.by, SQL> = {
      code: sql`${finding.code}`,
      unit: sql`${finding.unitPath}`,
      month: sql`to_char(${finding.foundAt} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')`,
      all: sql`''`,
    }
    const inState = (state: string) => sql<number>`count(*) FILTER (WHERE ${finding.state} = ${state})::int`
    const found = await ctx.db
      .select({
        key: sql<string>`${key[input.by]}`,
        findings: sql<number>`count(*)::int`,
        open: inState('open'),
        inCase: inState('in_case'),
        suppressed: inState('suppressed'),
      })
      .from(finding)
      .where(
        and(
          sql`${finding.state} <> 'superseded'`,
          eq(finding.smallSample, false),
          eq(finding.variant, ''),
          gte(finding.foundAt, startOfDay(input.from)),
          lt(finding.foundAt, endOfDay(input.to)),
          under(finding.unitPath, input.unitPath),
          input.code ? eq(finding.code, input.code) : isNotNull(finding.code),
        ),
      )
      .groupBy(sql`1`)
    const { items: cases } = await casesOf(ctx, input)
    const byKey = new Map(found.map((row) => [row.key, row]))
    const casesByKey = new Map(cases.map((row) => [row.key, row]))
    const keys = [...new Set([...byKey.keys(), ...casesByKey.keys()])].sort()
    const units = input.by === 'unit' ? await unitNamesFor(ctx, ports, keys) : null
    const titles = new Map(book.definitions.map((each) => [each.code, each.titleZh]))
    const labelOf = (value: string) =>
      casesByKey.get(value)?.label ??
      units?.get(value) ??
      titles.get(value) ??
      (input.by === 'all' ? '合计' : value)
    return {
      items: keys.map((each) => {
        const { total: opened, ...rest } = casesByKey.get(each) ?? noCases
        const counted = { ...noFindings, ...byKey.get(each) }
        return { ...rest, cases: opened, ...counted, key: each, label: labelOf(each) }
      }),
      nextCursor: null,
    }
  }
}

const noFindings = { findings: 0, open: 0, inCase: 0, suppressed: 0 }
const noCases = {
  total: 0,
  pending: 0,
  investigating: 0,
  underReview: 0,
  returned: 0,
  closed: 0,
  overdue: 0,
  confirmed: 0,
  valuable: 0,
  falsePositive: 0,
  closedInTimePercent: null,
  precisionPercent: null,
  confirmedPercent: null,
  averageDays: null,
}
