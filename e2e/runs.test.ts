/** A supervisor judges again: what changed is shown beside what was said before; what was closed stays so until a person reopens it. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, callerOf } from './caller.ts'
import { type House, startHouse } from './house.ts'
import { closeCaseAbout, judgeC1, switchOnC1 } from './judged.ts'
import { openBrowser, overflow, TELEPHONE, visit } from './visitor.ts'

const WIDE = { width: 1440, height: 900 }
const CITY = '/45/4503/'
let house: House
let browser: Browser
let supervisor: Caller
let closedCase: string

beforeAll(async () => {
  ;[house, browser] = await Promise.all([startHouse(), openBrowser()])
  const corps = await callerOf(house, 'corps')
  supervisor = await callerOf(house, 'supervisor')
  await corps.stepUp()
  await switchOnC1(supervisor, corps, {
    title: '机构当月检验量',
    compare: ['inspection.institution_id'],
    threshold: 10,
  })
  await judge()
  closedCase = await closeOne(corps)
  await corps.call('PUT', '/indicators/C1/settings', {
    unitPath: CITY,
    enabled: null,
    parameters: { X1_threshold: 25 },
    version: 0,
    reason: '按本市业务量',
  })
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

/** A case about the first finding, investigated and closed as nothing. */
async function closeOne(corps: Caller): Promise<string> {
  const { items } = await supervisor.call('GET', '/findings?code=C1&limit=1')
  return closeCaseAbout(items[0].id, { supervisor, corps, unitPath: CITY, outcome: 'false_positive' })
}

const judge = () => judgeC1(supervisor, { from: '2026-06-01', to: '2026-10-31' })

test('SUP-12 a run after a threshold was set says what changed and why, as a file too; a finding shows its history', async () => {
  const id = await judge()
  const visitor = await visit(browser, house, 'supervisor', `/analysis-runs/${id}`, WIDE)
  const { page } = visitor
  const section = page.locator('section', { hasText: '与上次研判相比' })
  await section.getByText('阈值或参数调整').first().waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await visitor.through(WIDE)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    section.getByRole('button', { name: /导\s*出/ }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^研判变化-.*\.xlsx$/)
  await section
    .getByText(/数值变化/)
    .first()
    .click()
  await section.locator('tr.ant-table-row a').first().click()
  await page.waitForURL(/\/findings\//)
  const history = page.locator('section', { hasText: '本期历次研判' })
  await expect.poll(() => history.locator('tr.ant-table-row').count()).toBe(2)
  await history.getByText('首次发现').waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  expect(visitor.faults).toEqual([])
  await visitor.leave()
})

test('SUP-12 changes are followed from the first time on', async () => {
  const visitor = await visit(browser, house, 'supervisor', '/analysis-runs', WIDE)
  const { page } = visitor
  const start = async (extent: string): Promise<void> => {
    await page.getByRole('button', { name: '发起研判' }).click()
    await page.locator('.ant-modal').getByText(extent, { exact: true }).click()
    await visitor.through(WIDE)
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await page.waitForURL(/\/analysis-runs\/[0-9a-f-]{36}/)
    await page.locator('.hj-page-head .ant-tag', { hasText: '完成' }).waitFor()
  }
  await start('有变化的期间')
  await page.getByText('首次追溯只记下起点').waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await visitor.through(WIDE)
  await visitor.go('/analysis-runs')
  await start('有变化的期间')
  await page.getByText('没有新到或更正的数据').waitFor()
  await visitor.go('/analysis-runs')
  expect(visitor.faults).toEqual([])
  await visitor.leave()
})

test('SUP-20 a closed case keeps what was judged again, and a person reopens it', async () => {
  const visitor = await visit(browser, house, 'corps', closedCase, WIDE)
  const { page } = visitor
  await page.getByText('研判结果（2）').waitFor()
  await page.locator('section', { hasText: '研判结果（2）' }).getByText('已被取代').waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await visitor.through(WIDE)
  await page.getByRole('button', { name: '重新立案' }).click()
  await page.locator('.ant-modal textarea').fill('发现新的线索')
  await page.keyboard.press('Control+Enter')
  await page.locator('.hj-page-head .ant-tag', { hasText: '待处理' }).waitFor()
  await visitor.go('/suspect-cases?worsened=true')
  expect(visitor.faults).toEqual([])
  await visitor.leave()
})
