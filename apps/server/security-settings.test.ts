/** Settings of sign-in are parameters: who may set them, within which bounds, and that the next request obeys. */
import { createAdministrationModule, createParameterReader } from '@hengjian/administration'
import {
  createAuthenticator,
  createIdentityModule,
  forgetSessions,
  readSecuritySettingsFrom,
  securityParameters,
} from '@hengjian/identity'
import {
  aUnit,
  aUser,
  callerOf,
  createTestServices,
  signedIn,
  TEST_PASSWORD,
  type TestServices,
} from '@hengjian/identity/testing'
import { createHttpServer, SESSION_COOKIE } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const PATH = '/450302/'
const start = new Date('2026-11-18T10:00:00+08:00')

let database: TestDatabase
let services: TestServices
let app: FastifyInstance
let set: (code: string, value: unknown, permission?: string) => Promise<unknown>
let unit: Awaited<ReturnType<typeof aUnit>>

beforeAll(async () => {
  database = await createTestDatabase()
  services = createTestServices(database)
  const jobControl = { retry: async () => false, cancel: async () => false }
  const administration = createAdministrationModule({
    parameters: securityParameters,
    guardedTables: [],
    jobTitles: {},
    jobControl,
    unitNamesOf: async () => new Map([[PATH, '秀峰大队']]),
    parameterChanged: (changed) => forgetSessions(changed),
  })
  readSecuritySettingsFrom(services.database, createParameterReader(securityParameters).valueOf)
  app = await createHttpServer({
    services,
    modules: [createIdentityModule({ otherModules: [] }), administration],
    authenticator: createAuthenticator(services),
    ready: async () => ({ ok: true, checks: {} }),
  })
  unit = await aUnit(services, { code: '450302', name: '秀峰大队' })
  const call = callerOf(services, administration)
  const versions = new Map<string, number>()
  set = async (code, value, permission = 'administration.security.update') => {
    const steppedUpAt = services.clock.now()
    const actor = signedIn({
      unitPath: PATH,
      scope: 'unit_and_below',
      permissions: [permission],
      steppedUpAt,
    })
    const key =
      permission === 'administration.security.update' ? 'updateSecurityParameter' : 'updateParameter'
    const version = versions.get(code) ?? 0
    const change = { code, unitPath: PATH, value, version, reason: '等保整改要求' }
    const view = await call(key, actor, change)
    versions.set(code, version + 1)
    return view
  }
})
afterAll(async () => {
  await app.close()
  await services.close()
  await database.drop()
})
beforeEach(() => services.clock.set(start))

const signIn = (userName: string, password = TEST_PASSWORD, remoteAddress = '127.0.0.1') =>
  app.inject({ method: 'POST', url: '/api/sessions', payload: { userName, password }, remoteAddress })

async function browserOf(userName: string) {
  const answer = await signIn(userName)
  expect(answer.statusCode, answer.body).toBe(201)
  const headers = {
    cookie: `${SESSION_COOKIE}=${answer.cookies[0]!.value}`,
    'x-csrf-token': answer.json().csrfToken,
  }
  return {
    session: () => app.inject({ method: 'GET', url: '/api/sessions/current', headers }),
    changePassword: (newPassword: string) =>
      app.inject({
        method: 'POST',
        url: '/api/accounts/current/password',
        headers,
        payload: { currentPassword: TEST_PASSWORD, newPassword },
      }),
  }
}

test('PLT-5 PLT-7 only the security administrator sets them, and within bounds', async () => {
  await expect(set('identity.password_length', 12, 'administration.parameter.update')).rejects.toMatchObject({
    code: 'platform.forbidden',
  })
  for (const [code, value] of [
    ['identity.password_length', 1],
    ['identity.password_classes', 1],
    ['identity.lockout_failures', 1000],
    ['identity.idle_minutes', 100_000],
    ['identity.totp_required', 'perhaps'],
  ] as const)
    await expect(set(code, value), code).rejects.toMatchObject({ code: 'administration.parameter_invalid' })
  expect(await set('identity.password_days', 60)).toMatchObject({ value: 60, keptBy: 'security', version: 1 })
})

test('PLT-10 length, idle time and lockout hold from the next request on', async () => {
  const browser = await browserOf((await aUser(services, { unit })).userName)
  await set('identity.password_length', 16)
  const refused = await browser.changePassword('Fifteen-chars-1')
  expect(refused.statusCode).toBe(400)
  expect(refused.json().issues[0].message).toBe('密码至少 16 位')

  services.clock.advance(6 * 60_000)
  expect((await browser.session()).statusCode).toBe(200)
  await set('identity.idle_minutes', 5)
  services.clock.advance(6 * 60_000)
  expect((await browser.session()).statusCode).toBe(401)

  await set('identity.lockout_failures', 3)
  const { userName } = await aUser(services, { unit })
  for (let failure = 0; failure < 3; failure++)
    expect((await signIn(userName, 'Wrong-password-1')).statusCode).toBe(401)
  expect((await signIn(userName)).statusCode).toBe(401)
})

test('PLT-13 a second factor asked of all leaves a running session no permission until it is there', async () => {
  const browser = await browserOf((await aUser(services, { unit })).userName)
  expect((await browser.session()).json()).toMatchObject({ secondFactorDue: null })
  await set('identity.totp_required', 'all')
  expect((await browser.session()).json()).toMatchObject({ secondFactorDue: 'enrol', permissions: [] })
  await set('identity.totp_required', 'none')
})

test('PLT-22 a setting altered in the database does not hold; that as shipped does', async () => {
  await set('identity.password_classes', 4)
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(`UPDATE parameter_value SET value = '1' WHERE code = 'identity.password_length'`)
  await client.end()
  // A change makes this process read them again.
  await set('identity.password_history', 3)
  const browser = await browserOf((await aUser(services, { unit })).userName)
  const refused = await browser.changePassword('Aa1-bcd')
  expect(refused.json().issues[0].message).toBe('密码至少 8 位')
})

test('PLT-10 guessing from one address is stopped for that address and account only, whether it exists or not', async () => {
  for (const userName of [(await aUser(services, { unit })).userName, 'nobody-of-that-name']) {
    const codes = []
    for (let guess = 0; guess < 22; guess++)
      codes.push((await signIn(userName, 'Wrong-password-1', '10.1.1.1')).statusCode)
    expect(codes, userName).toEqual([...Array(20).fill(401), 429, 429])
    expect((await signIn(userName, 'Wrong-password-1', '10.1.1.1')).headers['retry-after']).toBe('900')
    expect((await signIn(userName, 'Wrong-password-1', '10.1.1.2')).statusCode).toBe(401)
  }
  const { userName } = await aUser(services, { unit })
  expect((await signIn(userName, TEST_PASSWORD, '10.1.1.1')).statusCode).toBe(201)
})
