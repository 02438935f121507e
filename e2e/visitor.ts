/** A person at a browser. Notices what a page must not do: errors in its console, calls that fail unexpectedly. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { House } from './house.ts'

export const DESK = { width: 1366, height: 768 }
export const TELEPHONE = { width: 360, height: 740 }
const SHOTS = process.env['E2E_SHOTS']

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })

export interface Visitor {
  readonly page: Page
  /** Faults noticed so far: script errors, refused resources, calls answered with 4xx or 5xx. */
  readonly faults: string[]
  /** Go to a page of the console and wait until its data are there. */
  go(path: string): Promise<void>
  /** Look at the page through a window of another size. */
  through(viewport: { width: number; height: number }): Promise<void>
  leave(): Promise<void>
}

/** Answers that belong to the journey: nobody signed in yet, the question for the second factor. */
const EXPECTED = [/sessions\/current/, /status of 401/, /status of 403/]

/** Sign in and stand on `path`. */
export async function visit(
  browser: Browser,
  house: House,
  userName: string,
  path = '/',
  viewport = DESK,
): Promise<Visitor> {
  const context = await browser.newContext({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const faults = noticeFaults(page)
  await page.goto(house.address + path)
  const { password } = house.signIn(userName)
  await page.fill('input[autocomplete=username]', userName)
  await page.fill('input[autocomplete=current-password]', password)
  await page.click('button[type=submit]')
  await page.waitForSelector('.hj-shell')
  return {
    page,
    faults,
    go: async (to) => {
      await page.goto(house.address + to)
      await page.waitForSelector('h1')
      await settled(page)
      await keepShot(page, userName, to)
    },
    through: async (viewport) => {
      await page.setViewportSize(viewport)
      await settled(page)
      await keepShot(page, userName, new URL(page.url()).pathname)
    },
    leave: () => context.close(),
  }
}

function noticeFaults(page: Page): string[] {
  const faults: string[] = []
  const note = (fault: string): void => {
    if (!EXPECTED.some((pattern) => pattern.test(fault))) faults.push(fault)
  }
  page.on('pageerror', (error) => note(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && response.status() !== 403) note(`${response.status()} ${response.url()}`)
  })
  return faults
}

/** Nothing on the page says any more that it is being read. */
const settled = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin-spinning, .hj-reading'))

async function keepShot(page: Page, userName: string, path: string): Promise<void> {
  if (!SHOTS) return
  mkdirSync(SHOTS, { recursive: true })
  const width = page.viewportSize()?.width
  const name = `${userName}${path.replaceAll(/[^a-z0-9]+/gi, '-')}-${width}.png`
  await page.screenshot({ path: join(SHOTS, name) })
}

/** Pixels by which the page's content stays wider than its window once it has been laid out; 0 when nothing sticks out. */
export async function overflow(page: Page): Promise<number> {
  const limit = Date.now() + 2000
  let pixels = await measuredOverflow(page)
  while (pixels > 0 && Date.now() < limit) {
    await page.waitForTimeout(100)
    pixels = await measuredOverflow(page)
  }
  return pixels
}

const measuredOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const wide = [document.documentElement, document.querySelector('.hj-main')].map((element) =>
      element ? element.scrollWidth - element.clientWidth : 0,
    )
    return Math.max(0, ...wide)
  })
