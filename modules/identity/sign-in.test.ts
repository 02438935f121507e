import { createHttpServer, SESSION_COOKIE } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAuthenticator } from './authenticator.ts'
import { createIdentityModule } from './module.ts'
import { totpCode } from './rules/totp.ts'
import { forgetSessions } from './session-cache.ts'
import { aUnit, aUser, createTestServices, TEST_PASSWORD, type TestServices } from './testing.ts'
import type { Unit } from './units.ts'

let database: TestDatabase
let services: TestServices
let app: FastifyInstance
let unit: Unit
const start = new Date('2026-11-18T10:00:00+08:00')
const minutes = (count: number) => count * 60_000

beforeAll(async () => {
  database = await createTestDatabase()
  services = createTestServices(database)
  app = await createHttpServer({
    services,
    modules: [createIdentityModule({ otherModules: [] })],
    authenticator: createAuthenticator(services),
    ready: async () => ({ ok: true, checks: {} }),
    limits: async () => ({ perSession: 100_000, perAddress: 100_000 }),
  })
  unit = await aUnit(services, { code: '450302', name: '秀峰大队' })
})
afterAll(async () => {
  await app.close()
  await services.close()
  await database.drop()
})
beforeEach(() => services.clock.set(start))

interface Browser {
  cookie: string
  csrf: string
}

const call = (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: object,
  browser?: Browser,
  address?: string,
) =>
  app.inject({
    method,
    url: `/api${url}`,
    ...(body ? { payload: body } : {}),
    ...(address ? { remoteAddress: address } : {}),
    headers: browser ? { cookie: `${SESSION_COOKIE}=${browser.cookie}`, 'x-csrf-token': browser.csrf } : {},
  })

const signIn = (userName: string, password: string, address?: string) =>
  call('POST', '/sessions', { userName, password }, undefined, address)

async function browserOf(userName: string, password = TEST_PASSWORD): Promise<Browser> {
  const answer = await signIn(userName, password)
  expect(answer.statusCode, answer.body).toBe(201)
  return { cookie: answer.cookies[0]!.value, csrf: answer.json().csrfToken }
}

async function behind<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** As if five seconds had passed, or another process had written. */
const uncached = () => forgetSessions(services.database)

test('PLT-10 a right password opens a session that the cookie carries on', async () => {
  const user = await aUser(services, { unit, permissions: ['business.transaction.find'], name: '李四' })
  const answer = await signIn(user.userName.toUpperCase(), user.password)
  expect(answer.statusCode, answer.body).toBe(201)
  expect(answer.json()).toMatchObject({
    user: { id: user.id, userName: user.userName, name: '李四' },
    unit: { id: unit.id, path: '/450302/', level: 'brigade' },
    permissions: ['business.transaction.find'],
    scope: 'unit_and_below',
    mustChangePassword: false,
    totpEnrolled: false,
    steppedUpUntil: null,
    idleMinutes: 30,
  })
  const cookie = answer.cookies[0]!
  expect(cookie).toMatchObject({ name: SESSION_COOKIE, httpOnly: true, sameSite: 'Strict', path: '/' })
  const again = await call('GET', '/sessions/current', undefined, { cookie: cookie.value, csrf: '' })
  expect(again.json()).toEqual(answer.json())
})

test('the database keeps neither the token nor the password', async () => {
  const user = await aUser(services, { unit, name: '欧阳建国' })
  const browser = await browserOf(user.userName)
  const [kept] = await behind<{ text: string }>(
    `SELECT row_to_json(a)::text || row_to_json(s)::text AS text
       FROM user_account a JOIN session s ON s.user_id = a.id WHERE a.id = $1`,
    [user.id],
  )
  expect(kept!.text).not.toContain(browser.cookie)
  expect(kept!.text).not.toContain(TEST_PASSWORD)
  expect(kept!.text).not.toContain('欧阳建国')
})

test('signed out, the current session answers 401', async () => {
  expect((await call('GET', '/sessions/current')).statusCode).toBe(401)
  const forged = await call('GET', '/sessions/current', undefined, { cookie: 'x'.repeat(43), csrf: '' })
  expect(forged.statusCode).toBe(401)
})

test('PLT-10 an unknown user and a wrong password are answered alike, and take alike', async () => {
  const user = await aUser(services, { unit })
  const timed = async (userName: string) => {
    // Time of the processor: what waiting on a busy machine adds says nothing.
    const from = process.cpuUsage()
    const answer = await signIn(userName, 'Wrong-password-1')
    const spent = process.cpuUsage(from)
    return {
      body: { ...answer.json(), instance: '' },
      status: answer.statusCode,
      took: spent.user + spent.system,
    }
  }
  await timed('warm-up')
  const unknown: number[] = []
  const known: number[] = []
  for (let round = 0; round < 5; round++) {
    const [a, b] = [await timed('nobody-of-that-name'), await timed(user.userName)]
    expect(a.status).toBe(401)
    expect(a.body).toEqual(b.body)
    unknown.push(a.took)
    known.push(b.took)
  }
  // The least of each. Skipping the stretching would make one a fraction.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) * 0.5)
  expect(Math.min(...known)).toBeGreaterThan(Math.min(...unknown) * 0.5)
})

