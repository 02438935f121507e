/** A mapping over the header of a file: a function from the fields of a record to facts. */
import { createHash } from 'node:crypto'
import { newId } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { convertText, integerOf, numberOf, ValueFault } from './convert-value.ts'
import { type ColumnMapping, importErrors, type Mapping, type Transform } from './mapping.ts'
import { type Target, targetsOf } from './targets.ts'

/** Fields of a record in the order of the header; null = no value. */
export type Fields = readonly (string | null)[]

/** A fault of a record: the column of the file it lies in, and what it is. */
export interface RecordFault {
  readonly column: string
  readonly reason: string
}

/** What a record becomes. */
export type Mapped =
  | { readonly kind: 'facts'; readonly facts: Iterable<Record<string, unknown>> }
  | { readonly kind: 'passed-over' }
  | { readonly kind: 'faulty'; readonly faults: readonly RecordFault[] }

/** What mapping needs from outside. */
export interface MappingEnvironment {
  /** Id of an institution by kind and name. */
  institution(kind: string, name: string): string
  /** Unit by its code; null when there is none in the importer's scope. */
  unit(code: string): { unitId: string; unitPath: string } | null
  /** Whether facts may be placed under this path. */
  mayPlace(unitPath: string): boolean
  /** Unit that imports. */
  readonly ownUnit: { unitId: string; unitPath: string }
  /** SM3 of the file: names rows that have no key. */
  readonly fileDigest: string
}

