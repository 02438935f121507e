/** Worked by hand; see the counts in each row. */
import { describe, expect, test } from 'vitest'
import { adviseThreshold, type DecidedCase, type ThresholdQuestion } from './threshold-advice.ts'

const cases = (outcome: DecidedCase['outcome'], ...values: number[]): DecidedCase[] =>
  values.map((value) => ({ value, outcome }))
const right = (...values: number[]) => cases('confirmed', ...values)
const wrong = (...values: number[]) => cases('false_positive', ...values)
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value)

const ask = (decided: readonly DecidedCase[], more: Partial<ThresholdQuestion> = {}) =>
  adviseThreshold({ comparison: '>', unit: 'count', threshold: 10, decided, allowed: () => true, ...more })

/** 19 wrong: twelve up to 14, seven from 15 on. Eight right: one at 13, seven from 16 on. */
const mixed = [
  ...wrong(...times(4, 11), ...times(4, 12), ...times(4, 14), ...times(4, 15), ...times(3, 20)),
  ...right(13, 16, 18, 20, 21, 22, 25),
  ...cases('valuable', 30),
]

describe('SUP-22 a better threshold', () => {
  test.each([
    // At 12: 8 spared, none lost: 8. At 14: 12 spared, 1 lost: 8. At 15: 16 spared, 1 lost: 12. At 20: 19 and 4: 3.
    ['the greatest gain', mixed, {}, { value: 15, sparedFalse: 16, lostRight: 1 }],
    // Nothing beyond 14 is allowed: of 12 and 14 with a gain of 8 each the nearer one.
    [
      'within the bound',
      mixed,
      { allowed: (value: number) => value <= 14 },
      { value: 12, sparedFalse: 8, lostRight: 0 },
    ],
    // `>=` finds 15 at 15: one step further.
    ['at or above', mixed, { comparison: '>=' }, { value: 16, sparedFalse: 16, lostRight: 1 }],
    // Mirrored at 50: 10 → 40, 15 → 35.
    [
      'below',
      mixed.map((one) => ({ ...one, value: 50 - one.value })),
      { comparison: '<', threshold: 40 },
      { value: 35, sparedFalse: 16, lostRight: 1 },
    ],
    // Halves: 14.2 → 14.5.
    [
      'percent by halves',
      [...wrong(...times(10, 12), ...times(5, 14.2)), ...right(...times(10, 20))],
      { unit: 'percent_growth' },
      { value: 14.5, sparedFalse: 15, lostRight: 0 },
    ],
  ] as const)('%s', (_, decided, more, better) => {
    expect(ask(decided, more as Partial<ThresholdQuestion>)).toMatchObject({ verdict: 'better', better })
  })

  test('says what would have been left, and where the precision lies for so few', () => {
    const { before, better } = ask(mixed)
    // 8 of 27; Wilson 95 %: 15.9 … 48.5.
    expect(before).toEqual({
      decided: 27,
      confirmed: 7,
      valuable: 1,
      falsePositive: 19,
      precision: 29.6,
      range: { from: 15.9, to: 48.5 },
    })
    // 7 of 10: 39.7 … 89.2.
    expect(better!.after).toMatchObject({ decided: 10, precision: 70, range: { from: 39.7, to: 89.2 } })
  })
})

describe('SUP-22 no threshold is suggested', () => {
  test.each([
    ['19 decided', [...wrong(...times(10, 11)), ...right(...times(9, 20))], 'too_few'],
    ['4 right', [...wrong(...times(16, 11)), ...right(...times(4, 20))], 'too_few'],
    [
      '4 wrong, far out',
      [...right(...times(6, 11)), ...wrong(12), ...right(...times(14, 20)), ...wrong(21, 22, 23)],
      'nearest_right',
    ],
    ['4 wrong at the threshold', [...wrong(...times(4, 11)), ...right(...times(16, 20))], 'too_few'],
    ['none right', wrong(...times(20, 11)), 'nothing_right'],
    ['all right: what lies nearer is not known', right(...times(20, 11)), 'nearest_right'],
    // 5 spared cost 2 right ones: −3.
    [
      'a loss that outweighs it',
      [...wrong(...times(5, 12), ...times(8, 30)), ...right(...times(2, 11), ...times(5, 20))],
      'keep',
    ],
    // 2 of 18 spared.
    ['two spared', [...wrong(11, 12, ...times(16, 30)), ...right(...times(6, 20))], 'keep'],
  ] as const)('%s', (_, decided, verdict) => {
    expect(ask(decided)).toMatchObject({ verdict, better: null })
  })

  test('where a unit above allows stricter ones only', () => {
    expect(ask(mixed, { allowed: (value) => value <= 10 })).toMatchObject({ verdict: 'barred', better: null })
  })

  test('nor are cases counted that the present threshold does not find', () => {
    const { verdict, beyond, before } = ask(mixed, { threshold: 14 })
    // 13 remain: 4 + 4 + 4 wrong and one right lie at 14 or below.
    expect({ verdict, beyond, decided: before.decided }).toEqual({
      verdict: 'too_few',
      beyond: 13,
      decided: 14,
    })
  })
})

test('SUP-22 bands go from the threshold outwards and part no equal values', () => {
  expect(ask([]).bands).toEqual([])
  // 27 cases, five bands: cut after 5, 11, 16 and 22, each moved on to the end of its value: 8, 13, 17 and 23.
  expect(
    ask(mixed).bands.map(({ from, to, decided, falsePositive }) => [from, to, decided, falsePositive]),
  ).toEqual([
    [11, 12, 8, 8],
    [13, 14, 5, 4],
    [15, 15, 4, 4],
    [16, 20, 6, 3],
    [21, 30, 4, 0],
  ])
  expect(ask(right(11, 12, 13, 14, 15, 16, 17)).bands).toHaveLength(1)
  const below = ask(wrong(...times(4, 9), ...times(4, 3)), { comparison: '<' })
  expect(below.bands.map(({ from, to }) => [from, to])).toEqual([
    [9, 9],
    [3, 3],
  ])
})
