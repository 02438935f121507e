import { expect, test } from 'vitest'
import { worsenedBy } from './worsening.ts'

const figures = (value: number | null, rest: object = {}) => ({
  measured: value,
  deviation: null,
  threshold: 80,
  comparison: '>',
  smallSample: false,
  ...rest,
})

test.each([
  ['the same', figures(90), figures(90), null, null],
  ['a little more', figures(90), figures(97.9), null, null],
  ['a tenth of the threshold more', figures(90), figures(98), null, 'further'],
  ['less', figures(98), figures(90), null, null],
  ['one more of three', figures(3, { threshold: 3 }), figures(4, { threshold: 3 }), null, 'further'],
  ['only the threshold lower', figures(90), figures(90, { threshold: 10 }), null, null],
  [
    'below: further down',
    figures(15, { comparison: '<', threshold: 20 }),
    figures(13, { comparison: '<', threshold: 20 }),
    null,
    'further',
  ],
  [
    'below: up',
    figures(13, { comparison: '<', threshold: 20 }),
    figures(15, { comparison: '<', threshold: 20 }),
    null,
    null,
  ],
  [
    'the deviation decides, not the measure',
    figures(500, { deviation: 12, threshold: 10 }),
    figures(600, { deviation: 12.5, threshold: 10 }),
    null,
    null,
  ],
  ['over the second threshold', figures(94), figures(96), 95, 'second_threshold'],
  ['over the second threshold as before', figures(96), figures(97), 95, null],
  ['a small sample now', figures(90), figures(100, { smallSample: true }), 95, null],
  ['not measured now', figures(90), figures(null), 95, null],
  ['not measured when it was decided', figures(null), figures(90), null, null],
  ['no threshold', figures(90, { threshold: null }), figures(91, { threshold: null }), null, 'further'],
])('SUP-20 a closed case and %s', (_name, decided, now, second, expected) => {
  expect(worsenedBy(decided, now, second)).toBe(expected)
})