/** UUID (version 8) that follows from a name. */
export function uuidOf(...parts: readonly string[]): string {
  const digest = createHash('sm3').update(JSON.stringify(parts)).digest().subarray(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x80
  digest[8] = (digest[8]! & 0x3f) | 0x80
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * Compile. @throws Problem `business.import_header` naming every column that the header lacks or has twice
 */
export function compileMapping(
  mapping: Mapping,
  header: readonly string[],
  environment: MappingEnvironment,
): (fields: Fields, ordinal: number) => Mapped {
  const at = positionsOf(mapping, header)
  const targets = targetsOf(mapping.fact)
  const isWanted = compileConditions(mapping, at)
  const constants = compileConstants(mapping, targets)
  const columns = Object.entries(mapping.columns)
    .filter(([, column]) => at.has(column.from))
    .map(([name, column]) => compileColumn(targets.get(name)!, column, mapping, at, environment))
  const key = mapping.key?.map((name) => at.get(name)!)
  const unitAt = mapping.unit ? at.get(mapping.unit.from)! : null

  return (fields, ordinal) => {
    if (fields.length !== header.length)
      return faulty('', `应有 ${header.length} 个字段，实有 ${fields.length} 个`)
    if (!isWanted(fields)) return { kind: 'passed-over' }
    const row: Record<string, unknown> = { ...environment.ownUnit, ...constants, source: mapping.source }
    const faults: RecordFault[] = []
    if (unitAt !== null) {
      const unit = environment.unit(fields[unitAt]?.trim() ?? '')
      if (unit) Object.assign(row, unit)
      else faults.push({ column: mapping.unit!.from, reason: `没有这个机构：${fields[unitAt] ?? ''}` })
    }
    for (const fill of columns) fill(fields, row, faults)
    if (faults.length > 0) return { kind: 'faulty', faults }
    if (!environment.mayPlace(row['unitPath'] as string))
      return faulty('unit_path', `机构不在您的数据范围内：${String(row['unitPath'])}`)
    const name = key
      ? key.map((i) => fields[i]?.trim() ?? '').join('|')
      : `${environment.fileDigest}:${ordinal}`
    row['sourceKey'] ??= name
    if (mapping.id === 'key') row['id'] = uuidOf(mapping.source, mapping.fact, name)
    return mapping.expand ? expand(mapping.expand, fields, row, at) : { kind: 'facts', facts: [row] }
  }
}

const faulty = (column: string, reason: string): Mapped => ({ kind: 'faulty', faults: [{ column, reason }] })

/** Where the columns that the mapping names stand in the header. */
function positionsOf(mapping: Mapping, header: readonly string[]): ReadonlyMap<string, number> {
  const needed = new Map<string, string>()
  for (const [name, column] of Object.entries(mapping.columns)) {
    if (!column.optional || header.includes(column.from)) needed.set(column.from, `columns.${name}.from`)
    for (const step of column.transform)
      if (typeof step === 'object' && 'minus' in step) needed.set(step.minus, `columns.${name}.transform`)
  }
  for (const [i, { column }] of mapping.where.entries()) needed.set(column, `where.${i}.column`)
  for (const [i, name] of mapping.key?.entries() ?? []) needed.set(name, `key.${i}`)
  if (mapping.expand) {
    needed.set(mapping.expand.count, 'expand.count')
    needed.set(mapping.expand.passed.from, 'expand.passed.from')
  }
  if (mapping.unit) needed.set(mapping.unit.from, 'unit.from')
  const issues: { path: string; message: string }[] = []
  for (const [name, path] of needed) {
    const count = header.filter((title) => title === name).length
    if (count === 0) issues.push({ path, message: `文件没有“${name}”列；现有：${header.join('、')}` })
    if (count > 1) issues.push({ path, message: `文件有 ${count} 个“${name}”列` })
  }
  if (issues.length > 0) throw new Problem(importErrors.import_header, { issues })
  return new Map([...needed.keys()].map((name) => [name, header.indexOf(name)]))
}

function compileConditions(mapping: Mapping, at: ReadonlyMap<string, number>): (fields: Fields) => boolean {
  const tests = mapping.where.map((condition) => {
    const position = at.get(condition.column)!
    const matches = condition.matches === undefined ? null : new RegExp(condition.matches, 'u')
    const notMatches = condition.notMatches === undefined ? null : new RegExp(condition.notMatches, 'u')
    return (fields: Fields) => {
      const text = fields[position]?.trim() ?? ''
      if (condition.in && !condition.in.includes(text)) return false
      if (condition.notIn?.includes(text)) return false
      if (matches && !matches.test(text)) return false
      return !notMatches?.test(text)
    }
  })
  return (fields) => tests.every((test) => test(fields))
}

function compileConstants(mapping: Mapping, targets: ReadonlyMap<string, Target>): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  const issues: { path: string; message: string }[] = []
  for (const [name, value] of Object.entries(mapping.constants)) {
    const target = targets.get(name)!
    try {
      row[target.property] = value === null ? null : convertText(String(value), target.type)
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error
      issues.push({ path: `constants.${name}`, message: error.message })
    }
  }
  if (issues.length > 0) throw new Problem(importErrors.import_mapping, { issues })
  return row
}

type Fill = (fields: Fields, row: Record<string, unknown>, faults: RecordFault[]) => void

function compileColumn(
  target: Target,
  column: ColumnMapping,
  mapping: Mapping,
  at: ReadonlyMap<string, number>,
  environment: MappingEnvironment,
): Fill {
  const position = at.get(column.from)!
  const empty = new Set(['', ...column.empty])
  const steps = column.transform.map((step) => compileStep(step, at))
  const convert = converterOf(target, column, mapping, environment)
  return (fields, row, faults) => {
    try {
      let text: string | null = fields[position]?.trim() ?? ''
      for (const step of steps) if (text !== null && !empty.has(text)) text = step(text, fields)
      if (text === null || empty.has(text)) {
        if (target.required) throw new ValueFault('必须有值')
        // an absent unit keeps the importing one, an absent key is made up
        if (row[target.property] === undefined) row[target.property] = null
        return
      }
      row[target.property] = convert(text)
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error
      faults.push({ column: column.from, reason: error.message })
    }
  }
}

function converterOf(
  target: Target,
  column: ColumnMapping,
  mapping: Mapping,
  environment: MappingEnvironment,
): (text: string) => unknown {
  const { map, institution, reference } = column
  if (institution !== undefined) return (text) => environment.institution(institution, text)
  if (reference !== undefined) return (text) => uuidOf(mapping.source, reference, text)
  if (map === undefined) return (text) => convertText(text, target.type)
  return (text) => {
    const value = Object.hasOwn(map, text) ? map[text] : undefined
    if (value === undefined) throw new ValueFault(`字典中没有：${text}`)
    return value === null ? null : convertText(String(value), target.type)
  }
}

function compileStep(
  step: Transform,
  at: ReadonlyMap<string, number>,
): (text: string, fields: Fields) => string | null {
  if (step === 'upper') return (text) => text.toUpperCase()
  if (step === 'lower') return (text) => text.toLowerCase()
  if ('append' in step) return (text) => text + step.append
  if ('multiply' in step) return (text) => String(numberOf(text) * step.multiply)
  if ('atLeast' in step) return (text) => String(numberOf(text) >= step.atLeast)
  if ('minus' in step) {
    const other = at.get(step.minus)!
    return (text, fields) => String(numberOf(text) - numberOf(fields[other]?.trim() ?? ''))
  }
  const pattern = new RegExp(step.extract, 'u')
  return (text) => pattern.exec(text)?.[1] ?? null
}

/** Facts of an aggregated row, the passed ones first; their keys count from 1. */
function expand(
  plan: NonNullable<Mapping['expand']>,
  fields: Fields,
  row: Record<string, unknown>,
  at: ReadonlyMap<string, number>,
): Mapped {
  const read = (name: string) => fields[at.get(name)!]?.trim() ?? ''
  let column = plan.count
  try {
    const count = integerOf(read(plan.count))
    column = plan.passed.from
    const passed =
      plan.passed.as === 'count' ? integerOf(read(column)) : Math.round(numberOf(read(column)) * count)
    if (count < 0 || passed < 0 || passed > count)
      throw new ValueFault(`${count} 个中不可能有 ${passed} 个合格`)
    return { kind: 'facts', facts: expanded(row, count, passed) }
  } catch (error) {
    if (!(error instanceof ValueFault)) throw error
    return faulty(column, error.message)
  }
}

function* expanded(
  row: Record<string, unknown>,
  count: number,
  passed: number,
): Generator<Record<string, unknown>> {
  const { id, sourceKey } = row as { id?: string; sourceKey: string }
  for (let i = 1; i <= count; i++)
    yield {
      ...row,
      id: id === undefined ? newId() : uuidOf(id, String(i)),
      sourceKey: `${sourceKey}#${i}`,
      passed: i <= passed,
    }
}
