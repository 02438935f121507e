import { expect, test } from 'vitest'
import { isPermissive } from './check-licences.ts'

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['Apache-2.0 AND MIT', true],
  ['MIT AND LGPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE.md', false],
  [undefined, false],
])('licence %s may be shipped: %s', (licence, answer) => {
  expect(isPermissive(licence)).toBe(answer)
})
