import { expect, test } from 'vitest'
import { addWorkingDays, dayOf, deadlineAfter, publishedCalendar } from './working-days.ts'

const at = (text: string) => new Date(`${text}+08:00`)

test('SUP-1 one working day after Friday noon is Monday noon', () => {
  expect(addWorkingDays(at('2025-11-21T12:00:00'), 1, publishedCalendar)).toEqual(at('2025-11-24T12:00:00'))
})

test('SUP-1 the National Day week of 2025 is jumped over and the 调休 Saturday after it counts', () => {
  expect(addWorkingDays(at('2025-09-30T09:00:00'), 1, publishedCalendar)).toEqual(at('2025-10-09T09:00:00'))
  expect(addWorkingDays(at('2025-10-10T09:00:00'), 1, publishedCalendar)).toEqual(at('2025-10-11T09:00:00'))
})

test('SUP-21 a deadline by day ends with the last second of the tenth working day', () => {
  expect(deadlineAfter(at('2025-11-03T16:30:00'), 10, publishedCalendar)).toEqual(at('2025-11-17T23:59:59'))
})

test('the day of an instant is the day in Asia/Shanghai', () => {
  expect(dayOf(new Date('2025-11-20T16:00:00Z'))).toBe('2025-11-21')
})
