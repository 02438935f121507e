import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { loadVersion } from '../composition/composed-record.ts'
import { unitOf } from '../composition/define.ts'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, type UnitNames, unitNamesFor } from '../present.ts'
import { backTest } from '../tables.ts'

/** One back-test with what it found. */
export const getBackTest =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.getBackTest> =>
  async (ctx, { id }) => {
    const [row] = await ctx.db.select().from(backTest).where(eq(backTest.id, id))
    if (!row) throw new Problem(platformErrors.not_found)
    const { definition, composition } = await loadVersion(ctx, row.code, row.number)
    const { result } = row
    const units = await unitNamesFor(ctx, ports, [
      row.unitPath,
      ...(result?.byUnitMonth ?? []).map(({ unitPath }) => unitPath),
      ...(result?.hits ?? []).map(({ unitPath }) => unitPath),
    ])
    const named = <T extends { unitPath: string }>(each: T) => ({
      ...each,
      unitName: units.get(each.unitPath) ?? null,
    })
    return {
      ...presentBackTest(row, units),
      sentence: String(definition['sentence']).replace('X1', ` ${composition.threshold} `),
      unit: unitOf(composition),
      comparison: composition.comparison,
      effect: composition.inProcess?.effect ?? ('finding' as const),
      result: result && {
        ...result,
        missing: [...result.missing],
        byUnitMonth: result.byUnitMonth.map(named),
        overlap: [...result.overlap],
        hits: result.hits.map(named),
      },
    }
  }

/** A back-test without what it found in detail. */
export const presentBackTest = (row: typeof backTest.$inferSelect, units: UnitNames) => ({
  id: row.id,
  code: row.code,
  number: row.number,
  unitPath: row.unitPath,
  unitName: units.get(row.unitPath) ?? null,
  from: row.periodFrom,
  to: row.periodTo,
  state: row.state as 'queued' | 'running' | 'done' | 'failed' | 'cancelled',
  cancelRequested: row.cancelRequested,
  requestedByName: row.requestedByName,
  requestedAt: row.requestedAt.toISOString(),
  finishedAt: isoOrNull(row.finishedAt),
  message: row.message,
  fired: row.result?.fired ?? null,
})
