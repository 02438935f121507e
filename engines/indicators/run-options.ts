/** What a post-hoc run is told, checked, and how it appears in SQL. */
import type { FactCatalogue } from './catalogue.ts'
import type { Dimension, IndicatorDefinition, ParameterValues } from './definition.ts'
import { DIALECTS, type Dialect } from './dialect.ts'
import type { Scope, Typed } from './expression.ts'
import { fault } from './fault.ts'
import { double, isDay, isName, isUnitPath, number, text, under } from './sql.ts'

/** A parameter's value for a unit and what lies under it; the longest matching path wins. */
export interface ParameterOverride {
  readonly unitPath: string
  readonly name: string
  readonly value: number | string | readonly string[] | null
}

/** Prefixes of region codes that count as local for a unit and what lies under it. */
export interface LocalRegions {
  readonly unitPath: string
  readonly regions: readonly string[]
}

/** A run of one definition. */
export interface PostHocOptions {
  readonly dialect: Dialect
  /** Days `YYYY-MM-DD` in Asia/Shanghai, `to` exclusive. Monthly indicators start at the first of `from`'s month. */
  readonly period: { readonly from: string; readonly to: string }
  /** `values` replace defaults everywhere; `minimum_sample` may be given like a parameter. */
  readonly parameters?: {
    readonly values?: ParameterValues
    readonly overrides?: readonly ParameterOverride[]
  }
  /** Needed by definitions that ask whether a region is local. */
  readonly localRegions?: readonly LocalRegions[]
  /** Group by these instead of the definition's dimensions. */
  readonly dimensions?: readonly Dimension[]
  /** Judge by day, by month or over the whole period instead of the definition's calendar window. */
  readonly window?: 'day' | 'month' | 'period'
  /** Judge only groups under this unit path. City bases still read the whole city. */
  readonly scope?: string
  /** What stands for the city: the first two elements of the unit path, or everything pooled. */
  readonly city?: 'city' | 'all'
  /** Columns a source is known to lack, by fact. */
  readonly missing?: Readonly<Record<string, readonly string[]>>
  /**
   * What the statement answers: `all` judged groups in order (the default), or those `worth_keeping`: the fired ones,
   * then those that only lack a sample, the greatest samples first. Each row of the latter also carries the totals
   * `groups_judged`, `groups_not_judged` and `groups_worth_keeping`; a single row of totals with nothing else in it
   * when no group is worth keeping.
   */
  readonly answer?: 'all' | 'worth_keeping'
  /** Most rows of `worth_keeping`; default 5,000. */
  readonly most?: number
  /**
   * Judge as so many runs, one over each day (or month) of the period: the rows are exactly those that these would give.
   */
  readonly each?: 'day' | 'month'
}

/** Refuse options that are malformed. */
export function checkOptions(options: PostHocOptions): void {
  const { period, scope, parameters, localRegions } = options
  if (!DIALECTS.includes(options.dialect)) fault('options.dialect', `must be one of ${DIALECTS.join(', ')}`)
  if (!isDay(period?.from) || !isDay(period?.to)) fault('options.period', 'must be two days YYYY-MM-DD')
  if (period.from >= period.to) fault('options.period', 'must end after it begins (to is exclusive)')
  if (scope !== undefined && !isUnitPath(scope)) fault('options.scope', 'is no unit path')
  for (const [i, override] of (parameters?.overrides ?? []).entries()) {
    if (!isUnitPath(override.unitPath))
      fault(`options.parameters.overrides[${i}].unitPath`, 'is no unit path')
  }
  for (const [i, local] of (localRegions ?? []).entries()) {
    if (!isUnitPath(local.unitPath)) fault(`options.localRegions[${i}].unitPath`, 'is no unit path')
  }
}

type Choice<T> = { readonly unitPath: string; readonly value: T }

/** Longest path first, so that CASE takes the nearest unit's value. */
const nearestFirst = <T>(choices: readonly Choice<T>[]) =>
  [...choices].sort((a, b) => b.unitPath.length - a.unitPath.length || (a.unitPath < b.unitPath ? -1 : 1))

