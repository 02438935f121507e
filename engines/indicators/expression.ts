/**
 * Values and conditions of a definition as SQL. Compiling is checking: an unknown column, a wrong type or a shape that
 * is not of the language throws a `DefinitionFault` that names the path; nothing of a definition reaches SQL unquoted.
 */
import type { CatalogueTable, FactCatalogue } from './catalogue.ts'
import type { AtHandField, Condition, Expression, Selection, Source } from './definition.ts'
import { type Dialect, firstCharacters } from './dialect.ts'
import { fault } from './fault.ts'
import { identifier, isDay, isName, number, text, ZONE } from './sql.ts'

/** Type of a value as far as comparisons care. */
export type ValueType = 'number' | 'text' | 'boolean' | 'instant' | 'date' | 'uuid' | 'digest' | 'list'

/** A value in SQL with its type. */
export interface Typed {
  readonly sql: string
  readonly type: ValueType
}

/** How parameters, the transaction at hand and local regions appear in the statement being compiled. */
export interface Surroundings {
  readonly dialect: Dialect
  readonly catalogue: FactCatalogue
  /** Instants as local timestamps of Asia/Shanghai (analysis) instead of as stored (in-process). */
  readonly localTime: boolean
  readonly parameter: (name: string, path: string) => Typed
  /** `value IN (the list parameter)`. */
  readonly inList: (value: string, name: string, path: string) => string
  readonly atHand: (field: AtHandField, path: string) => Typed
  readonly isLocal: (region: string, path: string) => string
  /** Told of every column whose values decide: an indicator cannot be computed where they are all unknown. */
  readonly needs?: (column: string) => void
}

/** Surroundings plus the tables that names may refer to. */
export interface Scope extends Surroundings {
  readonly tables: ReadonlyMap<string, CatalogueTable>
}

const TYPES: Record<string, ValueType> = {
  uuid: 'uuid',
  text: 'text',
  integer: 'number',
  double: 'number',
  boolean: 'boolean',
  instant: 'instant',
  date: 'date',
  digest: 'digest',
}

const COMPARISONS = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The only key of a one-key object, else a fault. */
function onlyKey(value: unknown, path: string): string {
  if (!isRecord(value)) fault(path, 'must be an object with one key')
  const keys = Object.keys(value)
  if (keys.length !== 1) fault(path, `must have one key, has ${keys.length === 0 ? 'none' : keys.join(', ')}`)
  return keys[0]!
}

function listOf(value: unknown, path: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) fault(path, 'must be a list')
  if (length !== undefined && value.length !== length) fault(path, `must have ${length} elements`)
  return value
}

/** A column `alias.column` of a table in scope, as stored. */
export function column(name: string, scope: Scope, path: string): Typed & { raw: string } {
  const [alias, field, more] = name.split('.')
  if (!alias || !field || more !== undefined) fault(path, `${JSON.stringify(name)} is not alias.column`)
  const table = scope.tables.get(alias)
  if (!table) fault(path, `unknown table ${JSON.stringify(alias)}`)
  if (!Object.hasOwn(table.columns, field))
    fault(path, `fact ${table.name} has no column ${JSON.stringify(field)}`)
  const type = TYPES[table.columns[field]!.type] ?? fault(path, 'column of unknown type')
  const raw = `${identifier(alias)}.${identifier(field)}`
  const local = type === 'instant' && scope.localTime && scope.dialect === 'postgres'
  return { raw, type, sql: local ? `(${raw} AT TIME ZONE '${ZONE}')` : raw }
}

function need(expression: unknown, scope: Scope) {
  if (typeof expression !== 'string') {
    if (isRecord(expression)) {
      for (const part of Object.values(expression)) {
        for (const inner of Array.isArray(part) ? part : [part]) {
          if (isRecord(inner) || (typeof inner === 'string' && inner.includes('.'))) need(inner, scope)
        }
      }
    }
    return
  }
  const [alias, field] = expression.split('.')
  const table = alias ? scope.tables.get(alias) : undefined
  if (table && field) scope.needs?.(`${table.name}.${field}`)
}

