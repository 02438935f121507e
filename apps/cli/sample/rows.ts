/** Rows of the sample city as facts are handed in: property names of the tables, personal values in clear. */
import type { FactRow } from '@hengjian/sandbox-city'

const camelOf = new Map<string, string>()
function camel(column: string): string {
  let name = camelOf.get(column)
  if (name === undefined) {
    name = column.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
    camelOf.set(column, name)
  }
  return name
}

/** `unit_path` → `unitPath`; `personal.id_number` → `idNumber`. */
export function factOf(row: FactRow): Record<string, unknown> {
  const fact: Record<string, unknown> = {}
  for (const column in row) if (column !== 'personal') fact[camel(column)] = row[column]
  for (const column in row.personal) fact[camel(column)] = row.personal[column as keyof typeof row.personal]
  return fact
}
