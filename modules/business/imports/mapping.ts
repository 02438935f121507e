/**
 * Mapping files say how a foreign file becomes facts: data, no code. Columns of facts are named as in the database.
 */
import { defineErrors, Problem } from '@hengjian/platform/errors'
import { z } from 'zod'
import { isFactName, targetsOf } from './targets.ts'

/** Faults of imports that the user can mend. */
export const importErrors = defineErrors('business', {
  import_mapping: { status: 400, title: '映射文件有误' },
  import_header: { status: 400, title: '文件表头与映射不符' },
  import_format: { status: 400, title: '无法识别的文件格式' },
  import_changed: { status: 409, title: '文件内容已改变，不能继续此前的导入' },
  import_ended: { status: 409, title: '该导入已经结束' },
})

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Steps applied to the text of a field, in order. */
const transform = z.union([
  z.enum(['upper', 'lower']),
  /** Text put behind, e.g. `-07-01` behind a year. */
  z.strictObject({ append: z.string() }),
  /** The first group of a regular expression; no match is no value. */
  z.strictObject({ extract: z.string() }),
  /** Number of another column taken off. */
  z.strictObject({ minus: z.string() }),
  z.strictObject({ multiply: z.number() }),
  /** true from this number on, else false. */
  z.strictObject({ atLeast: z.number() }),
])
export type Transform = z.infer<typeof transform>

const column = z.strictObject({
  /** Column of the file. */
  from: z.string().min(1),
  /** The file may lack the column. */
  optional: z.boolean().default(false),
  transform: z.array(transform).default([]),
  /** Dictionary: text of the file → value. A text outside it is a fault of the row. */
  map: z.record(z.string(), scalar).optional(),
  /** Texts that mean 'no value', beside the empty text. */
  empty: z.array(z.string()).default([]),
  /** Institution of this kind by its name; made under the importing unit where there is none. */
  institution: z.string().min(1).optional(),
  /** Id that a file of this fact, imported from the same source with `"id": "key"`, gives to this key. */
  reference: z.string().optional(),
})
export type ColumnMapping = z.infer<typeof column>

const condition = z.strictObject({
  column: z.string().min(1),
  in: z.array(z.string()).optional(),
  notIn: z.array(z.string()).optional(),
  matches: z.string().optional(),
  notMatches: z.string().optional(),
})

const mapping = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  /** Where the data come from, what is known of them. */
  about: z.string().optional(),
  fact: z.string().refine(isFactName, '没有这种事实'),
  /** `source` of the facts. */
  source: z.string().min(1),
  delimiter: z.string().length(1).default(','),
  /** Rows that count; the others are passed over in silence. All conditions must hold. */
  where: z.array(condition).default([]),
  constants: z.record(z.string(), scalar).default({}),
  columns: z.record(z.string(), column),
  /** Columns of the file that together name a row for ever. */
  key: z.array(z.string().min(1)).min(1).optional(),
  /** `key`: the id of a fact follows from source and key, so that other files can refer to it. */
  id: z.enum(['new', 'key']).default('new'),
  /** One row becomes `count` facts, of which the first `passed` have passed = true. */
  expand: z
    .strictObject({
      count: z.string().min(1),
      passed: z.strictObject({ from: z.string().min(1), as: z.enum(['count', 'rate']) }),
    })
    .optional(),
  /** Unit of each row, by its code in a column; without it the unit that imports. */
  unit: z.strictObject({ from: z.string().min(1) }).optional(),
})

/** A checked mapping. */
export type Mapping = z.infer<typeof mapping>

/** Check a mapping. @throws Problem `business.import_mapping` naming every fault by its path */
export function parseMapping(json: unknown): Mapping {
  const parsed = mapping.safeParse(json)
  if (!parsed.success)
    throw new Problem(importErrors.import_mapping, {
      issues: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    })
  const issues = faultsOf(parsed.data)
  if (issues.length > 0) throw new Problem(importErrors.import_mapping, { issues })
  return parsed.data
}

function faultsOf(candidate: Mapping): { path: string; message: string }[] {
  const targets = targetsOf(candidate.fact)
  const faults: { path: string; message: string }[] = []
  const fault = (path: string, message: string) => faults.push({ path, message })
  for (const part of ['constants', 'columns'] as const)
    for (const name of Object.keys(candidate[part]))
      if (!targets.has(name)) fault(`${part}.${name}`, `${candidate.fact} 没有这一列`)
  for (const name of Object.keys(candidate.columns))
    if (name in candidate.constants) fault(`columns.${name}`, '同一列又是常量')
  for (const [name, { transform: steps, reference }] of Object.entries(candidate.columns)) {
    for (const [i, step] of steps.entries())
      if (typeof step === 'object' && 'extract' in step && !isRegExp(step.extract))
        fault(`columns.${name}.transform.${i}.extract`, '不是有效的正则表达式')
    if (reference !== undefined && !isFactName(reference)) fault(`columns.${name}.reference`, '没有这种事实')
  }
  for (const [i, condition] of candidate.where.entries())
    for (const key of ['matches', 'notMatches'] as const)
      if (condition[key] !== undefined && !isRegExp(condition[key]))
        fault(`where.${i}.${key}`, '不是有效的正则表达式')
  if (candidate.expand && !targets.has('passed')) fault('expand', `${candidate.fact} 没有 passed 列`)
  if (candidate.id === 'key' && !candidate.key) fault('id', '由主键得出编号时必须给出 key')
  const given = new Set([...Object.keys(candidate.constants), ...Object.keys(candidate.columns)])
  for (const target of targets.values())
    if (target.required && !given.has(target.name)) fault(`columns.${target.name}`, '必须给出')
  return faults
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