function literal(value: unknown, path: string): Typed {
  if (typeof value === 'number') return { sql: number(value, path), type: 'number' }
  if (typeof value === 'boolean') return { sql: value ? 'TRUE' : 'FALSE', type: 'boolean' }
  if (typeof value === 'string') return { sql: text(value, path), type: 'text' }
  return fault(path, 'must be a text, a number or true/false')
}

/** Compile a value. `deciding` columns are reported to `scope.needs`. */
export function value(expression: Expression, scope: Scope, path: string, deciding = true): Typed {
  if (typeof expression === 'string') {
    if (deciding) need(expression, scope)
    return column(expression, scope, path)
  }
  if (typeof expression === 'number' || typeof expression === 'boolean') return literal(expression, path)
  const key = onlyKey(expression, path)
  const inner = (expression as Record<string, unknown>)[key]
  const at = `${path}.${key}`
  switch (key) {
    case 'value':
      return literal(inner, at)
    case 'param':
      return scope.parameter(String(inner), at)
    case 'atHand':
      return scope.atHand(inner as AtHandField, at)
    case 'left': {
      const [of, length] = listOf(inner, at, 2)
      if (!Number.isInteger(length) || (length as number) < 1)
        fault(`${at}[1]`, 'must be a whole number of characters')
      const cut = expect(value(of as Expression, scope, `${at}[0]`, deciding), 'text', `${at}[0]`)
      return { sql: firstCharacters(cut.sql, length as number, scope.dialect), type: 'text' }
    }
    case 'abs':
      return {
        sql: `abs(${expect(value(inner as Expression, scope, at, deciding), 'number', at).sql})`,
        type: 'number',
      }
    case 'coalesce': {
      const parts = listOf(inner, at).map((part, i) =>
        value(part as Expression, scope, `${at}[${i}]`, deciding),
      )
      if (parts.length < 2) fault(at, 'needs two values or more')
      for (const [i, part] of parts.entries()) alike(parts[0]!, part, `${at}[${i}]`)
      return { sql: `coalesce(${parts.map((part) => part.sql).join(', ')})`, type: parts[0]!.type }
    }
    case 'day': {
      const of = expect(value(inner as Expression, scope, at, deciding), 'instant', at)
      return {
        sql: `CAST(${scope.localTime ? of.sql : `${of.sql} AT TIME ZONE '${ZONE}'`} AS DATE)`,
        type: 'date',
      }
    }
    case 'addMonths': {
      const [of, months] = listOf(inner, at, 2)
      const start = expect(value(of as Expression, scope, `${at}[0]`, deciding), 'instant', `${at}[0]`)
      const count = expect(value(months as Expression, scope, `${at}[1]`), 'number', `${at}[1]`)
      return { sql: plusMonths(start.sql, count.sql, scope), type: 'instant' }
    }
    case 'lookup': {
      const lookup = inner as { of: Expression; take: unknown; by?: Expression } & Selection
      if (!isRecord(lookup)) fault(at, 'must be an object')
      if (!['min', 'max', 'first', 'last', 'count'].includes(lookup.take as string)) {
        fault(`${at}.take`, 'must be min, max, first, last or count')
      }
      const chosen = select(lookup, scope, at)
      const of = value(lookup.of, chosen.scope, `${at}.of`, false)
      const taken = takeOf(lookup, of.sql, chosen.scope, at)
      const type = lookup.take === 'count' ? 'number' : of.type
      return { sql: `(SELECT ${taken} FROM ${chosen.from} WHERE ${chosen.where})`, type }
    }
    default:
      return fault(at, 'is no value of the language')
  }
}

