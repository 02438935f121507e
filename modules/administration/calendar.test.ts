import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calendarOf } from './index.ts'
import { isPublished, publishedDay } from './rules/published-calendar.ts'
import { administrator, nobody, openTestHouse, type TestHouse } from './testing.ts'

const FIND = 'administration.calendar.find'
const UPDATE = 'administration.calendar.update'
const NOTICE = '国办发明电〔2026〕9号'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const admin = () => administrator(house.services, [FIND, UPDATE])
const year = (of: number) => house.call(admin(), 'getCalendar', { year: of })
const dayOf = async (day: string) =>
  (await year(Number(day.slice(0, 4)))).days.find((one: { day: string }) => one.day === day)
const isWorkingDay = async (day: string) =>
  (await calendarOf(house.services)).isWorkingDay(Temporal.PlainDate.from(day))

describe('as published', () => {
  test.each([
    ['2026-10-01', false, '国庆节', 'published'],
    ['2026-10-10', true, '国庆节调休上班', 'published'],
    ['2026-11-20', true, null, 'weekday'],
    ['2026-11-21', false, null, 'weekday'],
    ['2027-10-01', true, null, 'weekday'],
  ])('BIZ-6 %s', (day, working, name, source) => {
    expect(publishedDay(Temporal.PlainDate.from(day))).toEqual({ working, name, source })
  })

  test('BIZ-6 a year without notice is known to be so', () => {
    expect([2024, 2025, 2026, 2027].map(isPublished)).toEqual([true, true, true, false])
  })
})

test('BIZ-6 a year has all its days; without notice it says provisional', async () => {
  const known = await year(2026)
  expect(known).toMatchObject({ provisional: false })
  expect(known.days).toHaveLength(365)
  const later = await year(2028)
  expect(later).toMatchObject({ provisional: true })
  expect(later.days).toHaveLength(366)
  expect(later.workingDays).toBe(260)
})

test('PLT-6 a notice is imported, counts at once, and ends the provisional state', async () => {
  expect(await year(2027)).toMatchObject({ provisional: true })
  expect(await isWorkingDay('2027-10-01')).toBe(true)
  const csv =
    'day,kind,name\n2027-10-01,rest,国庆节\n2027-10-04,rest,国庆节\n2027-10-09,working,国庆节调休上班\n'
  expect(
    await house.call(admin(), 'importCalendar', { csv, noticeNumber: NOTICE, reason: '年度放假安排' }),
  ).toEqual({ days: 3, years: [2027] })
  expect(await year(2027)).toMatchObject({ provisional: false })
  expect(await isWorkingDay('2027-10-01')).toBe(false)
  expect(await isWorkingDay('2027-10-09')).toBe(true)
  expect(await dayOf('2027-10-04')).toEqual({
    day: '2027-10-04',
    kind: 'rest',
    name: '国庆节',
    source: 'set',
    noticeNumber: NOTICE,
  })
})

test.each([
  ['a day that does not exist', '2027-02-30,rest,节'],
  ['an unknown kind', '2027-05-01,holiday,节'],
  ['a day twice', '2027-05-01,rest,节\n2027-05-01,working,节'],
])('PLT-6 %s is named by its line and nothing is set', async (_what, lines) => {
  const csv = `day,kind,name\n2027-05-03,rest,节\n${lines}\n`
  await expect(
    house.call(admin(), 'importCalendar', { csv, noticeNumber: NOTICE, reason: '年度放假安排' }),
  ).rejects.toMatchObject({
    code: 'administration.csv_invalid',
    issues: [{ path: `csv.${2 + lines.split('\n').length}` }],
  })
  expect(await dayOf('2027-05-03')).toMatchObject({ source: 'weekday' })
})

test('BIZ-6 a single day is set by a notice and taken back, both recorded', async () => {
  const day = '2026-11-23'
  const change = { day, kind: 'rest', name: '临时放假', noticeNumber: '市政府通知12号', reason: '台风' }
  expect(await house.call(admin(), 'updateCalendarDay', change)).toMatchObject({
    kind: 'rest',
    source: 'set',
  })
  expect(await isWorkingDay(day)).toBe(false)
  expect(await house.call(admin(), 'resetCalendarDay', { day, reason: '通知撤销' })).toEqual({
    day,
    kind: 'working',
    name: null,
    source: 'weekday',
    noticeNumber: null,
  })
  expect(await isWorkingDay(day)).toBe(true)
  await expect(house.call(admin(), 'resetCalendarDay', { day, reason: '再来一次' })).rejects.toMatchObject({
    code: 'administration.calendar_day_not_set',
  })
  const entries = await house.tamper(
    `SELECT action, reason FROM audit_entry WHERE object_id = $1 ORDER BY id`,
    [day],
  )
  expect(entries).toEqual([
    { action: 'administration.update-calendar-day', reason: '台风' },
    { action: 'administration.reset-calendar-day', reason: '通知撤销' },
  ])
})

test('PLT-3 callers who are not signed in, lack the permission, or the second factor', async () => {
  const day = { day: '2026-11-24', kind: 'rest', name: '节', noticeNumber: '1号', reason: '试试看' }
  const writes = [
    ['updateCalendarDay', day],
    ['resetCalendarDay', { day: day.day, reason: '试试看' }],
    ['importCalendar', { csv: 'day,kind,name\n2026-11-24,rest,节\n', noticeNumber: '1号', reason: '试试看' }],
  ] as const
  await expect(house.call(nobody, 'getCalendar', { year: 2026 })).rejects.toMatchObject({ status: 401 })
  const writer = administrator(house.services, [UPDATE])
  await expect(house.call(writer, 'getCalendar', { year: 2026 })).rejects.toMatchObject({
    code: 'platform.forbidden',
  })
  for (const [key, input] of writes) {
    await expect(house.call(nobody, key, input)).rejects.toMatchObject({ status: 401 })
    await expect(house.call(administrator(house.services, [FIND]), key, input)).rejects.toMatchObject({
      code: 'platform.forbidden',
    })
    const stale = administrator(house.services, [UPDATE], { steppedUpAt: null })
    await expect(house.call(stale, key, input)).rejects.toMatchObject({ code: 'platform.step_up_required' })
  }
})
