/** Names of the things that findings are about: sites, schools, stations, people by name; records by their number. */
import type { IndicatorDefinition, PostHocRow } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { codeLabel } from '../labels.ts'
import type { SupervisionPorts } from '../ports.ts'

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** Addresses and mobiles are known to the analysis by their digests alone. */
const DIGEST = /^[0-9a-f]{32}$/

/**
 * Names by dimension value and by unit path. Rows of a dimension `unit` are about the unit they lie under. What has no
 * name here (a model, a day) stands for itself.
 */
export async function groupLabels(
  ctx: RequestContext,
  ports: SupervisionPorts,
  definition: IndicatorDefinition,
  rows: readonly PostHocRow[],
): Promise<ReadonlyMap<string, string>> {
  const names = (definition.dimensions ?? []).map(({ name }) => name)
  const values = new Set(rows.flatMap((row) => names.map((name) => String(row[name]))))
  const ids = [...values].filter((value) => UUID.test(value))
  const found = new Map<string, string>()
  for (const value of values) {
    const label = codeLabel(value)
    if (label) found.set(value, label)
  }
  if (names.length === 0 || names.includes('unit')) {
    const paths = [...new Set(rows.map((row) => row.unit_path))]
    const units = await ports.unitNamesOf(ctx, paths)
    for (const [path, name] of units) found.set(path, name)
    for (const row of rows) {
      const name = units.get(row.unit_path)
      if (name && typeof row['unit'] === 'string') found.set(row['unit'], name)
    }
  }
  if (ids.length > 0) {
    for (const [id, name] of await ports.namesOf(ctx, ids)) found.set(id, name)
    const unnamed = ids.filter((id) => !found.has(id))
    for (const [id, name] of await numbersOf(ctx, unnamed)) found.set(id, name)
    for (const id of unnamed) if (!found.has(id)) found.set(id, `编号 ${id.slice(-8)}`)
  }
  for (const value of values) if (DIGEST.test(value)) found.set(value, `标识 ${value.slice(-8)}`)
  return found
}

/** Serials of transactions and plates of vehicles. */
async function numbersOf(ctx: RequestContext, ids: readonly string[]): Promise<[string, string][]> {
  if (ids.length === 0) return []
  const { rows } = await ctx.tx.client.query<{ id: string; name: string }>(
    `SELECT id, serial AS name FROM transaction WHERE id = ANY($1)
     UNION ALL SELECT id, plate FROM vehicle WHERE id = ANY($1) AND plate IS NOT NULL`,
    [ids],
  )
  return rows.map((row) => [row.id, row.name])
}
