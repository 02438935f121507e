import { expect, test } from 'vitest'
import { matchesPermitRule } from './permit-number.ts'

test.each([
  ['4503001234', '450300####', true],
  ['450300 1234', '450300####', true],
  ['4503001234', '450300###', false],
  ['4501001234', '450300####', false],
  ['45030012A4', '450300####', false],
  ['gx-12a', 'GX##@', true],
  ['GX12A', 'GX###|GX??@', true],
  ['GX12A', 'GX###|GY##@', false],
  ['４５０３', '####', true],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
])('SUP-PA-L1.7 %s against %s: %s', (number, rule, matches) =>
  expect(matchesPermitRule(number, rule)).toBe(matches),
)
