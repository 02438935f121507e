import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factCatalogue, recordFacts } from '@hengjian/business'
import type { Actor } from '@hengjian/platform/context'
import { newId, scopeOf, systemActor } from '@hengjian/platform/context'
import { createLake, type Lake } from '@hengjian/platform/lake'
import { pdfText } from '@hengjian/platform/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createSupervisionFixture, type SupervisionFixture, serveExports, units } from './testing.ts'
import type { ThemeFigureRow } from './themes/contract.ts'
import { themes } from './themes/themes.ts'

let fixture: SupervisionFixture
let lake: Lake
const folder = mkdtempSync(join(tmpdir(), 'supervision-themes-'))
const STATION = newId()
const EXAMINER = newId()

const at = (day: string) => new Date(`${day}T10:00:00+08:00`)

async function inspections(unitPath: string, day: string, passed: number, failed: number, more = {}) {
  await fixture.as(fixture.user(unitPath), (ctx) =>
    recordFacts(
      ctx,
      'inspection',
      Array.from({ length: passed + failed }, (_, i) => ({
        id: newId(),
        occurredAt: at(day),
        unitId: ctx.actor.unitId,
        unitPath,
        institutionId: STATION,
        vehicleId: newId(),
        attempt: 1,
        passed: i < passed,
        vehicleAgeYears: 16,
        ...more,
      })),
    ),
  )
}

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  fixture.setNow('2026-05-20T02:00:00Z')
  lake = await createLake({ folder, catalogue: factCatalogue, database: fixture.services.database })
  Object.assign(fixture.ports, { askLake: lake.query })
  // A year before, then January, nothing imported for February, March, and a bit of the running month.
  await inspections(units.brigade, '2025-03-10', 10, 10)
  await inspections(units.brigade, '2025-03-28', 5, 0)
  await inspections(units.brigade, '2026-01-05', 8, 2)
  await inspections(units.brigade, '2026-01-30', 10, 0)
  await inspections(units.brigade, '2026-03-02', 18, 2)
  await inspections(units.sister, '2026-03-30', 10, 0, { attempt: 2 })
  await inspections(units.brigade, '2026-04-02', 20, 10)
  await inspections(units.brigade, '2026-04-28', 20, 0)
  await inspections(units.brigade, '2026-05-11', 3, 0)
  await inspections(units.otherCity, '2026-04-02', 7, 0)
  const clerk = fixture.user(units.brigade)
  await fixture.as(fixture.user(units.corps), (ctx) =>
    recordFacts(
      ctx,
      'transaction',
      ['window', 'online', 'online', 'kiosk'].map((channel, i) => ({
        id: newId(),
        serial: `T2604020000000${i}`,
        occurredAt: at('2026-04-02'),
        acceptedAt: at('2026-04-02'),
        completedAt: at(i === 0 ? '2026-04-10' : '2026-04-03'),
        dueAt: at('2026-04-06'),
        unitId: ctx.actor.unitId,
        unitPath: i < 3 ? units.brigade : units.otherCity,
        subjectKind: i < 3 ? 'vehicle' : 'licence',
        businessKind: 'registration',
        state: 'completed',
        channel,
        handlerId: ctx.actor.id,
      })),
    ),
  )
  await fixture.as(clerk, (ctx) =>
    recordFacts(ctx, 'examination', [
      {
        id: newId(),
        occurredAt: at('2026-04-03'),
        startedAt: at('2026-04-03'),
        unitId: ctx.actor.unitId,
        unitPath: units.brigade,
        subject: 'subject2',
        siteId: newId(),
        examinerId: EXAMINER,
        passed: true,
      },
    ]),
  )
  // The follower waits for older transactions of the whole server, other tests' among them.
  await vi.waitFor(
    async () => {
      await lake.follow()
      const sql = 'SELECT (SELECT count(*) FROM inspection) + (SELECT count(*) FROM examination) AS n'
      expect((await lake.query(scopeOf(systemActor('研判')), sql))[0]!['n']).toBe(136)
    },
    { timeout: 15_000 },
  )
})
afterAll(async () => {
  lake.close()
  await fixture.close()
  rmSync(folder, { recursive: true, force: true })
})

type Asked = Record<string, unknown>
const ask = (actor: Actor, question: Asked) =>
  fixture.call(actor, 'findThemeFigures', {
    theme: 'inspection',
    from: '2026-01-01',
    to: '2026-05-20',
    ...question,
  })
const rowsOf = (answer: { items: ThemeFigureRow[] }, measure: string) =>
  answer.items.map(({ label, figures }) => [label, figures[measure]!.value])