function takeOf(lookup: { take: unknown; by?: Expression }, of: string, scope: Scope, path: string): string {
  if (lookup.take === 'count') return `count(DISTINCT ${of})`
  if (lookup.take === 'min' || lookup.take === 'max') return `${lookup.take}(${of})`
  if (lookup.by === undefined) fault(`${path}.by`, 'first and last need an order')
  const by = value(lookup.by, scope, `${path}.by`)
  // Where nulls stand is said, because the engines' own habits differ.
  return `(array_agg(${of} ORDER BY ${by.sql} ${lookup.take === 'last' ? 'DESC' : 'ASC'} NULLS LAST))[1]`
}

/** An instant moved by a number of calendar months, in Asia/Shanghai. */
export function plusMonths(instant: string, months: string, scope: Pick<Scope, 'localTime'>): string {
  const shift = `INTERVAL '1' MONTH * CAST(${months} AS INTEGER)`
  return scope.localTime
    ? `(${instant} + ${shift})`
    : `((${instant} AT TIME ZONE '${ZONE}' + ${shift}) AT TIME ZONE '${ZONE}')`
}

function expect(typed: Typed, type: ValueType, path: string): Typed {
  if (typed.type !== type) fault(path, `must be ${type}, is ${typed.type}`)
  return typed
}

function alike(a: Typed, b: Typed, path: string) {
  if (a.type !== b.type) fault(path, `compares ${a.type} with ${b.type}`)
}

/** Day literals may stand beside date columns. */
function asDate(side: Typed, other: Typed, source: unknown, path: string): Typed {
  if (other.type !== 'date' || side.type !== 'text') return side
  const day = isRecord(source) ? source.value : undefined
  return isDay(day) ? { sql: `DATE '${day}'`, type: 'date' } : fault(path, 'must be a day YYYY-MM-DD')
}

/** Compile a condition to a three-valued SQL expression. */
export function condition(where: Condition, scope: Scope, path: string): string {
  const key = onlyKey(where, path)
  const inner = (where as unknown as Record<string, unknown>)[key]
  const at = `${path}.${key}`
  switch (key) {
    case 'and':
    case 'or': {
      const parts = listOf(inner, at).map((part, i) => condition(part as Condition, scope, `${at}[${i}]`))
      if (parts.length === 0) return key === 'and' ? 'TRUE' : 'FALSE'
      return `(${parts.join(key === 'and' ? ' AND ' : ' OR ')})`
    }
    case 'not':
      return `(NOT ${condition(inner as Condition, scope, at)})`
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return compare(key, listOf(inner, at, 2), scope, at)
    case 'in':
      return within(listOf(inner, at, 2), scope, at)
    case 'prefix': {
      const [of, start] = listOf(inner, at, 2)
      const whole = expect(value(of as Expression, scope, `${at}[0]`), 'text', `${at}[0]`)
      const begin = expect(value(start as Expression, scope, `${at}[1]`), 'text', `${at}[1]`)
      return `starts_with(${whole.sql}, ${begin.sql})`
    }
    case 'isNull':
      return `(${value(inner as Expression, scope, at, false).sql} IS NULL)`
    case 'notNull':
      return `(${value(inner as Expression, scope, at, false).sql} IS NOT NULL)`
    case 'during': {
      const parts = listOf(inner, at, 3).map((part, i) =>
        value(part as Expression, scope, `${at}[${i}]`, i < 2),
      )
      for (const [i, part] of parts.entries()) alike(parts[0]!, part, `${at}[${i}]`)
      const [moment, from, to] = parts.map((part) => part.sql)
      return `(${from} <= ${moment} AND (${to} IS NULL OR ${to} > ${moment}))`
    }
    case 'local': {
      const region = expect(value(inner as Expression, scope, at), 'text', at)
      return scope.isLocal(region.sql, at)
    }
    case 'exists': {
      // Whether a partner exists is itself the question, so an empty fact is an answer, not a missing field.
      const { needs: _, ...quiet } = scope
      const chosen = select(inner as Selection, quiet, at)
      return `EXISTS (SELECT 1 FROM ${chosen.from} WHERE ${chosen.where})`
    }
    default:
      return fault(at, 'is no condition of the language')
  }
}

