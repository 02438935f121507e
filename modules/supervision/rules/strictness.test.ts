import type { IndicatorDefinition } from '@hengjian/indicators'
import { expect, test } from 'vitest'
import { indicatorDefinitions } from '../indicators/index.ts'
import { boundsOn, heldSettings, isLooser, mayNotSwitchOff, strictnessOf } from './strictness.ts'

const shipped = (code: string): IndicatorDefinition =>
  indicatorDefinitions.find((each) => each.code === code)!
const rate = shipped('V8.7')
const setting = (unitPath: string, X8_rate_percent: number | null, values: object = {}) => ({
  code: 'V8.7',
  unitPath,
  enabled: null as boolean | null,
  parameters: (X8_rate_percent === null ? {} : { X8_rate_percent }) as Record<string, number>,
  tightenOnly: null as string[] | null,
  ...values,
})

test('SUP-3 which side is stricter follows from the comparison; what chooses rows has none', () => {
  expect([...strictnessOf(rate)]).toEqual([
    ['X8_rate_percent', 'lower'],
    ['minimum_sample', 'lower'],
  ])
  const below = { ...rate, comparison: '<' } as const
  expect(strictnessOf(below).get('X8_rate_percent')).toBe('higher')
  expect(strictnessOf(rate).has('F1_age_years')).toBe(false)
  const torn: IndicatorDefinition = {
    ...rate,
    also: { how: 'both', comparison: '<', threshold: { param: 'X8_rate_percent' } },
  }
  expect(strictnessOf(torn).has('X8_rate_percent')).toBe(false)
})

test('SUP-3 every shipped indicator has a threshold that can be tightened', () => {
  for (const definition of indicatorDefinitions)
    if (Object.keys(definition.parameters).length > 0 && typeof definition.threshold !== 'number')
      expect(strictnessOf(definition).size, definition.code).toBeGreaterThan(0)
})

test('SUP-3 equal is not looser; an unset threshold is the loosest of all', () => {
  expect(isLooser(80, 80, 'lower')).toBe(false)
  expect(isLooser(80.5, 80, 'lower')).toBe(true)
  expect(isLooser(79, 80, 'lower')).toBe(false)
  expect(isLooser(79, 80, 'higher')).toBe(true)
  expect(isLooser(null, 80, 'lower')).toBe(true)
  expect(isLooser(99, null, 'lower')).toBe(false)
})

test('SUP-3 of several units above, the strictest binds; the default binds where they name no value', () => {
  const name = ['X8_rate_percent']
  const corps = setting('/45/', null, { tightenOnly: name })
  const bound = (...rows: ReturnType<typeof setting>[]) =>
    boundsOn(rate, '/45/4503/450301/', rows).get('X8_rate_percent')
  expect(bound(corps)).toMatchObject({ value: 80, unitPath: '/45/' })
  expect(bound(corps, setting('/45/4503/', 70))).toMatchObject({ value: 80, unitPath: '/45/' })
  expect(bound(corps, setting('/45/4503/', 70, { tightenOnly: name }))).toMatchObject({
    value: 70,
    unitPath: '/45/4503/',
  })
  expect(bound(setting('/45/4503/450301/', 60, { tightenOnly: name }))).toBeUndefined()
  expect(bound(setting('/45/4504/', 60, { tightenOnly: name }))).toBeUndefined()
})

test('SUP-3 a bound that is set later binds what was set before, and nobody evades it by switching off', () => {
  const rows = [
    setting('/45/4503/', 90, { enabled: false }),
    setting('/45/', 75, { tightenOnly: ['X8_rate_percent'] }),
    setting('/45/4503/450301/', 60),
  ]
  expect(
    heldSettings(rate, rows).map(({ unitPath, parameters, enabled }) => [unitPath, parameters, enabled]),
  ).toEqual([
    ['/45/', { X8_rate_percent: 75 }, null],
    ['/45/4503/', {}, null],
    ['/45/4503/450301/', { X8_rate_percent: 60 }, null],
  ])
  expect(mayNotSwitchOff(rows, rows[0]!)).toBe(true)
  const off = setting('/45/', 75, { tightenOnly: ['X8_rate_percent'], enabled: false })
  expect(mayNotSwitchOff([off], rows[0]!)).toBe(false)
})