describe('SUP-11 figures of a theme', () => {
  test('by month: counts, shares, growth; a month nothing was imported for is missing, not nought', async () => {
    const answer = await ask(fixture.user(units.city), { by: 'month' })
    expect(answer.items.map((row: ThemeFigureRow) => [row.label, row.state])).toEqual([
      ['2026-01', 'whole'],
      ['2026-02', 'missing'],
      ['2026-03', 'whole'],
      ['2026-04', 'whole'],
      ['2026-05', 'partial'],
    ])
    expect(rowsOf(answer, 'acts').map(([, value]) => value)).toEqual([20, null, 30, 50, 3])
    const [, february, march, april, may] = answer.items as ThemeFigureRow[]
    expect(february!.figures['passed']).toEqual({ value: null, sample: null, mom: null, yoy: null })
    // 30 against 25 a year before; February is no base.
    expect(march!.figures['acts']).toEqual({ value: 30, sample: null, mom: null, yoy: 20 })
    // 28 of 30 against 15 of 25: percentage points.
    expect(march!.figures['passed']!.yoy).toBeCloseTo((100 * 28) / 30 - 60, 6)
    expect(march!.figures['first_passed']).toMatchObject({ value: 90, sample: 20 })
    expect(april!.figures['acts']!.mom).toBeCloseTo((100 * 20) / 30, 6)
    expect(april!.figures['passed']!.mom).toBeCloseTo(80 - (100 * 28) / 30, 6)
    expect(may!.figures['acts']).toMatchObject({ value: 3, mom: null, yoy: null })
    expect(answer.total.figures.acts.value).toBe(103)
    expect(answer.dataTo).toBe('2026-05-11')
  })

  test('by day and week: a day without business between days with data is nought', async () => {
    const days = await ask(fixture.user(units.city), { by: 'day', from: '2026-04-27', to: '2026-04-29' })
    expect(rowsOf(days, 'acts')).toEqual([
      ['2026-04-27', 0],
      ['2026-04-28', 20],
      ['2026-04-29', 0],
    ])
    expect(days.items[0].figures.passed.value).toBeNull()
    const weeks = await ask(fixture.user(units.city), { by: 'week', from: '2026-04-28', to: '2026-05-12' })
    expect(rowsOf(weeks, 'acts')).toEqual([
      ['2026-04-27 起一周', 20],
      ['2026-05-04 起一周', 0],
      ['2026-05-11 起一周', 3],
    ])
  })

  test('ranks units below the one asked about, with their growth over the period before', async () => {
    const period = { from: '2026-03-01', to: '2026-03-31', by: 'unit' }
    const answer = await ask(fixture.user(units.city), period)
    expect(rowsOf(answer, 'acts')).toEqual([
      ['一大队', 20],
      ['二大队', 10],
    ])
    expect(answer.items[0].figures.acts.yoy).toBe(-20)
    expect(answer.yearBefore).toEqual({ from: '2025-03-01', to: '2025-03-31' })
    const corps = await ask(fixture.user(units.corps), { ...period, from: '2026-04-01', to: '2026-04-30' })
    expect(rowsOf(corps, 'acts')).toEqual([
      ['支队', 50],
      ['外市支队', 7],
    ])
    const least = await ask(fixture.user(units.city), { ...period, sort: 'acts', limit: 1 })
    expect(rowsOf(least, 'acts')).toEqual([['二大队', 10]])
    expect([least.groups, least.total.figures.acts.value]).toEqual([2, 30])
  })

  test('is divided by outcome, channel and party, and narrowed by them', async () => {
    const supervisor = fixture.user(units.city)
    const april = { from: '2026-04-01', to: '2026-04-30' }
    expect(rowsOf(await ask(supervisor, { ...april, by: 'outcome' }), 'acts')).toEqual([
      ['合格', 40],
      ['不合格', 10],
    ])
    const channels = await ask(supervisor, { ...april, theme: 'channel', by: 'channel' })
    expect(rowsOf(channels, 'acts')).toEqual([
      ['网上办', 2],
      ['窗口办', 1],
    ])
    expect(rowsOf(channels, 'late')).toEqual([
      ['网上办', 0],
      ['窗口办', 100],
    ])
    expect(rowsOf(channels, 'hours')).toEqual([
      ['网上办', 24],
      ['窗口办', 192],
    ])
    const online = await ask(supervisor, {
      ...april,
      theme: 'vehicle',
      by: 'month',
      where: ['channel:online'],
    })
    expect(rowsOf(online, 'acts')).toEqual([['2026-04', 2]])
    const activities = await ask(supervisor, { ...april, theme: 'handler', by: 'activity' })
    expect(rowsOf(activities, 'acts')).toEqual([
      ['机动车业务', 3],
      ['考试', 1],
    ])
    const handlers = await ask(supervisor, {
      ...april,
      theme: 'handler',
      by: 'handler',
      where: ['activity:examination'],
    })
    expect(rowsOf(handlers, 'acts')).toEqual([[`编号 ${EXAMINER.slice(-8)}`, 1]])
    expect(rowsOf(await ask(supervisor, { ...april, theme: 'inspection', by: 'handler' }), 'acts')).toEqual([
      ['未记录', 50],
    ])
  })

  test.each(themes.map(({ code }) => code))(
    'theme %s answers every measure by every dimension',
    async (code) => {
      const supervisor = fixture.user(units.corps)
      const { items } = await fixture.call(supervisor, 'listThemes', {})
      const theme = items.find((each: { code: string }) => each.code === code)
      for (const { key } of [...theme.dimensions, { key: 'unit' }, { key: 'week' }]) {
        const answer = await ask(supervisor, { theme: code, from: '2026-04-01', to: '2026-04-30', by: key })
        expect(answer.items.length, key).toBeGreaterThan(0)
        for (const measure of theme.measures)
          expect(answer.total.figures[measure.key], measure.key).toBeDefined()
      }
    },
  )
})

