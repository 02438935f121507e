import { keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, unitNamesFor } from '../present.ts'
import { settingDifferences } from '../rules/setting-differences.ts'
import { evidenceWords } from '../rules/threshold-words.ts'
import { indicatorSetting } from '../tables.ts'
import { under } from '../unit-paths.ts'

const sortKeys = {
  changedAt: { by: indicatorSetting.changedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Every change of an indicator's settings, of a unit and those below it: who, when, from what to what, and why. */
export const findSettingHistory =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.findSettingHistory> =>
  async (ctx, input) => {
    const definition = book.definitionOf(input.code)
    const before = alias(indicatorSetting, 'before')
    const page = keysetPage(sortKeys, indicatorSetting.id, input.sort ?? '-changedAt', input)
    const found = await ctx.db
      .select({ row: indicatorSetting, before, key: page.key })
      .from(indicatorSetting)
      .leftJoin(
        before,
        and(
          eq(before.code, indicatorSetting.code),
          eq(before.unitPath, indicatorSetting.unitPath),
          eq(before.revision, sql`${indicatorSetting.revision} - 1`),
        ),
      )
      .where(
        and(
          eq(indicatorSetting.code, input.code),
          under(indicatorSetting.unitPath, input.unitPath),
          page.after,
        ),
      )
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.map(({ row }) => row.unitPath),
    )
    return {
      items: rows.map(({ row, before: old }) => ({
        id: row.id,
        unitPath: row.unitPath,
        unitName: units.get(row.unitPath) ?? null,
        version: row.revision,
        changes: settingDifferences(definition, old, row),
        reason: row.reason,
        changedByName: row.changedByName,
        approvedByName: row.approvedByName,
        changedAt: row.changedAt.toISOString(),
        supersededAt: isoOrNull(row.supersededAt),
        evidence: row.evidence && evidenceWords(row.evidence),
      })),
      nextCursor,
    }
  }
