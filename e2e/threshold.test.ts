/** Closed cases say which threshold would have been better; a supervisor takes it up and sets a second threshold. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, callerOf } from './caller.ts'
import { type House, startHouse } from './house.ts'
import { closeCaseAbout, judgeC1, switchOnC1 } from './judged.ts'
import { openBrowser, overflow, TELEPHONE, visit } from './visitor.ts'

const WIDE = { width: 1440, height: 900 }
/** The detachment of the sample's supervisor. */
const CITY = '/45/4503/'
let house: House
let browser: Browser

beforeAll(async () => {
  ;[house, browser] = await Promise.all([startHouse(), openBrowser()])
  const [supervisor, corps] = await Promise.all([callerOf(house, 'supervisor'), callerOf(house, 'corps')])
  await corps.stepUp()
  await judgeVehicles(supervisor, corps)
  await closeCases(supervisor, corps)
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

/** C1 finds every vehicle that was inspected at all in a month. */
async function judgeVehicles(supervisor: Caller, corps: Caller): Promise<void> {
  await switchOnC1(supervisor, corps, {
    title: '同一机动车当月检验',
    compare: ['inspection.vehicle_id'],
    threshold: 0,
  })
  await judgeC1(supervisor, { from: '2026-01-01', to: '2026-10-31' })
}

/** Twelve vehicles inspected once were nothing, eight inspected twice in a month were. */
async function closeCases(supervisor: Caller, corps: Caller): Promise<void> {
  const listed = async (sort: string, least: number, count: number) => {
    const { items } = await supervisor.call('GET', `/findings?code=C1&limit=100&sort=${sort}`)
    const subjects = new Map<string, string>()
    for (const { id, measured, subjectKey } of items as {
      id: string
      measured: number
      subjectKey: string
    }[])
      if (measured >= least && subjects.size < count && !subjects.has(subjectKey))
        subjects.set(subjectKey, id)
    return subjects
  }
  const twice = await listed('-measured', 2, 8)
  const once = new Map([...(await listed('measured', 1, 30))].filter(([key]) => !twice.has(key)).slice(0, 12))
  expect([twice.size, once.size]).toEqual([8, 12])
  for (const [subject, finding] of [...twice, ...once]) {
    const outcome = twice.has(subject) ? 'confirmed' : 'false_positive'
    await closeCaseAbout(finding, { supervisor, corps, unitPath: CITY, outcome })
  }
}

test('SUP-22 a supervisor sees what closed cases say of a threshold, takes the suggestion up, and finds its figures in the history', async () => {
  const visitor = await visit(browser, house, 'corps', `/outcomes?unitPath=${encodeURIComponent(CITY)}`, WIDE)
  const { page } = visitor
  const row = page.locator('tr.ant-table-row', { hasText: 'C1' })
  await row.getByText('误报 12 件中的 12 件不再出现').waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await visitor.through(WIDE)
  await row.getByRole('link', { name: /C1/ }).click()
  await page.waitForURL(/\/indicators\/C1/)
  await page.getByRole('columnheader', { name: '比较的值（由近及远）' }).waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  await visitor.through(WIDE)

  await page.getByRole('button', { name: '调整开关与阈值' }).click()
  await page.getByText('近一年办结情况建议 1').waitFor()
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !document.querySelector('.ant-modal textarea'))
  await page.getByRole('button', { name: '采纳建议' }).click()
  await page.locator('.ant-modal textarea').fill('误报过多')
  await page.keyboard.press('Control+Enter')
  await page.getByText('二次验证').waitFor()
  // The dialog takes the focus once it stands.
  await page.waitForTimeout(500)
  await page.locator('.ant-otp input').first().click()
  await page.keyboard.type(house.secondFactor('corps', 30_000), { delay: 50 })
  await page.getByText('已按建议调整').waitFor()
  await page.getByText('第 1 版（现行）').waitFor()
  await page.waitForFunction(() => !document.querySelector('.ant-modal textarea'))

  await page.getByRole('button', { name: /设\s*置/ }).click()
  await page.locator('.ant-modal textarea').waitFor()
  await page.waitForTimeout(500)
  await page.fill('#value', '0')
  await page.locator('.ant-modal textarea').fill('与队伍管理对接')
  await page.locator('.ant-modal-footer .ant-btn-primary').click()
  await page.getByText('不得小于第一阈值 1').waitFor()
  await page.fill('#value', '3')
  await page.locator('.ant-modal-footer .ant-btn-primary').click()
  await page.getByText('提出的调整等待第二人批准').waitFor()

  await visitor.go('/setting-changes')
  await page.locator('tr.ant-table-row', { hasText: '第二阈值' }).waitFor()
  await visitor.go('/indicators/C1/history')
  await page.getByText('依据：').waitFor()
  await visitor.through(TELEPHONE)
  expect(await overflow(page)).toBe(0)
  expect(visitor.faults.filter((fault) => !fault.includes('400'))).toEqual([])
  await visitor.leave()
})