describe('SUP-11 questions that do not fit', () => {
  test.each([
    [{ to: '2031-01-01' }, 'to'],
    [{ from: '2026-06-01' }, 'to'],
    [{ by: 'day', from: '2025-01-01' }, 'to'],
    [{ by: 'channel' }, 'by'],
    [{ by: 'unit', sort: '-score' }, 'sort'],
    [{ where: ['channel:online'] }, 'where.0'],
  ])('%j is refused by name', async (question, path) => {
    await expect(ask(fixture.user(units.city), question)).rejects.toMatchObject({
      code: 'platform.invalid_input',
      issues: [{ path }],
    })
  })

  test('an unknown theme is not found; another city is forbidden, and its facts are in no figure', async () => {
    await expect(ask(fixture.user(units.city), { theme: 'weather' })).rejects.toMatchObject({ status: 404 })
    await expect(ask(fixture.user(units.city), { unitPath: units.otherCity })).rejects.toMatchObject({
      status: 403,
    })
    const stranger = await ask(fixture.user(units.otherCity), {
      from: '2026-04-01',
      to: '2026-04-30',
      by: 'unit',
    })
    expect(rowsOf(stranger, 'acts')).toEqual([['外市支队', 7]])
  })

  test('what a caller sends is a value, never a piece of the statement', async () => {
    const trick = "outcome:x' OR '1'='1"
    const answer = await ask(fixture.user(units.city), { by: 'month', where: [trick] })
    expect(answer.total.figures.acts.value).toBe(0)
  })
})

describe('SUP-11 records behind a figure', () => {
  const april = { theme: 'inspection', from: '2026-04-01', to: '2026-04-30' }

  test('are as many as the figure says, page by page, newest first, in words', async () => {
    const supervisor = fixture.user(units.city)
    const failed = { ...april, where: ['outcome:failed'] }
    const first = await fixture.call(supervisor, 'findThemeRecords', { ...failed, limit: 6 })
    const second = await fixture.call(supervisor, 'findThemeRecords', {
      ...failed,
      limit: 6,
      cursor: first.nextCursor,
    })
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([6, 4, null])
    expect(new Set([...first.items, ...second.items].map(({ id }: { id: string }) => id)).size).toBe(10)
    expect(first.items[0]).toMatchObject({
      label: '检验',
      unitName: '一大队',
      at: '2026-04-02T02:00:00.000Z',
    })
    expect(first.items[0].values).toContainEqual({ name: 'passed', title: '合格', value: false })
    const { items } = await fixture.call(supervisor, 'findThemeRecords', { ...april, limit: 200 })
    expect(items).toHaveLength(50)
    expect(items[0].at > items[49].at).toBe(true)
  })

  test('of several facts stand together, and stay within the scope', async () => {
    const handled = { ...april, theme: 'handler' }
    const { items } = await fixture.call(fixture.user(units.brigade), 'findThemeRecords', handled)
    expect(items.map(({ fact }: { fact: string }) => fact).sort()).toEqual([
      'examination',
      'transaction',
      'transaction',
      'transaction',
    ])
    expect((await fixture.call(fixture.user(units.sister), 'findThemeRecords', handled)).items).toEqual([])
    await expect(
      fixture.call(fixture.user(units.sister), 'findThemeRecords', { ...handled, unitPath: units.brigade }),
    ).rejects.toMatchObject({ status: 403 })
  })
})

