/** Does a value fit its definition? Pure. */
import type { ParameterValue } from '../contract.ts'
import type { ParameterDefinition } from '../parameters.ts'

export interface Fault {
  readonly path: string
  readonly message: string
}

const WORDS = { number: '数字', text: '文本', boolean: '是或否', list: '文本列表' }

/** What is wrong with the value, for the field `value`; nothing when it fits. */
export function parameterFaults(definition: ParameterDefinition, value: ParameterValue): Fault[] {
  const fault = (message: string, path = 'value'): Fault[] => [{ path, message }]
  if (typeOf(value) !== definition.type) return fault(`应为${WORDS[definition.type]}`)
  const { min, max } = definition
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return fault('应为有限的数字')
    if (min !== undefined && value < min) return fault(`不得小于 ${min}`)
    if (max !== undefined && value > max) return fault(`不得大于 ${max}`)
    return []
  }
  if (typeof value === 'boolean') return []
  if (min !== undefined && value.length < min) return fault(`不得少于 ${min} 项（字）`)
  if (max !== undefined && value.length > max) return fault(`不得多于 ${max} 项（字）`)
  const allowed = definition.options && new Set(definition.options.map((option) => option.value))
  const texts = typeof value === 'string' ? [value] : value
  return texts.flatMap((text, index) => {
    const path = typeof value === 'string' ? 'value' : `value.${index}`
    if (allowed && !allowed.has(text)) return fault('不在可选范围内', path)
    if (definition.pattern && !definition.pattern.test(text)) return fault('格式有误', path)
    return []
  })
}

const typeOf = (value: ParameterValue): ParameterDefinition['type'] =>
  Array.isArray(value)
    ? 'list'
    : typeof value === 'string'
      ? 'text'
      : typeof value === 'number'
        ? 'number'
        : 'boolean'
