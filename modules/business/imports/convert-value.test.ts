import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convertText, ValueFault } from './convert-value.ts'

test('BIZ-9 a local time means what the calendar of Asia/Shanghai says, in every year', () => {
  const minutes = fc.integer({ min: 0, max: 80 * 366 * 1440 })
  fc.assert(
    fc.property(minutes, (offset) => {
      const local = Temporal.PlainDateTime.from('1950-01-01T00:00').add({ minutes: offset })
      const expected = local.toZonedDateTime('Asia/Shanghai').epochMilliseconds
      const text = local.toString({ smallestUnit: 'second' })
      expect((convertText(text, 'instant') as Date).getTime()).toBe(expected)
      expect((convertText(text.replace('T', ' ').replaceAll('-', '/'), 'instant') as Date).getTime()).toBe(
        expected,
      )
    }),
  )
})

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-04-31 10:00',
  '2026-01-01 24:00',
  '2026-01-01 10:60',
  'x',
])('BIZ-9 %s is no instant', (text) => {
  expect(() => convertText(text, 'instant')).toThrow(ValueFault)
})