describe('SUP-11 a theme as a report (PDF)', () => {
  let server: Awaited<ReturnType<typeof serveExports>>
  let rowLimit = 1000
  let city: Actor
  beforeAll(async () => {
    city = fixture.user(units.city, { name: '李核' })
    const other = fixture.user(units.city, { permissions: new Set(['supervision.case.find']) })
    server = await serveExports(fixture, { city, other }, () => rowLimit)
  })
  afterAll(() => server.close())

  const question = { theme: 'inspection', from: '2026-01-01', to: '2026-04-30', format: 'pdf' }
  const report = (more: object = {}, actor: string | undefined = 'city') =>
    server.ask('/theme-figures', { ...question, ...more }, actor)
  const recorded = () =>
    fixture.admin.query(
      `SELECT after FROM audit_entry WHERE action = 'supervision.find-theme-figures.export' ORDER BY id`,
    )

  test('says measures, growth, trend and every division with the figures of the page', async () => {
    const answer = await report()
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/pdf'])
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="supervision.find-theme-figures.pdf"; filename*=UTF-8''${encodeURIComponent('专题分析报告：机动车检验-2026-05-20.pdf')}`,
    )
    expect(answer.rawPayload.length).toBeLessThan(1_000_000)
    const texts = pdfText(answer.rawPayload).flat()
    expect(texts).toEqual(
      expect.arrayContaining([
        '专题分析报告：机动车检验',
        '机构：支队',
        '期间：2026-01-01 至 2026-04-30（趋势按月）',
        '数据：截至 2026-05-11，所选期间不完整，不作比较',
        '对照期间：环比 2025-09-01 至 2025-12-31；同比 2025-01-01 至 2025-04-30',
        '导出：支队 李核，2026-05-20 10:00:00',
        '办理量（件）',
        '84.44',
        '2026-02（无数据）',
        '一大队',
        '二大队',
        '不合格',
        '二、办理量趋势（按月）',
        '八、按经办人',
      ]),
    )
    // One of ten inspections is the sister's: its share stands beside.
    expect(texts).toContain('10.00')
    // April against March: 50 to 30.
    expect(texts).toContain('+66.67')
    // It names those who audited: who had it made stands across the pages, not in the foot alone.
    expect(texts.filter((text) => text === '支队 李核 2026-05-20 10:00:00').length).toBeGreaterThan(5)
  })

  test('follows measure, step, unit and conditions', async () => {
    const answer = await report({
      sort: '-passed',
      by: 'week',
      unitPath: units.brigade,
      where: ['outcome:failed'],
    })
    const texts = pdfText(answer.rawPayload).flat()
    expect(texts).toEqual(
      expect.arrayContaining([
        '机构：一大队',
        '条件：结果：不合格',
        '图表与排名的指标：合格率',
        '二、合格率趋势（按周）',
      ]),
    )
    expect(texts).not.toContain('二大队')
  })

  test('PLT-20 is recorded with what was asked and how many rows', async () => {
    const answer = await report({ where: ['outcome:failed'] })
    const { after } = (await recorded()).rows.at(-1) as { after: string | object }
    expect(typeof after === 'string' ? JSON.parse(after) : after).toEqual({
      format: 'pdf',
      rows: Number(answer.headers['x-export-rows']),
      filters: {
        theme: 'inspection',
        from: '2026-01-01',
        to: '2026-04-30',
        by: 'month',
        where: ['outcome:failed'],
      },
    })
  })

  test('faults are named; who may not see the theme, or the unit, gets nothing and leaves no entry', async () => {
    const before = (await recorded()).rows.length
    for (const [more, path] of [
      [{ by: 'unit' }, 'by'],
      [{ to: '2025-01-01' }, 'to'],
      [{ sort: 'score' }, 'sort'],
      [{ columns: ['label'] }, 'columns'],
    ] as const)
      expect((await report(more)).json(), path).toMatchObject({
        code: 'platform.invalid_input',
        issues: [{ path }],
      })
    expect((await report({ theme: 'nothing' })).json().code).toBe('supervision.unknown_theme')
    expect((await report({}, 'nobody')).statusCode).toBe(401)
    expect((await report({}, 'other')).statusCode).toBe(403)
    expect((await report({ unitPath: units.otherCity })).statusCode).toBe(403)
    rowLimit = 3
    expect((await report()).json()).toMatchObject({ code: 'platform.export_too_large', data: { limit: 3 } })
    rowLimit = 1000
    expect((await recorded()).rows).toHaveLength(before)
  })

  test('a unit whose name is long, marked up, on two lines and a picture is printed as far as it can be', async () => {
    const { unitNamesOf } = fixture.ports
    const name = `<i>大队</i>\n🚓${'长'.repeat(500)}`
    fixture.ports.unitNamesOf = async (_ctx, paths) => new Map(paths.map((path) => [path, name]))
    const answer = await report()
    fixture.ports.unitNamesOf = unitNamesOf
    expect(answer.statusCode).toBe(200)
    expect(pdfText(answer.rawPayload).flat().join('')).toContain('机构：<i>大队</i> □长长长')
  })
})
