import { pdfText } from '@hengjian/platform/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import {
  closeCase,
  createSupervisionFixture,
  type SupervisionFixture,
  serveExports,
  stationOf,
  units,
} from './testing.ts'

let fixture: SupervisionFixture
const period = { from: '2026-03-01', to: '2026-03-31' }

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  for (let stations = 0; stations < 4; stations += 1) await stationOf(fixture, units.brigade)
  await stationOf(fixture, units.otherCity)
  const corps = fixture.user(units.corps)
  const { id } = await fixture.call(corps, 'startAnalysis', {
    codes: ['V8.7'],
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  const { items } = await fixture.call(corps, 'findFindings', { unitPath: units.brigade })
  const cases: string[] = []
  for (const finding of items.slice(0, 3))
    cases.push((await fixture.call(corps, 'openCase', { source: 'finding', findingIds: [finding.id] })).id)
  await closeCase(fixture, cases[0]!, units.brigade, 'confirmed')
  // Half a day after its deadline of ten working days.
  fixture.setNow('2026-03-19T04:00:00Z')
  await closeCase(fixture, cases[1]!, units.brigade, 'false_positive')
})
afterAll(() => fixture.close())

test('SUP-22 findings, cases and what was confirmed, of an indicator, with shares and timeliness', async () => {
  const { items } = await fixture.call(fixture.user(units.city), 'findOutcomes', { ...period, by: 'code' })
  expect(items).toMatchObject([
    {
      key: 'V8.7',
      findings: 4,
      open: 1,
      inCase: 3,
      cases: 3,
      closed: 2,
      confirmed: 1,
      falsePositive: 1,
      overdue: 2,
      confirmedPercent: 50,
      precisionPercent: 50,
      closedInTimePercent: 50,
    },
  ])
  expect(items[0].averageDays).toBeCloseTo(7.5, 0)
})

test('SUP-22 by unit, by month and in all; what is outside the scope or the period is not counted', async () => {
  const ask = (unitPath: string, more: object) =>
    fixture.call(fixture.user(unitPath), 'findOutcomes', { ...period, ...more })
  const { items } = await ask(units.corps, { by: 'unit' })
  expect(
    items.map((row: { label: string; findings: number; cases: number }) => [
      row.label,
      row.findings,
      row.cases,
    ]),
  ).toEqual([
    ['一大队', 4, 3],
    ['外市支队', 1, 0],
  ])
  expect((await ask(units.city, { by: 'month' })).items).toMatchObject([
    { key: '2026-03', findings: 4, cases: 3 },
  ])
  expect((await ask(units.otherCity, { by: 'all' })).items).toMatchObject([
    { label: '合计', findings: 1, cases: 0 },
  ])
  expect((await ask(units.city, { by: 'code', from: '2026-04-01', to: '2026-04-30' })).items).toEqual([])
  expect((await ask(units.city, { by: 'all', code: 'V8.6' })).items).toEqual([])
})

test('SUP-22 each figure is as long as the list it leads to', async () => {
  const reader = fixture.user(units.city)
  const count = async (list: string, filters: object) =>
    (await fixture.call(reader, list, filters)).items.length
  expect(await count('findFindings', { foundFrom: period.from, foundTo: period.to, state: 'in_case' })).toBe(
    3,
  )
  expect(await count('findFindings', { foundFrom: '2026-03-05' })).toBe(0)
  const opened = { openedFrom: period.from, openedTo: period.to, code: 'V8.7' }
  expect(await count('findCases', { ...opened, outcome: 'confirmed' })).toBe(1)
  expect(await count('findCases', { ...opened, overdue: true })).toBe(2)
  expect(await count('findCases', { openedTo: '2026-03-03' })).toBe(0)
})

test("SUP-22 as a report (PDF): the figures in all, by month, indicator and unit, within the reader's scope", async () => {
  const city = fixture.user(units.city, { name: '李核' })
  const other = fixture.user(units.city, { permissions: new Set(['supervision.theme.find']) })
  const server = await serveExports(fixture, { city, other })
  const report = (more: object = {}, actor?: string) =>
    server.ask('/supervision-outcomes', { ...period, format: 'pdf', ...more }, actor)
  const answer = await report({}, 'city')
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/pdf'])
  expect(decodeURIComponent(String(answer.headers['content-disposition']))).toContain(
    '监管成效报告-2026-03-19.pdf',
  )
  const texts = pdfText(answer.rawPayload).flat()
  expect(texts).toEqual(
    expect.arrayContaining([
      '机构：支队（导出人的数据范围）',
      '期间：2026-03-01 至 2026-03-31',
      '2026-03',
      '一大队',
      '50.0',
    ]),
  )
  expect(texts.some((text) => text.startsWith('V8.7'))).toBe(true)
  expect(texts).not.toContain('外市支队')

  const narrow = pdfText((await report({ unitPath: units.sister, code: 'V8.7' }, 'city')).rawPayload).flat()
  expect(narrow).toEqual(expect.arrayContaining(['机构：二大队', '指标：V8.7', '没有数据。']))

  expect((await report({ from: 'yesterday' }, 'city')).json()).toMatchObject({
    code: 'platform.invalid_input',
    issues: [{ path: 'from' }],
  })
  expect((await report()).statusCode).toBe(401)
  expect((await report({}, 'other')).statusCode).toBe(403)
  expect((await report({ unitPath: units.otherCity }, 'city')).statusCode).toBe(403)
  await server.close()
})

test('SUP-22 the trend of a report has the quiet months too', async () => {
  fixture.setNow('2026-05-10T02:00:00Z')
  const city = fixture.user(units.city)
  const { items } = await fixture.call(city, 'findFindings', { state: 'open' })
  await fixture.call(city, 'openCase', { source: 'finding', findingIds: [items[0].id] })
  const server = await serveExports(fixture, { city })
  const asked = { from: '2026-01-01', to: '2026-12-31', format: 'pdf' }
  const texts = pdfText((await server.ask('/supervision-outcomes', asked, 'city')).rawPayload).flat()
  expect(texts.filter((text) => /^2026-\d\d$/.test(text)).slice(-3)).toEqual([
    '2026-03',
    '2026-04',
    '2026-05',
  ])
  await server.close()
})