/** A value that depends on the unit, as CASE over unit paths. */
function byUnit<T>(
  unit: string,
  choices: readonly Choice<T>[],
  otherwise: string,
  render: (value: T) => string,
): string {
  if (choices.length === 0) return otherwise
  const branches = nearestFirst(choices).map((c) => `WHEN ${under(unit, c.unitPath)} THEN ${render(c.value)}`)
  return `(CASE ${branches.join(' ')} ELSE ${otherwise} END)`
}

/** Value of a parameter where no override applies. */
function standardValue(
  definition: IndicatorDefinition,
  options: Pick<PostHocOptions, 'parameters'>,
  name: string,
  path: string,
) {
  const given = options.parameters?.values?.[name]
  if (name === 'minimum_sample') return given ?? definition.minimumSample
  if (!Object.hasOwn(definition.parameters, name)) fault(path, `unknown parameter ${JSON.stringify(name)}`)
  return given ?? definition.parameters[name]!.default
}

/** The greatest value a numeric parameter takes in any unit: bounds how far back rows are read. */
export function greatestValue(
  definition: IndicatorDefinition,
  options: Pick<PostHocOptions, 'parameters'>,
  name: string,
): number {
  const all = [standardValue(definition, options, name, name)]
  for (const override of options.parameters?.overrides ?? [])
    if (override.name === name) all.push(override.value)
  return Math.max(...all.map((v) => (typeof v === 'number' ? v : 0)))
}

/** Surroundings of expressions in a post-hoc statement: parameters and local regions depend on `unit` (SQL). */
export function runScope(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  options: PostHocOptions,
  unit: string,
  needs?: (column: string) => void,
): Scope {
  const overridesOf = (name: string) =>
    (options.parameters?.overrides ?? [])
      .filter((o) => o.name === name)
      .map((o) => ({ unitPath: o.unitPath, value: o.value }))
  return {
    dialect: options.dialect,
    catalogue,
    localTime: true,
    tables: new Map(),
    needs,
    parameter(name, path): Typed {
      const standard = standardValue(definition, options, name, path)
      if (Array.isArray(standard)) fault(path, `${name} is a list`)
      if (typeof standard === 'string') {
        return {
          type: 'text',
          sql: byUnit(unit, overridesOf(name), text(standard, path), (v) => text(String(v), path)),
        }
      }
      const render = (v: unknown) =>
        v === null
          ? 'CAST(NULL AS DOUBLE PRECISION)'
          : typeof v === 'number'
            ? double(number(v, path))
            : fault(path, `${name} must be a number`)
      return { type: 'number', sql: byUnit(unit, overridesOf(name), render(standard), render) }
    },
    inList(left, name, path) {
      const render = (v: unknown) => {
        if (!Array.isArray(v)) fault(path, `${name} must be a list`)
        return v.length === 0
          ? 'FALSE'
          : `(${left} IN (${v.map((item) => text(String(item), path)).join(', ')}))`
      }
      return byUnit(unit, overridesOf(name), render(standardValue(definition, options, name, path)), render)
    },
    atHand: (_field, path) => fault(path, 'there is no transaction at hand in an analysis'),
    isLocal(region, path) {
      const choices = (options.localRegions ?? []).map((l) => ({ unitPath: l.unitPath, value: l.regions }))
      if (choices.length === 0) fault(path, 'local regions of the units are needed')
      const known = byUnit(unit, choices, 'NULL', (regions) =>
        regions.length === 0
          ? 'FALSE'
          : `(${regions.map((r) => `starts_with(${region}, ${text(r, path)})`).join(' OR ')})`,
      )
      return known
    },
  }
}

/** Dimensions of this run. */
export function dimensionsOf(definition: IndicatorDefinition, options: PostHocOptions): readonly Dimension[] {
  const dimensions = options.dimensions ?? definition.dimensions ?? []
  for (const [i, dimension] of dimensions.entries()) {
    if (!isName(dimension.name) || RESERVED.has(dimension.name)) {
      fault(`dimensions[${i}].name`, `${JSON.stringify(dimension.name)} is no free name`)
    }
    if (dimensions.findIndex((d) => d.name === dimension.name) !== i)
      fault(`dimensions[${i}].name`, 'is used twice')
  }
  return dimensions
}

const RESERVED = new Set(
  'code period unit_path city measured base deviation threshold numerator denominator base_numerator base_denominator sample minimum_sample also_measured also_threshold judged fired unjudged'.split(
    ' ',
  ),
)
