/**
 * INSERT statements of rows in their JavaScript shape, as Drizzle's `insert().values()` would send them. Every fact and
 * every audit entry comes this way: Drizzle puts its statements together anew each time, which cost the web process
 * more than sending them.
 */
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'

interface Shape {
  readonly head: string
  readonly columns: readonly (readonly [property: string, column: PgColumn])[]
}

const shapes = new WeakMap<PgTable, Shape>()

function shapeOf(table: PgTable): Shape {
  let shape = shapes.get(table)
  if (!shape) {
    const { name } = getTableConfig(table)
    const columns = Object.entries(table as unknown as Record<string, PgColumn>).filter(
      ([, column]) => column?.table === table,
    )
    shape = {
      head: `INSERT INTO "${name}" (${columns.map(([, column]) => `"${column.name}"`).join(', ')}) VALUES `,
      columns,
    }
    shapes.set(table, shape)
  }
  return shape
}

/** The statement for `rows` (at least one). What a row does not name gets the column's default. */
export function insertionOf<T extends PgTable>(
  table: T,
  rows: readonly T['$inferInsert'][],
): { text: string; values: unknown[] } {
  const { head, columns } = shapeOf(table)
  const values: unknown[] = []
  const tuples = rows.map((row) => {
    const places = columns.map(([property, column]) => {
      const value = (row as Record<string, unknown>)[property]
      if (value === undefined) return 'DEFAULT'
      values.push(value === null ? null : column.mapToDriverValue(value))
      return `$${values.length}`
    })
    return `(${places.join(', ')})`
  })
  return { text: head + tuples.join(', '), values }
}
