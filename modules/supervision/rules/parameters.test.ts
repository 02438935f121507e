import { expect, test } from 'vitest'
import { indicatorDefinitions } from '../indicators/index.ts'
import { parameterFaults, parametersOf } from './parameters.ts'

const definition = (code: string) => indicatorDefinitions.find((each) => each.code === code)!
const faults = (code: string, given: Record<string, number | string | string[] | null>) =>
  parameterFaults(definition(code), given).map((fault) => `${fault.path}: ${fault.message}`)

test('SUP-IN every shipped default is within its own bounds', () => {
  for (const each of indicatorDefinitions) {
    const defaults = Object.fromEntries(parametersOf(each).map((shape) => [shape.name, shape.default]))
    expect(parameterFaults(each, defaults), each.code).toEqual([])
  }
})

test('PLT-7 values of the wrong kind, sign or size are refused by name', () => {
  expect(faults('012003', { F1_times: 5, F2_window_months: 6 })).toEqual([])
  expect(faults('012003', { F1_times: '5' })).toEqual(['parameters.F1_times: 必须是数字'])
  expect(faults('012003', { F1_times: -1 })).toEqual(['parameters.F1_times: 不能小于 0'])
  expect(faults('012003', { F2_window_months: 0 })).toEqual([
    'parameters.F2_window_months: 必须在 1 到 120 之间',
  ])
  expect(faults('012003', { F2_window_months: 1.5 })).toEqual(['parameters.F2_window_months: 必须是整数'])
  expect(faults('012003', { nothing: 1 })).toEqual(['parameters.nothing: 该指标没有这个参数'])
  expect(faults('V8.7', { X8_rate_percent: 101 })).toEqual(['parameters.X8_rate_percent: 不能大于 100'])
  expect(faults('V8.7', { minimum_sample: 10 })).toEqual([])
  expect(faults('012003', { F1_times: null })).toEqual(['parameters.F1_times: 必须填写'])
})

test('SUP-2 the fallback of an outside check is prompt, stop or pass', () => {
  expect(faults('022104', { S2_fallback: 'pass' })).toEqual([])
  expect(faults('022104', { S2_fallback: 'ignore' })).toEqual([
    'parameters.S2_fallback: 只能是 prompt（提示）、stop（暂停）或 pass（放行）',
  ])
})

test('SUP-PA-L1.7 the rule of permit numbers is a text, and may be unset', () => {
  const one = (value: string | number | null) => faults('L1.7', { F1_permit_number_pattern: value })
  expect(one('450300####|GX##@')).toEqual([])
  expect(one(null)).toEqual([])
  expect(one(5)).toEqual(['parameters.F1_permit_number_pattern: 必须是文字'])
  expect(one('450300####|')).toEqual(['parameters.F1_permit_number_pattern: 竖线两侧都须有号码规则'])
})