test('PLT-10 five failures in 15 minutes lock the account for 15 minutes, even for the right password', async () => {
  const user = await aUser(services, { unit })
  for (let failure = 0; failure < 5; failure++) {
    expect((await signIn(user.userName, 'Wrong-password-1')).statusCode).toBe(401)
    services.clock.advance(minutes(1))
  }
  expect((await signIn(user.userName, user.password)).statusCode).toBe(401)
  services.clock.advance(minutes(13))
  expect((await signIn(user.userName, user.password)).statusCode).toBe(401)
  services.clock.advance(minutes(1))
  expect((await signIn(user.userName, user.password)).statusCode).toBe(201)
})

test('PLT-10 guesses made at the same moment are counted one by one', async () => {
  const user = await aUser(services, { unit })
  const gate = new pg.Client({ connectionString: database.adminUrl })
  await gate.connect()
  await gate.query('BEGIN')
  await gate.query('SELECT 1 FROM user_account WHERE id = $1 FOR UPDATE', [user.id])
  const guesses = [...Array(6).keys()].map((guess) => signIn(user.userName, `Wrong-password-${guess}`))
  // All stand at the account's row before the first may pass.
  await expect
    .poll(
      () =>
        behind(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                         AND datname = current_database()`),
      { timeout: 10_000 },
    )
    .toHaveLength(guesses.length)
  await gate.query('COMMIT')
  await gate.end()
  for (const answer of await Promise.all(guesses)) expect(answer.statusCode).toBe(401)
  const [row] = await behind<{ failed_count: number; locked: boolean }>(
    'SELECT failed_count, locked_until IS NOT NULL AS locked FROM user_account WHERE id = $1',
    [user.id],
  )
  expect(row).toEqual({ failed_count: 5, locked: true })
  expect((await signIn(user.userName, user.password)).statusCode).toBe(401)
})

test('PLT-20 sign-ins and refusals are recorded with reason and address; unknown names are not written down', async () => {
  const user = await aUser(services, { unit })
  await signIn(user.userName, 'Wrong-password-1', '10.9.8.7')
  await signIn('my-secret-password', 'x', '10.9.8.7')
  await browserOf(user.userName)
  const rows = await behind<{ result: string; reason: string | null; actor: string | null; row: string }>(
    `SELECT result, reason, actor_id AS actor, row_to_json(e)::text AS row FROM audit_entry e
      WHERE action = 'identity.sign-in' AND (client_address = '10.9.8.7' OR object_id = $1) ORDER BY id`,
    [user.id],
  )
  expect(rows.map(({ result, reason, actor }) => ({ result, reason, actor }))).toEqual([
    { result: 'refused', reason: 'wrong-password', actor: null },
    { result: 'refused', reason: 'unknown-user', actor: null },
    { result: 'done', reason: null, actor: user.id },
  ])
  expect(rows[1]!.row).not.toContain('my-secret-password')
})

test('PLT-2 validity, permitted addresses and hours are held at sign-in and in a running session', async () => {
  const user = await aUser(services, { unit })
  const set = (sql: string, value: unknown) =>
    behind(`UPDATE user_account SET ${sql} = $2 WHERE id = $1`, [user.id, value])
  const browser = await browserOf(user.userName)

  await set('permitted_addresses', ['10.1.0.0/16', '192.168.7.7'])
  uncached()
  expect((await signIn(user.userName, user.password, '10.2.0.1')).statusCode).toBe(401)
  expect((await signIn(user.userName, user.password, '10.1.200.3')).statusCode).toBe(201)
  expect((await signIn(user.userName, user.password, '192.168.7.7')).statusCode).toBe(201)
  const elsewhere = await call('GET', '/sessions/current', undefined, browser, '10.2.0.1')
  expect(elsewhere.statusCode).toBe(401)
  await set('permitted_addresses', [])

  await set('permitted_hours', JSON.stringify({ days: [1, 2, 3, 4, 5], from: '08:30', to: '18:00' }))
  services.clock.set(new Date('2026-11-18T18:00:00+08:00'))
  expect((await signIn(user.userName, user.password)).statusCode).toBe(401)
  services.clock.set(new Date('2026-11-18T17:59:00+08:00'))
  expect((await signIn(user.userName, user.password)).statusCode).toBe(201)
  await set('permitted_hours', null)

  await set('valid_until', '2026-11-18')
  expect((await signIn(user.userName, user.password)).statusCode).toBe(201)
  services.clock.set(new Date('2026-11-19T00:00:00+08:00'))
  expect((await signIn(user.userName, user.password)).statusCode).toBe(401)
})

test('PLT-10 a session ends after 30 idle minutes and after 12 hours', async () => {
  const user = await aUser(services, { unit })
  const idle = await browserOf(user.userName)
  services.clock.advance(minutes(29))
  expect((await call('GET', '/sessions/current', undefined, idle)).statusCode).toBe(200)
  services.clock.advance(minutes(29))
  uncached()
  expect((await call('GET', '/sessions/current', undefined, idle)).statusCode).toBe(200)
  services.clock.advance(minutes(30))
  uncached()
  expect((await call('GET', '/sessions/current', undefined, idle)).statusCode).toBe(401)

  services.clock.set(start)
  const long = await browserOf(user.userName)
  for (let half = 1; half < 24; half++) {
    services.clock.advance(minutes(29.9))
    uncached()
    expect((await call('GET', '/sessions/current', undefined, long)).statusCode, `${half}`).toBe(200)
  }
  services.clock.set(new Date(start.getTime() + 12 * minutes(60)))
  uncached()
  expect((await call('GET', '/sessions/current', undefined, long)).statusCode).toBe(401)
})

test('PLT-10 sign-out ends this session, sign-out everywhere all of them, at once', async () => {
  const user = await aUser(services, { unit })
  const [first, second, third] = [
    await browserOf(user.userName),
    await browserOf(user.userName),
    await browserOf(user.userName),
  ]
  expect((await call('GET', '/sessions/current', undefined, first)).statusCode).toBe(200)
  const out = await call('DELETE', '/sessions/current', undefined, first)
  expect(out.statusCode).toBe(200)
  expect(out.cookies[0]).toMatchObject({ name: SESSION_COOKIE, value: '' })
  expect((await call('GET', '/sessions/current', undefined, first)).statusCode).toBe(401)
  expect((await call('GET', '/sessions/current', undefined, second)).statusCode).toBe(200)
  expect((await call('DELETE', '/sessions', undefined, second)).json()).toEqual({ ended: 2 })
  expect((await call('GET', '/sessions/current', undefined, third)).statusCode).toBe(401)
})

test('PLT-10 an account with one session only: a new sign-in ends the one before', async () => {
  const user = await aUser(services, { unit })
  await behind('UPDATE user_account SET one_session_only = true WHERE id = $1', [user.id])
  const first = await browserOf(user.userName)
  const second = await browserOf(user.userName)
  expect((await call('GET', '/sessions/current', undefined, first)).statusCode).toBe(401)
  expect((await call('GET', '/sessions/current', undefined, second)).statusCode).toBe(200)
})

test('a write without the session’s own token is refused', async () => {
  const user = await aUser(services, { unit })
  const browser = await browserOf(user.userName)
  const other = await browserOf(user.userName)
  const answer = await call('DELETE', '/sessions', undefined, { cookie: browser.cookie, csrf: other.csrf })
  expect(answer.statusCode).toBe(403)
  expect(answer.json().code).toBe('platform.csrf')
  expect((await call('DELETE', '/sessions', undefined, browser)).statusCode).toBe(200)
})

test('PLT-10 an initial password lets nothing be done but change it', async () => {
  const user = await aUser(services, { unit, permissions: ['identity.user.find'], mustChange: true })
  const browser = await browserOf(user.userName)
  const before = (await call('GET', '/sessions/current', undefined, browser)).json()
  expect(before).toMatchObject({ mustChangePassword: true, permissions: [] })
  expect((await call('GET', '/users', undefined, browser)).statusCode).toBe(403)
  const changed = await call(
    'POST',
    '/accounts/current/password',
    { currentPassword: user.password, newPassword: 'Quite-other-7' },
    browser,
  )
  expect(changed.statusCode, changed.body).toBe(200)
  expect(changed.json()).toMatchObject({ mustChangePassword: false, permissions: ['identity.user.find'] })
  expect((await call('GET', '/users', undefined, browser)).statusCode).toBe(200)
})

test('PLT-10 a password expires after 90 days', async () => {
  const user = await aUser(services, { unit, permissions: ['identity.user.find'] })
  services.clock.advance(90 * 24 * minutes(60))
  const browser = await browserOf(user.userName)
  expect((await call('GET', '/sessions/current', undefined, browser)).json()).toMatchObject({
    mustChangePassword: true,
    permissions: [],
  })
})

test('PLT-10 weak, reused and wrongly authorised changes of password are refused; other sessions end', async () => {
  const user = await aUser(services, { unit, userName: 'wangwu' })
  const browser = await browserOf(user.userName)
  const other = await browserOf(user.userName)
  const change = (currentPassword: string, newPassword: string) =>
    call('POST', '/accounts/current/password', { currentPassword, newPassword }, browser)

  expect((await change(user.password, 'Ab1-')).json()).toMatchObject({
    code: 'identity.weak_password',
    issues: [{ path: 'newPassword', message: '密码至少 8 位' }],
  })
  expect((await change(user.password, 'Wangwu-2026')).json().code).toBe('identity.weak_password')
  expect((await change(user.password, user.password)).json().code).toBe('identity.reused_password')
  expect((await change('Wrong-password-1', 'Quite-other-7')).json().code).toBe('identity.wrong_password')

  const passwords = ['Second-pass-2', 'Third-pass-3', 'Fourth-pass-4', 'Fifth-pass-5']
  let current = user.password
  for (const password of passwords) {
    expect((await change(current, password)).statusCode).toBe(200)
    current = password
  }
  expect((await change(current, user.password)).json().code).toBe('identity.reused_password')
  expect((await change(current, 'Sixth-pass-6')).statusCode).toBe(200)
  expect((await change('Sixth-pass-6', user.password)).statusCode).toBe(200)
  expect((await call('GET', '/sessions/current', undefined, other)).statusCode).toBe(401)
  expect((await call('GET', '/sessions/current', undefined, browser)).statusCode).toBe(200)
})

test('PLT-13 TOTP is enrolled with the password, confirmed by a code, and a code counts once', async () => {
  const user = await aUser(services, { unit })
  const browser = await browserOf(user.userName)
  const post = (url: string, body: object) => call('POST', url, body, browser)

  expect((await post('/sessions/current/step-up', { code: '123456' })).json().code).toBe(
    'identity.totp_not_enrolled',
  )
  expect((await post('/accounts/current/totp', { currentPassword: 'Wrong-1-pass' })).statusCode).toBe(400)
  const enrolled = (await post('/accounts/current/totp', { currentPassword: user.password })).json()
  expect(enrolled.uri).toMatch(/^otpauth:\/\/totp\//)
  const code = () => totpCode(enrolled.secret, services.clock.now())

  const confirmed = await post('/accounts/current/totp/confirm', { code: code() })
  expect(confirmed.statusCode, confirmed.body).toBe(200)
  expect((await call('GET', '/sessions/current', undefined, browser)).json()).toMatchObject({
    totpEnrolled: true,
    steppedUpUntil: new Date(start.getTime() + minutes(10)).toISOString(),
  })
  expect((await post('/sessions/current/step-up', { code: code() })).json().code).toBe('identity.wrong_code')

  services.clock.advance(minutes(11))
  uncached()
  expect((await call('GET', '/sessions/current', undefined, browser)).json().steppedUpUntil).toBeNull()
  // Replacing the factor takes the one before.
  expect((await post('/accounts/current/totp', { currentPassword: user.password })).json().code).toBe(
    'platform.step_up_required',
  )
  const used = code()
  expect((await post('/sessions/current/step-up', { code: used })).statusCode).toBe(200)
  expect((await post('/sessions/current/step-up', { code: used })).statusCode).toBe(400)
  expect((await post('/accounts/current/totp', { currentPassword: user.password })).statusCode).toBe(200)
})

test('PLT-13 wrong codes lock the account like wrong passwords', async () => {
  const user = await aUser(services, { unit })
  const browser = await browserOf(user.userName)
  const post = (url: string, body: object) => call('POST', url, body, browser)
  const { secret } = (await post('/accounts/current/totp', { currentPassword: user.password })).json()
  const right = () => totpCode(secret, services.clock.now())
  expect((await post('/accounts/current/totp/confirm', { code: right() })).statusCode).toBe(200)
  services.clock.advance(minutes(5))
  const wrong = right() === '000000' ? '111111' : '000000'
  for (let guess = 0; guess < 5; guess++)
    expect((await post('/sessions/current/step-up', { code: wrong })).statusCode).toBe(400)
  expect((await post('/sessions/current/step-up', { code: right() })).statusCode).toBe(400)
  expect((await signIn(user.userName, user.password)).statusCode).toBe(401)
})

test('PLT-22 a role given in the database by hand opens nothing', async () => {
  const user = await aUser(services, { unit })
  const other = await aUser(services, { unit, permissions: ['identity.user.create'], roleClass: 'system' })
  const browser = await browserOf(user.userName)
  await behind(`UPDATE user_account SET role_class = 'system' WHERE id = $1`, [user.id])
  await behind(
    `INSERT INTO user_role SELECT gen_random_uuid(), $1, role_id, role_class, unit_path, check_value, last_audit_id
       FROM user_role WHERE user_id = $2`,
    [user.id, other.id],
  )
  uncached()
  const answer = await call('GET', '/sessions/current', undefined, browser)
  expect(answer.statusCode).toBe(500)
  expect(answer.json().code).toBe('platform.integrity')
})
