/** What people do at work, in one browser against one house. */
import { readFile } from 'node:fs/promises'
import { pdfText } from '@hengjian/platform/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, startHouse } from './house.ts'
import { DESK, openBrowser, overflow, TELEPHONE, visit } from './visitor.ts'

let house: House
let browser: Browser

beforeAll(async () => {
  ;[house, browser] = await Promise.all([startHouse(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

/** Plates of vehicles that the handler's windows have seen, so that journeys stand on real records. */
async function platesOf(page: Page, wanted: number): Promise<string[]> {
  return page.evaluate(async (count) => {
    const answer = await fetch('/api/transactions?subjectKind=vehicle&limit=200')
    const { items } = (await answer.json()) as { items: { plate: string | null }[] }
    return [...new Set(items.flatMap(({ plate }) => plate ?? []))].slice(0, count)
  }, wanted)
}

async function choose(page: Page, field: string, words: string): Promise<void> {
  await page.click(`#${field}`)
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

async function findVehicle(page: Page, plate: string): Promise<void> {
  await page.fill('.hj-accept .ant-input-search input', plate)
  await page.keyboard.press('Enter')
  await page.getByText('现所有人').waitFor()
}

/** Accept at the window with the keyboard; answers the serial number. */
async function accept(
  page: Page,
  plate: string,
  business: string,
  detail: (page: Page) => Promise<void>,
): Promise<string> {
  await page.goto(`${house.address}/desk?id=new`)
  await page.waitForSelector('#businessKind')
  await choose(page, 'businessKind', business)
  await findVehicle(page, plate)
  await detail(page)
  await page.keyboard.press('Control+Enter')
  await page.waitForURL((url) => (url.searchParams.get('id') ?? 'new') !== 'new')
  await page.locator('.hj-desk-item .hj-num').first().waitFor()
  return (await page.locator('.hj-desk-item .hj-num').first().textContent()) ?? ''
}

const reissue = async (page: Page): Promise<void> => choose(page, 'reason', '补领')
const changeCoOwner = async (page: Page): Promise<void> => {
  await choose(page, 'changedFields', '共同所有人')
  await page.keyboard.press('Escape')
}

async function decide(page: Page, key: string, reason: string): Promise<void> {
  await page.keyboard.press(key)
  await page.locator('.ant-modal textarea').waitFor()
  await page.locator('.ant-modal textarea').fill(reason)
  await page.keyboard.press('Control+Enter')
}

async function enterSecondFactor(page: Page, userName: string): Promise<void> {
  await page.getByText('二次验证').waitFor()
  await page.locator('.ant-otp input').first().click()
  await page.keyboard.type(house.secondFactor(userName))
}

/** Press 导出 PDF and read what comes. */
async function reportOf(page: Page): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '导出 PDF' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/报告.*-\d{4}-\d{2}-\d{2}\.pdf$/)
  return pdfText(await readFile(await download.path())).flat()
}

describe('signing in', () => {
  test('PLT-10 a wrong password is refused without saying which part was wrong', async () => {
    const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
    await page.goto(house.address)
    const refusals: (string | null)[] = []
    for (const userName of ['handler', 'nobody-of-this-name']) {
      await page.fill('input[autocomplete=username]', userName)
      await page.fill('input[autocomplete=current-password]', 'wrong-Password-1')
      await page.click('button[type=submit]')
      await page.locator('[role=alert]').waitFor()
      refusals.push(await page.locator('[role=alert]').textContent())
      await page.reload()
    }
    expect(refusals[0]).toBe(refusals[1])
    await page.context().close()
  })

  test('PLT-10 signing out ends the session, and the address waits for the next sign-in', async () => {
    const visitor = await visit(browser, house, 'handler', '/transactions')
    await visitor.page.getByRole('button', { name: /韦小敏/ }).click()
    await visitor.page.getByText('退出登录', { exact: true }).click()
    await visitor.page.waitForSelector('input[autocomplete=username]')
    expect(new URL(visitor.page.url()).pathname).toBe('/transactions')
    const status = await visitor.page.evaluate(async () => (await fetch('/api/sessions/current')).status)
    expect(status).toBe(401)
    await visitor.leave()
  })

  test('PLT-50 nothing breaks the content security policy, and the first page stands within two seconds of a reload', async () => {
    const visitor = await visit(browser, house, 'handler')
    await visitor.page.reload()
    await visitor.page.getByText('等我处理').waitFor()
    const shown = await visitor.page.evaluate(() => performance.now())
    expect(visitor.faults).toEqual([])
    expect(shown).toBeLessThan(2000)
    await visitor.leave()
  })
})

describe('accounts', () => {
  test('PLT-10 PLT-5 an account made by the system administrator changes its initial password before anything else', async () => {
    const userName = `clerk${Date.now().toString(36)}`
    const admin = await visit(browser, house, 'sysadmin', '/users')
    const { page } = admin
    await page.getByRole('button', { name: '新建用户' }).click()
    await page.fill('#userName', userName)
    await page.fill('#name', '新来的')
    await page.locator('#unitId').click()
    await page.keyboard.type('秀峰区交通')
    await page.locator('.ant-select-tree-title', { hasText: '桂林市秀峰区交通警察大队' }).click()
    await page.getByRole('button', { name: '创建' }).click()
    const initial = (await page.locator('.ant-modal .hj-code').nth(1).textContent()) ?? ''
    expect(await page.getByText('去分配角色').count()).toBe(0)

    const newcomer = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
    await newcomer.goto(`${house.address}/transactions`)
    await newcomer.fill('input[autocomplete=username]', userName)
    await newcomer.fill('input[autocomplete=current-password]', initial)
    await newcomer.click('button[type=submit]')
    await newcomer.getByText('请先修改密码').waitFor()
    await newcomer.fill('#currentPassword', initial)
    for (const id of ['#newPassword', '#again']) await newcomer.fill(id, 'short')
    await newcomer.click('button[type=submit]')
    await newcomer.locator('.ant-form-item-explain-error').first().waitFor()
    for (const id of ['#newPassword', '#again']) await newcomer.fill(id, 'Weigh-and-Mirror-2026')
    await newcomer.click('button[type=submit]')
    await newcomer.waitForSelector('.hj-shell')
    await Promise.all([admin.leave(), newcomer.context().close()])
  })

  test('PLT-52 PLT-20 personal data is masked until asked for with a reason, and the asking stands in the audit log', async () => {
    const leader = await visit(browser, house, 'leader', '/transactions')
    await leader.page.locator('tr.ant-table-row td a').first().click()
    const panel = leader.page.locator('section', { hasText: '显示完整信息' })
    expect(await panel.textContent()).toMatch(/\d{3}\*+/)
    await leader.page.getByRole('button', { name: '显示完整信息' }).click()
    await leader.page.locator('.ant-modal textarea').fill('核对本人身份')
    await leader.page.locator('.ant-modal-footer .ant-btn-primary').click()
    await leader.page.getByRole('button', { name: '遮蔽' }).waitFor()
    expect(await leader.page.locator('section', { hasText: '遮蔽' }).textContent()).toMatch(/\d{17}[\dX]/)
    const auditor = await visit(browser, house, 'auditor', '/audit?action=business.unmask-person')
    await auditor.page.locator('tr.ant-table-row', { hasText: '核对本人身份' }).first().waitFor()
    expect([...leader.faults, ...auditor.faults]).toEqual([])
    await Promise.all([leader.leave(), auditor.leave()])
  })

  test('PLT-7 PLT-13 a parameter is set for a unit with a reason and a second factor, and its change is kept', async () => {
    const { page, leave } = await visit(browser, house, 'sysadmin', '/parameters')
    const row = page.locator('tr', { hasText: '嫌疑业务办理时限' })
    await row.getByRole('button', { name: '修改' }).click()
    await page.locator('.ant-modal input[role=spinbutton]').fill('12')
    await page.locator('.ant-modal textarea').fill('按年度工作安排调整')
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await enterSecondFactor(page, 'sysadmin')
    await row.getByText('本机构').waitFor()
    expect(await row.textContent()).toContain('12')
    await row.getByRole('button', { name: '变更记录' }).click()
    await page.locator('.ant-drawer').getByText('按年度工作安排调整').waitFor()
    await leave()
  })

  test('PLT-5 PLT-13 the security administrator alone asks a second factor of administrators at sign-in, and they meet it', async () => {
    const other = await visit(browser, house, 'sysadmin', '/parameters')
    const kept = other.page.locator('tr', { hasText: '登录须用动态口令' })
    await kept.waitFor()
    expect(await kept.getByRole('button', { name: '修改' }).isDisabled()).toBe(true)
    await other.leave()

    const { page, leave } = await visit(browser, house, 'secadmin', '/parameters')
    const row = page.locator('tr', { hasText: '登录须用动态口令' })
    await row.getByRole('button', { name: '修改' }).click()
    await page.locator('.ant-modal .ant-form-item-control .ant-select').click()
    await page.locator('.ant-select-item-option', { hasText: '三类管理员' }).click()
    await page.locator('.ant-modal textarea').fill('等保测评整改')
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await enterSecondFactor(page, 'secadmin')
    await row.getByText('本机构').waitFor()

    const auditor = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
    await auditor.goto(`${house.address}/audit`)
    await auditor.fill('input[autocomplete=username]', 'auditor')
    await auditor.fill('input[autocomplete=current-password]', house.signIn('auditor').password)
    await auditor.click('button[type=submit]')
    await auditor.getByText('请输入动态口令').waitFor()
    await auditor.fill('input[autocomplete=one-time-code]', house.secondFactor('auditor'))
    await auditor.click('button[type=submit]')
    await auditor.waitForSelector('.hj-shell')
    await auditor.context().close()

    await row.getByRole('button', { name: '修改' }).click()
    await page.locator('.ant-modal').getByText('恢复沿用上级').click()
    await page.locator('.ant-modal textarea').fill('测评结束')
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await row.getByText('本机构').waitFor({ state: 'detached' })
    await leave()
  })
})

describe('imports', () => {
  test('BIZ-9 a file is matched with its mapping, uploaded and imported in sight; a second time nothing is doubled', async () => {
    const { page, faults, leave } = await visit(browser, house, 'supervisor', '/imports')
    const head =
      '"Year of inspection","Brand and model series","Registration year","Number of inspections","Average mileage","Median mileage","Rejection rate","Accepted cars","Rejected Cars"'
    const rows = [
      '"2019","Toyota - Corolla","2004",40,180000,170000,25,30,10',
      '"2019","Volvo - V70","2005",20,.,.,10,18,2',
    ]
    const file = {
      name: 'journey.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from([head, ...rows].join('\n')),
    }
    for (const [figure, expected] of [
      ['新增事实', '60'],
      ['已有，跳过', '60'],
    ] as const) {
      await page.goto(`${house.address}/imports`)
      await page.getByRole('button', { name: '导入文件' }).click()
      await page.locator('input[type=file]').setInputFiles(file)
      await page.locator('.ant-modal', { hasText: '文件须有这些列' }).waitFor()
      await page.locator('.ant-modal-footer .ant-btn-primary').click()
      await page.waitForURL(/\/imports\/[0-9a-f-]{36}/)
      await page.locator('.hj-page-head .ant-tag', { hasText: '完成' }).waitFor()
      expect(await page.locator('.hj-figure', { hasText: figure }).locator('strong').textContent()).toBe(
        expected,
      )
    }
    expect(await page.locator('.ant-tag', { hasText: '未启用扫描' }).count()).toBe(1)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '下载原文件' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('journey.csv')
    expect(await readFile(await download.path())).toEqual(file.buffer)
    expect(faults).toEqual([])
    await leave()
  })
})

describe('every page', () => {
  const sets = [
    [
      'handler',
      ['/', '/desk', '/transactions', '/institutions', '/agents', '/authorisations', '/warnings', '/account'],
    ],
    [
      'supervisor',
      [
        '/indicators',
        '/indicators/012003',
        '/analysis-runs',
        '/findings',
        '/case-desk',
        '/suspect-cases',
        '/imports',
        '/supervision',
        '/units',
      ],
    ],
    ['secadmin', ['/users', '/roles', '/units', '/parameters']],
    ['sysadmin', ['/parameters', '/dictionaries', '/calendar', '/jobs']],
    ['auditor', ['/audit', '/audit/verifications']],
  ] as const
  for (const [userName, paths] of sets)
    test(`PLT-50 of ${userName} opens without fault, on a desk and on a telephone`, async () => {
      const visitor = await visit(browser, house, userName)
      const wide: string[] = []
      for (const path of paths) {
        await visitor.through(DESK)
        await visitor.go(path)
        await visitor.through(TELEPHONE)
        if ((await overflow(visitor.page)) > 0) wide.push(path)
      }
      expect(visitor.faults).toEqual([])
      expect(wide).toEqual([])
      await visitor.leave()
    })

  test('PLT-3 PLT-5 the menu shows what one may do: the audit log is for the audit administrator alone', async () => {
    const menus: Record<string, string | null> = {}
    for (const userName of ['handler', 'sysadmin', 'secadmin', 'auditor']) {
      const visitor = await visit(browser, house, userName)
      menus[userName] = await visitor.page.getByRole('navigation', { name: '主菜单' }).textContent()
      await visitor.leave()
    }
    expect(menus['auditor']).toContain('审计日志')
    for (const other of ['handler', 'sysadmin', 'secadmin']) expect(menus[other]).not.toContain('审计日志')
    expect(menus['handler']).toContain('窗口办理')
    expect(menus['auditor']).not.toContain('窗口办理')
    expect(menus['secadmin']).toContain('用户')
    expect(menus['secadmin']).toContain('参数')
    expect(menus['secadmin']).not.toContain('后台任务')
  })
})

describe('lists', () => {
  test('PLT-50 filters stand in the address, survive a reload, are kept under a name, and columns can be chosen', async () => {
    const { page, leave } = await visit(browser, house, 'handler', '/transactions')
    await page.getByRole('combobox', { name: '状态' }).click()
    await page.locator('.ant-select-item-option', { hasText: '办结' }).click()
    await page.waitForURL(/state=completed/)
    await page.reload()
    await page.locator('tr.ant-table-row').first().waitFor()
    const states = await page.locator('tr.ant-table-row td:nth-child(5)').allTextContents()
    expect(new Set(states)).toEqual(new Set(['办结']))
    await page.getByRole('button', { name: /常用筛选/ }).click()
    await page.getByText('保存当前筛选…').click()
    await page.getByPlaceholder('名称，如：本周退回').fill('办结的')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '清除筛选' }).click()
    await page.waitForURL((url) => url.search === '')
    await page.getByRole('button', { name: /常用筛选/ }).click()
    await page.getByRole('menuitem', { name: '办结的', exact: true }).click()
    await page.waitForURL(/state=completed/)
    await page.getByRole('button', { name: '选择显示的列' }).click()
    await page.getByRole('checkbox', { name: '渠道' }).check()
    await page.getByRole('columnheader', { name: '渠道' }).waitFor()
    await leave()
  })

  test('PLT-40 a list is exported as CSV with a byte order mark and as XLSX', async () => {
    const { page, leave } = await visit(browser, house, 'handler', '/transactions?state=withdrawn')
    await page.locator('tr.ant-table-row').first().waitFor()
    const files: Record<string, Buffer> = {}
    for (const kind of ['CSV', 'Excel']) {
      await page.getByRole('button', { name: /导出/ }).click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: new RegExp(kind) }).click(),
      ])
      const chunks: Buffer[] = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
      files[kind] = Buffer.concat(chunks)
    }
    expect([...files['CSV']!.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(files['CSV']!.toString()).toContain('退办')
    expect(files['Excel']!.subarray(0, 2).toString()).toBe('PK')
    await leave()
  })

  test('PLT-40 a list is sorted by a column, which the address keeps and the export follows', async () => {
    const { page, faults, leave } = await visit(browser, house, 'handler', '/transactions')
    // The newest stand first without being told; a click turns that round.
    await page.getByRole('columnheader', { name: '受理时间' }).click()
    await page.waitForURL(/sort=acceptedAt/)
    await page.reload()
    await page.locator('th[aria-sort=ascending]', { hasText: '受理时间' }).waitFor()
    const first = page.locator('tr.ant-table-row td a').first()
    await first.waitFor()
    const serial = await first.textContent()
    await page.getByRole('button', { name: /导出/ }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /CSV/ }).click(),
    ])
    await page.getByText(/已导出 [\d,]+ 条，已记入审计日志/).waitFor()
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const lines = Buffer.concat(chunks).toString().split('\r\n')
    expect(lines[0]).toMatch(/^\uFEFF流水号,业务,号牌,/)
    expect(lines[1]!.split(',')[0]).toBe(serial)
    expect(faults).toEqual([])
    await leave()
  })

  test('BIZ-20 a transaction leads to the files of its vehicle and its owner, and back to their transactions', async () => {
    const { page, go, through, faults, leave } = await visit(browser, house, 'corps', '/transactions')
    const row = page.locator('tr.ant-table-row', { has: page.locator('a[href^="/vehicles/"]') }).first()
    const plate = (await row.locator('a[href^="/vehicles/"]').textContent()) ?? ''
    const serial = (await row.locator('td a').first().textContent()) ?? ''
    await row.locator('a[href^="/vehicles/"]').click()
    await page.getByRole('heading', { name: `机动车 ${plate}` }).waitFor()
    await page.getByRole('link', { name: serial }).waitFor()
    await go(new URL(page.url()).pathname)
    await through(TELEPHONE)
    expect(await overflow(page)).toBe(0)
    await through(DESK)
    await page.locator('a[href^="/persons/"]').first().click()
    await page.getByRole('heading', { name: /^(人员|单位) / }).waitFor()
    await page.getByRole('link', { name: serial }).waitFor()
    await go(new URL(page.url()).pathname)
    await through(TELEPHONE)
    expect(await overflow(page)).toBe(0)
    await through(DESK)
    await page.getByRole('link', { name: '在列表中查看' }).click()
    await page.waitForURL(/\/transactions\?personId=/)
    await page.getByText('指定人员').waitFor()
    await page.locator('tr.ant-table-row').first().waitFor()
    expect(faults).toEqual([])
    await leave()
  })

  test('PLT-52 a transaction is found by its number from anywhere, and the number of a person never stands in the address', async () => {
    const { page, leave } = await visit(browser, house, 'handler', '/transactions')
    const serial = (await page.locator('tr.ant-table-row td a').first().textContent()) ?? ''
    await page.keyboard.press('s')
    await page.keyboard.type(serial)
    await page.locator('.ant-select-item-option', { hasText: serial }).click()
    await page.waitForURL(/\/transactions\/[0-9a-f-]{36}/)
    await page.goto(`${house.address}/transactions`)
    await page.getByPlaceholder('身份证明号码').fill('450302199001011234')
    await page.waitForURL(/idNumber=/)
    expect(page.url()).not.toContain('450302199001011234')
    await leave()
  })
})

