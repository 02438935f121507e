import { keysetRows, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, gte, ilike, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { type FindingState, findingStates } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor, withSubjectLinks } from '../present.ts'
import { caseNumbersOf, presentFinding } from '../present-analysis.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { finding } from '../tables.ts'
import { under } from '../unit-paths.ts'

/** Text that LIKE takes literally. */
export const literally = (text: string): string => `%${text.replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`

const sortKeys = {
  foundAt: { by: finding.foundAt, type: 'timestamptz' },
  periodFrom: { by: finding.periodFrom, type: 'date' },
  // What could not be measured is less than anything measured.
  measured: { by: sql`coalesce(${finding.measured}, '-infinity')`, type: 'float8' },
} as const satisfies Record<string, SortKey>

/** Findings within the caller's scope, newest first unless told. Superseded ones are shown only when asked for. */
export const findFindings =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findFindings> =>
  async (ctx, input) => {
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      finding,
      sortKeys,
      input.sort ?? '-foundAt',
      input,
      and(
        input.code ? eq(finding.code, input.code) : undefined,
        input.state ? eq(finding.state, input.state) : sql`${finding.state} <> 'superseded'`,
        under(finding.unitPath, input.unitPath),
        input.runId ? eq(finding.runId, input.runId) : undefined,
        input.caseId ? eq(finding.caseId, input.caseId) : undefined,
        input.subjectKind ? eq(finding.subjectKind, input.subjectKind) : undefined,
        input.subjectKey ? eq(finding.subjectKey, input.subjectKey) : undefined,
        eq(finding.smallSample, input.smallSample ?? false),
        input.trial === undefined
          ? undefined
          : input.trial
            ? ne(finding.variant, '')
            : eq(finding.variant, ''),
        input.from ? gte(finding.periodTo, input.from) : undefined,
        input.to ? lte(finding.periodFrom, input.to) : undefined,
        input.foundFrom ? gte(finding.foundAt, startOfDay(input.foundFrom)) : undefined,
        input.foundTo ? lt(finding.foundAt, endOfDay(input.foundTo)) : undefined,
        input.text
          ? or(
              ilike(finding.subjectLabel, literally(input.text)),
              ilike(finding.sentence, literally(input.text)),
            )
          : undefined,
      ),
    )
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.map((row) => row.unitPath),
    )
    const cases = await caseNumbersOf(ctx, rows)
    const views = rows.map((row) => presentFinding(row, units, cases))
    return { items: await withSubjectLinks(ctx, ports, views), nextCursor }
  }

/** How many findings stand, by indicator, unit, month of the period, or state. Small samples and trial runs are left out. */
export const countFindings =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.countFindings> =>
  async (ctx, input) => {
    const key: Record<typeof input.by, SQL> = {
      code: sql`${finding.code}`,
      unit: sql`${finding.unitPath}`,
      month: sql`to_char(${finding.periodFrom}, 'YYYY-MM')`,
      state: sql`${finding.state}`,
    }
    const rows = await ctx.db
      .select({
        key: sql<string>`${key[input.by]}`,
        title: sql<string>`max(${finding.title})`,
        count: sql<number>`count(*)::int`,
      })
      .from(finding)
      .where(
        and(
          input.by === 'state' ? undefined : sql`${finding.state} <> 'superseded'`,
          eq(finding.smallSample, false),
          eq(finding.variant, ''),
          input.code ? eq(finding.code, input.code) : undefined,
          under(finding.unitPath, input.unitPath),
          input.from ? gte(finding.periodTo, input.from) : undefined,
          input.to ? lte(finding.periodFrom, input.to) : undefined,
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
    const labelOf = (row: { key: string; title: string }) => {
      if (input.by === 'code') return row.title
      if (input.by === 'state') return findingStates[row.key as FindingState]
      return units?.get(row.key) ?? row.key
    }
    return { items: rows.map((row) => ({ key: row.key, label: labelOf(row), count: row.count })) }
  }