function compare(
  key: keyof typeof COMPARISONS,
  pair: readonly unknown[],
  scope: Scope,
  path: string,
): string {
  let left = value(pair[0] as Expression, scope, `${path}[0]`)
  let right = value(pair[1] as Expression, scope, `${path}[1]`)
  left = asDate(left, right, pair[0], `${path}[0]`)
  right = asDate(right, left, pair[1], `${path}[1]`)
  alike(left, right, path)
  if (
    key !== 'eq' &&
    key !== 'ne' &&
    (left.type === 'digest' || left.type === 'uuid' || left.type === 'boolean')
  ) {
    fault(path, `${left.type} can only be compared for equality`)
  }
  return `(${left.sql} ${COMPARISONS[key]} ${right.sql})`
}

function within(pair: readonly unknown[], scope: Scope, path: string): string {
  const left = value(pair[0] as Expression, scope, `${path}[0]`)
  const key = onlyKey(pair[1], `${path}[1]`)
  const right = (pair[1] as Record<string, unknown>)[key]
  if (key === 'param') {
    if (left.type !== 'text') fault(path, 'a list parameter holds texts')
    return scope.inList(left.sql, String(right), `${path}[1]`)
  }
  if (key !== 'value') fault(`${path}[1]`, 'must be a list of values or a list parameter')
  const items = listOf(right, `${path}[1].value`).map((item, i) => {
    const typed = literal(item, `${path}[1].value[${i}]`)
    alike(left, typed, `${path}[1].value[${i}]`)
    return typed.sql
  })
  return items.length === 0 ? 'FALSE' : `(${left.sql} IN (${items.join(', ')}))`
}

/** A source's FROM clause and the scope in which its columns can be named. Refuses facts the catalogue lacks. */
export function from(
  source: Source,
  outer: Scope,
  path: string,
): { from: string; scope: Scope; alias: string } {
  if (!isRecord(source)) fault(path, 'must be an object')
  const tables = new Map(outer.tables)
  const alias = enter(source, tables, outer, path)
  let sql = `${identifier(source.fact)} AS ${identifier(alias)}`
  for (const [i, join] of (source.joins ?? []).entries()) {
    const at = `${path}.joins[${i}]`
    if (!isRecord(join)) fault(at, 'must be an object')
    const name = enter(join, tables, outer, at)
    const kind = join.kind ?? 'inner'
    if (kind !== 'inner' && kind !== 'left') fault(`${at}.kind`, 'must be inner or left')
    const on = condition(join.on, { ...outer, tables }, `${at}.on`)
    sql += ` ${kind === 'left' ? 'LEFT JOIN' : 'JOIN'} ${identifier(join.fact)} AS ${identifier(name)} ON ${on}`
  }
  return { from: sql, scope: { ...outer, tables }, alias }
}

/** The name under which a source's columns are known; refuses facts the catalogue lacks and names that are none. */
export function aliasOf(
  source: { fact: string; as?: string },
  catalogue: FactCatalogue,
  path: string,
): string {
  if (typeof source.fact !== 'string' || !Object.hasOwn(catalogue, source.fact)) {
    fault(`${path}.fact`, `unknown fact ${JSON.stringify(source.fact)}`)
  }
  const alias = source.as ?? source.fact
  return isName(alias) ? alias : fault(`${path}.as`, `${JSON.stringify(alias)} is no name`)
}

function enter(
  source: { fact: string; as?: string },
  tables: Map<string, CatalogueTable>,
  scope: Surroundings,
  path: string,
): string {
  const alias = aliasOf(source, scope.catalogue, path)
  if (tables.has(alias)) fault(`${path}.as`, `${alias} is used twice`)
  tables.set(alias, scope.catalogue[source.fact]!)
  return alias
}

function select(selection: Selection, scope: Scope, path: string) {
  const source = from(selection, scope, path)
  return {
    from: source.from,
    scope: source.scope,
    where: condition(selection.where, source.scope, `${path}.where`),
  }
}