describe('at the window', () => {
  test('BIZ-4 SUP-1 SUP-IN-012105 a change of co-owner is held until a leader grants it with a second factor', async () => {
    const clerk = await visit(browser, house, 'handler')
    const [plate] = await platesOf(clerk.page, 1)
    const serial = await accept(clerk.page, plate!, '变更登记', changeCoOwner)
    await clerk.page.getByText('业务已暂停，等待本机构或上级负责人授权').waitFor()

    const leader = await visit(browser, house, 'leader', '/authorisations')
    await leader.page.locator('.hj-desk-item').getByText(serial).first().waitFor()
    await decide(leader.page, 'g', '材料已核实，同意办理')
    await enterSecondFactor(leader.page, 'leader')
    await leader.page.getByText(`同意授权：${serial}`).waitFor()

    await clerk.page.reload()
    await clerk.page.locator('.hj-desk-decision').getByText('已受理', { exact: true }).waitFor()
    expect(await clerk.page.locator('.hj-desk-item').textContent()).not.toContain('业务已暂停')
    expect([...clerk.faults, ...leader.faults]).toEqual([])
    await Promise.all([clerk.leave(), leader.leave()])
  })

  test('SUP-IN-012003 the fourth re-issue of plates within a year prompts, explains itself, and is acknowledged', async () => {
    const { page, faults, leave } = await visit(browser, house, 'handler')
    const plate = (await platesOf(page, 6)).at(-1)!
    let prompted = false
    for (let times = 1; times <= 4 && !prompted; times++) {
      await accept(page, plate, '补换领号牌', reissue)
      prompted = (await page.getByText('业务提示：一年内多次补领号牌').count()) > 0
    }
    await page.getByRole('button', { name: '为什么提示？' }).click()
    await page.locator('.ant-drawer').getByText('涉及的记录').waitFor()
    expect(await page.locator('.ant-drawer tbody a').count()).toBeGreaterThanOrEqual(4)
    await page.keyboard.press('Escape')
    await page.locator('.ant-drawer-mask').waitFor({ state: 'hidden' })
    await page.keyboard.press('c')
    await page.getByText('已确认', { exact: true }).waitFor()
    expect(faults).toEqual([])
    await leave()
  })

  test('PLT-50 BIZ-4 a transaction goes from acceptance to the archive by keyboard alone', async () => {
    const clerk = await visit(browser, house, 'handler')
    const plate = (await platesOf(clerk.page, 4)).at(-1)!
    const serial = await accept(clerk.page, plate, '核发检验标志', async () => {})
    const reviewer = await visit(browser, house, 'reviewer', '/desk?queue=review')
    await reviewer.page.locator('.hj-queue-item', { hasText: serial }).click()
    await reviewer.page
      .locator('.hj-desk-decision')
      .getByRole('button', { name: /复核通过/ })
      .waitFor()
    await decide(reviewer.page, 'r', '材料齐全')
    await reviewer.page.getByText(`复核通过：${serial}`).waitFor()
    await clerk.page.goto(`${house.address}/desk?queue=finish`)
    await clerk.page.locator('.hj-queue-item', { hasText: serial }).click()
    await clerk.page
      .locator('.hj-desk-decision')
      .getByRole('button', { name: /归档办结/ })
      .waitFor()
    await decide(clerk.page, 'g', '归档')
    await clerk.page.getByText(`归档办结：${serial}`).waitFor()
    expect([...clerk.faults, ...reviewer.faults]).toEqual([])
    await Promise.all([clerk.leave(), reviewer.leave()])
  })
})

