/** A supervisor composes an indicator, tries it, another approves it, and it is judged by. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callerOf } from './caller.ts'
import { type House, startHouse } from './house.ts'
import { openBrowser, overflow, TELEPHONE, visit } from './visitor.ts'

const WIDE = { width: 1440, height: 900 }
let house: House
let browser: Browser

beforeAll(async () => {
  ;[house, browser] = await Promise.all([startHouse(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

async function choose(page: Page, field: string, words: string): Promise<void> {
  await page.click(`#${field}`)
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

async function confirm(page: Page, button: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.locator('.ant-modal textarea').fill(reason)
  await page.keyboard.press('Control+Enter')
}

test('SUP-3 compose in words, back-test, approve as another person, switch on, run: it finds', async () => {
  const author = await visit(browser, house, 'supervisor', '/composed-indicators', WIDE)
  const { page } = author
  await page.getByRole('button', { name: '新建自编指标' }).click()
  await page.fill('#title', '检验量大的机构')
  await choose(page, 'source', '检验')
  await page.getByText('至少选择一个比较对象').waitFor()
  await choose(page, 'compare', '社会化服务机构')
  await page.keyboard.press('Escape')
  await page.fill('#threshold', '1')
  await page.fill('#minimumSample', '0')
  await page.getByText('按社会化服务机构，每月统计检验数量，超过 1 。').waitFor()
  expect(await overflow(page)).toBe(0)
  await author.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await author.through(WIDE)
  await page.getByRole('button', { name: /保\s*存/ }).click()
  await page.waitForURL(/composed-indicators\/C1$/)
  await page.getByRole('button', { name: /回\s*测/ }).click()
  await page
    .locator('.ant-modal')
    .getByRole('button', { name: /开\s*始/ })
    .click()
  await page.waitForURL(/back-tests\//)
  await page.getByText('按机构和月份').waitFor()
  await author.through(WIDE)
  await author.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await author.through(WIDE)
  await page
    .getByRole('button', { name: /查\s*看/ })
    .first()
    .click()
  await page.locator('.ant-modal tr.ant-table-row').first().waitFor()
  await page.keyboard.press('Escape')
  await author.go('/composed-indicators/C1')
  await confirm(page, '提交批准', '请审核')
  await page.getByText('待批准').first().waitFor()

  const approver = await visit(browser, house, 'corps', '/composed-indicators/C1', WIDE)
  for (const [button, reason] of [
    [/批\s*准/, '同意试行'],
    [/启\s*用/, '试行一月'],
  ] as const) {
    await approver.page.getByRole('button', { name: button }).first().click()
    await approver.page.locator('.ant-modal textarea').fill(reason)
    await approver.page.keyboard.press('Control+Enter')
    if (button.source.startsWith('批')) {
      await approver.page.getByText('二次验证').waitFor()
      // The dialog takes the focus once it stands.
      await approver.page.waitForTimeout(500)
      await approver.page.locator('.ant-otp input').first().click()
      await approver.page.keyboard.type(house.secondFactor('corps'), { delay: 50 })
    }
    await approver.page.waitForFunction(() => !document.querySelector('.ant-modal textarea'))
  }
  await approver.page.getByText('现行', { exact: true }).waitFor()
  await approver.through(WIDE)
  await approver.through(TELEPHONE)
  expect(await overflow(approver.page)).toBe(0)
  await approver.leave()

  await author.go('/analysis-runs')
  await page.getByRole('button', { name: '发起研判' }).click()
  await page.locator('.ant-modal .ant-select').first().click()
  await page.keyboard.type('检验量大')
  await page.locator('.ant-select-tree-title', { hasText: 'C1 检验量大的机构' }).click()
  await page.keyboard.press('Escape')
  await page.locator('.ant-modal .ant-picker-range input').first().click()
  await page.getByText('近一年').click()
  await page.locator('.ant-modal-footer .ant-btn-primary').click()
  await page.waitForURL(/\/analysis-runs\/[0-9a-f-]{36}/)
  await page.locator('.hj-page-head .ant-tag', { hasText: '完成' }).waitFor()
  await page.locator('a.hj-figure', { hasText: '研判结果' }).click()
  await page.waitForURL(/\/findings\?runId=/)
  await page.locator('tr.ant-table-row').first().waitFor()
  expect(await page.locator('tr.ant-table-row').first().textContent()).toContain('检验数量为')
  expect(author.faults).toEqual([])
  await author.leave()
})

test('SUP-3 compose for acceptance: past acceptances are judged again, and the window prompts once it is switched on', async () => {
  const author = await visit(browser, house, 'supervisor', '/composed-indicators/new', WIDE)
  const { page } = author
  await page.fill('#title', '频繁办理业务的机动车')
  await page.getByText('受理业务时', { exact: true }).click()
  await choose(page, 'businessKinds', '补换领号牌')
  await choose(page, 'businessKinds', '变更登记')
  await page.keyboard.press('Escape')
  await choose(page, 'source', '业务流水')
  await choose(page, 'about', '机动车')
  await page.getByText('连续数月').click()
  await page.fill('#months', '12')
  await page.fill('#threshold', '0')
  await page.getByText(/该机动车12个月内（截至受理时）的业务流水数量超过 0 ，提示经办人。/).waitFor()
  expect(await page.locator('#base, #compare, #minimumSample').count()).toBe(0)
  await author.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await author.through(WIDE)
  await page.getByRole('button', { name: /保\s*存/ }).click()
  await page.waitForURL(/composed-indicators\/C\d+$/)
  await page.getByRole('button', { name: /回\s*测/ }).click()
  await page
    .locator('.ant-modal')
    .getByRole('button', { name: /开\s*始/ })
    .click()
  await page.waitForURL(/back-tests\//)
  await page.getByText('会提示').waitFor()
  await page.getByText('按机构和月份').waitFor()
  await page
    .getByRole('button', { name: /查\s*看/ })
    .first()
    .click()
  await page.locator('.ant-modal tr.ant-table-row').first().waitFor()
  await page.keyboard.press('Escape')
  await author.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await author.through(WIDE)
  expect(author.faults).toEqual([])

  const code = /C\d+/.exec((await page.locator('h1').textContent()) ?? '')![0]
  await author.leave()
  const [supervisor, corps] = await Promise.all([callerOf(house, 'supervisor'), callerOf(house, 'corps')])
  await supervisor.call('POST', `/composed-indicators/${code}/versions/1/submission`, { reason: '试行' })
  await corps.stepUp(30_000)
  await corps.call('POST', `/composed-indicators/${code}/versions/1/approval`, {})
  await corps.call('PUT', `/composed-indicators/${code}/switch`, { number: 1, reason: '试行' })

  const clerk = await visit(browser, house, 'handler', '/desk?id=new', WIDE)
  const { items } = await supervisor.call('GET', '/transactions?subjectKind=vehicle&limit=100')
  const plate = items.find((item: { plate?: string }) => item.plate)!.plate
  await clerk.page.waitForSelector('#businessKind')
  await choose(clerk.page, 'businessKind', '变更登记')
  await clerk.page.fill('.hj-accept .ant-input-search input', plate)
  await clerk.page.keyboard.press('Enter')
  await clerk.page.getByText('现所有人').waitFor()
  await choose(clerk.page, 'changedFields', '车身颜色')
  await clerk.page.keyboard.press('Escape')
  await clerk.page.keyboard.press('Control+Enter')
  await clerk.page.getByText('业务提示：频繁办理业务的机动车').waitFor()
  await clerk.through(WIDE)
  expect(clerk.faults).toEqual([])
  await clerk.leave()
})
