/** Which values an indicator's parameter may take. Pure. */
import type { IndicatorDefinition } from '@hengjian/indicators'
import type { ParameterValue } from '../records.ts'

/** A parameter as the console edits it. `minimum_sample` stands beside those of the definition. */
interface ParameterShape {
  readonly name: string
  readonly title: string
  readonly type: 'number' | 'text' | 'list'
  readonly default: ParameterValue
}

const typeOf = (value: ParameterValue): ParameterShape['type'] =>
  typeof value === 'string' ? 'text' : Array.isArray(value) ? 'list' : 'number'

/** Forms of a number (`matchesPermitRule` of business); unset until a unit gives its own. */
const PATTERN = /_pattern$/

/** Parameters of a definition in its order. */
export function parametersOf(definition: IndicatorDefinition): ParameterShape[] {
  const own = Object.entries(definition.parameters).map(([name, spec]) => ({
    name,
    title: spec.titleZh,
    type: PATTERN.test(name) ? ('text' as const) : typeOf(spec.default),
    default: spec.default,
  }))
  if (definition.mode === 'in_process' || definition.minimumSample === 0) return own
  return [
    ...own,
    { name: 'minimum_sample', title: '最小样本量', type: 'number', default: definition.minimumSample },
  ]
}

/** Faults of values given for a definition, by parameter name; empty = sound. */
export function parameterFaults(
  definition: IndicatorDefinition,
  given: Readonly<Record<string, ParameterValue>>,
): { path: string; message: string }[] {
  const known = new Map(parametersOf(definition).map((shape) => [shape.name, shape]))
  return Object.entries(given).flatMap(([name, value]) => {
    const shape = known.get(name)
    const message = shape ? faultOf(shape, value, definition) : '该指标没有这个参数'
    return message ? [{ path: `parameters.${name}`, message }] : []
  })
}

function faultOf(
  shape: ParameterShape,
  value: ParameterValue,
  definition: IndicatorDefinition,
): string | null {
  if (value === null) return shape.default === null ? null : '必须填写'
  if (shape.type === 'list') return listFault(value)
  if (shape.type === 'text') return textFault(shape, value, definition)
  return numberFault(shape.name, value)
}

function listFault(value: ParameterValue): string | null {
  if (!Array.isArray(value) || value.some((item) => item === '')) return '必须是代码列表'
  return null
}

function textFault(
  shape: ParameterShape,
  value: ParameterValue,
  definition: IndicatorDefinition,
): string | null {
  if (typeof value !== 'string' || value === '') return '必须是文字'
  if (PATTERN.test(shape.name) && value.split('|').some((form) => form.trim() === ''))
    return '竖线两侧都须有号码规则'
  if (definition.unavailable?.fallback === shape.name && !['prompt', 'stop', 'pass'].includes(value))
    return '只能是 prompt（提示）、stop（暂停）或 pass（放行）'
  return null
}

function numberFault(name: string, value: ParameterValue): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return '必须是数字'
  if (value < 0) return '不能小于 0'
  if (/_months$|_days$|_years$|^minimum_sample$/.test(name) && !Number.isInteger(value)) return '必须是整数'
  if (/_months$/.test(name) && (value < 1 || value > 120)) return '必须在 1 到 120 之间'
  if (/(rate|share)_percent$/.test(name) && value > 100) return '不能大于 100'
  return null
}