describe('supervision', () => {
  test('SUP-10 SUP-12 an analysis runs in sight, and every figure leads down to the records that make it', async () => {
    const { page, faults, leave } = await visit(browser, house, 'supervisor', '/analysis-runs')
    await page.getByRole('button', { name: '发起研判' }).click()
    await page.locator('.ant-modal .ant-select').first().click()
    for (const box of await page.locator('.ant-select-tree-checkbox').all()) await box.click()
    await page.keyboard.press('Escape')
    await page.locator('.ant-modal .ant-picker-range input').first().click()
    await page.getByText('近一年').click()
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await page.waitForURL(/\/analysis-runs\/[0-9a-f-]{36}/)
    await page.locator('.hj-page-head .ant-tag', { hasText: '完成' }).waitFor()
    await page.locator('a.hj-figure', { hasText: '研判结果' }).click()
    await page.waitForURL(/\/findings\?runId=/)
    await page.locator('tr.ant-table-row td a').first().click()
    await page.getByText('构成该结果的记录').waitFor()
    await page
      .locator('section', { hasText: '构成该结果的记录' })
      .locator('tbody tr.ant-table-row')
      .first()
      .waitFor()
    expect(faults).toEqual([])
    await leave()
  })

  test('SUP-11 a theme is divided and narrowed, every figure leads to its records, and is exported and printed', async () => {
    const { page, faults, leave } = await visit(browser, house, 'supervisor', '/themes')
    await page.getByRole('link', { name: /办理量/ }).waitFor()
    await page.getByLabel('专题', { exact: true }).first().click()
    await page.locator('.ant-select-item-option', { hasText: '机动车检验' }).click()
    const outcomes = page.getByRole('region', { name: '按结果' })
    await outcomes.getByText('表', { exact: true }).click()
    await outcomes.getByRole('button', { name: '不合格', exact: true }).click()
    await page.locator('.ant-tag', { hasText: '结果：不合格' }).waitFor()
    const figure = page.getByRole('link', { name: /办理量/ })
    await expect.poll(async () => figure.textContent()).toMatch(/办理量[1-9]/)
    const failed = Number((await figure.locator('strong').textContent())!.replaceAll(',', ''))

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await outcomes.getByRole('button', { name: /导出/ }).click()
        await page.getByText('导出 CSV').last().click()
      })(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    expect(csv.split('\r\n')[1]).toMatch(new RegExp(`^不合格,.*,${failed},`))

    const texts = await reportOf(page)
    expect(texts).toContain('专题分析报告：机动车检验')
    expect(texts).toContain('条件：结果：不合格')
    expect(texts).toContain(failed.toLocaleString('zh-CN'))

    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
    await page.getByRole('region', { name: '按机构' }).locator('table').waitFor()
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))

    await figure.click()
    await page.waitForURL('**/themes/records?**')
    await page
      .getByText(/合格 否/)
      .first()
      .waitFor()
    await page.locator('tr.ant-table-row a').first().click()
    await page.waitForURL('**/vehicles/**')
    expect(faults).toEqual([])
    await leave()
  })

  test('SUP-20 SUP-21 a finding becomes a case: assigned, investigated, reviewed by another, closed', async () => {
    const supervisor = await visit(browser, house, 'supervisor', '/findings?state=open')
    const { page } = supervisor
    await page.locator('tr.ant-table-row td a').first().click()
    await page.getByRole('button', { name: '登记为嫌疑业务' }).click()
    await page.waitForURL(/\/suspect-cases\/[0-9a-f-]{36}/)
    const path = new URL(page.url()).pathname
    await page.getByRole('button', { name: '分派' }).click()
    await page.locator('#unitPath').click()
    await page.keyboard.type('秀峰区交通')
    await page.locator('.ant-select-tree-title', { hasText: '桂林市秀峰区交通警察大队' }).click()
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await page.getByText(/已分派：/).waitFor()

    const leader = await visit(browser, house, 'leader', path)
    await leader.page.getByRole('button', { name: '开始调查' }).click()
    await leader.page.getByRole('button', { name: '记录调查' }).click()
    await leader.page.locator('#result').fill('调阅影像与日志，情况属实。')
    await leader.page.getByRole('button', { name: '保存' }).click()
    await leader.page.getByRole('button', { name: '提交审核' }).click()
    await leader.page.getByText(/已提交审核：/).waitFor()

    await page.reload()
    await page.getByRole('button', { name: '审核办结' }).click()
    await choose(page, 'outcome', '')
    await page.locator('.ant-modal textarea').fill('同意调查结论')
    await page.locator('.ant-modal-footer .ant-btn-primary').click()
    await page.locator('.hj-page-head .ant-tag', { hasText: '已办结' }).waitFor()
    expect([...leader.faults, ...supervisor.faults]).toEqual([])
    await Promise.all([leader.leave(), supervisor.leave()])
  })

  test('SUP-22 what supervision achieved counts the closed case, and leads to it', async () => {
    const { page, faults, leave } = await visit(browser, house, 'supervisor', '/outcomes')
    const closed = page.getByRole('link', { name: /其中已办结/ })
    await expect.poll(async () => closed.textContent()).toMatch(/其中已办结[1-9]/)
    const indicators = page.getByRole('region', { name: '按指标' })
    await indicators.getByText('表', { exact: true }).click()
    await indicators.locator('tr.ant-table-row').first().waitFor()
    const figure = (await closed.locator('strong').textContent())!
    const texts = await reportOf(page)
    expect(texts).toContain('监管成效报告')
    expect(texts[texts.indexOf('已办结') + 1]).toBe(figure)
    await closed.click()
    await page.waitForURL('**/suspect-cases?**')
    await page.locator('tr.ant-table-row', { hasText: '已办结' }).first().waitFor()
    expect(faults).toEqual([])
    await leave()
  })
})
