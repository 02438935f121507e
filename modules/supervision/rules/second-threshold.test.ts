import type { IndicatorDefinition } from '@hengjian/indicators'
import { describe, expect, test } from 'vitest'
import { firstBeyondSecond, heldSecondThreshold, secondThresholdBound } from './second-threshold.ts'

const corps = '/45/'
const city = '/45/4503/'
const brigade = '/45/4503/450301/'
const at = (unitPath: string, value: number | null) => ({ unitPath, value })
const tightened = [{ unitPath: corps, tightenOnly: ['X8_rate_percent'] }]

describe('SUP-13 the second threshold in force', () => {
  test.each([
    ['none', '>', [], [], null],
    ['the nearest', '>', [at(brigade, 97), at(corps, 90)], [], 97],
    ['none is pushed', '>', [at(corps, 90), at(city, null)], [], null],
    [
      'looser below a unit that tightens: counts for nothing',
      '>',
      [at(corps, 90), at(city, 97)],
      tightened,
      90,
    ],
    ['an end below it: counts for nothing', '>', [at(corps, 90), at(city, null)], tightened, 90],
    ['stricter below it', '>', [at(corps, 90), at(city, 85)], tightened, 85],
    ['the unit that tightens is free itself', '>', [at('/', 80), at(corps, 90)], tightened, 90],
    ['below: higher is stricter', '<', [at(corps, 10), at(city, 5), at(brigade, 12)], tightened, 12],
  ] as const)('%s', (_, comparison, rows, settings, value) => {
    expect(heldSecondThreshold(comparison, rows, settings)?.value ?? null).toBe(value)
  })

  test('what a unit above forbids is named', () => {
    const rows = [at(corps, 90), at(city, 88)]
    const bound = (value: number | null, settings: typeof tightened = tightened) =>
      secondThresholdBound('>', at(brigade, value), rows, settings)
    expect(bound(89)).toEqual(at(city, 88))
    expect(bound(null)).toEqual(at(city, 88))
    expect(bound(88)).toBeNull()
    expect(bound(99, [])).toBeNull()
  })
})

test('SUP-13 the second threshold asks for no less than the first', () => {
  const definition = (comparison: string) =>
    ({ comparison, threshold: { param: 'X' } }) as unknown as IndicatorDefinition
  expect(firstBeyondSecond(definition('>'), { X: 80 }, 79)).toBe(80)
  expect(firstBeyondSecond(definition('>'), { X: 80 }, 80)).toBeNull()
  expect(firstBeyondSecond(definition('<='), { X: 20 }, 21)).toBe(20)
  expect(firstBeyondSecond(definition('<='), { X: 20 }, 5)).toBeNull()
  expect(firstBeyondSecond(definition('>'), { X: null }, 5)).toBeNull()
  expect(firstBeyondSecond(definition('>'), { X: 80 }, null)).toBeNull()
})
