import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { parseConfig } from '@hengjian/platform/config'
import { type Actor, anonymous, newId, type Services, systemClock } from '@hengjian/platform/context'
import { operationsOf } from '@hengjian/platform/contract'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { defineErrors, Problem } from '@hengjian/platform/errors'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createHttpServer, defineModule, SESSION_COOKIE, setSessionCookie } from './index.ts'

const permissions = {
  'shelf.book.find': '查书',
  'shelf.book.create': '添书',
  'shelf.book.burn': '毁书',
} as const
const operation = operationsOf(permissions, '书架')
const errors = defineErrors('shelf', { full: { status: 409, title: '书架已满' } })
const contract = {
  findBooks: operation({
    id: 'shelf.find-books',
    method: 'GET',
    path: '/books',
    permission: 'shelf.book.find',
    summary: '查书',
    input: z.object({
      limit: z.number().int().max(10).default(5),
      flag: z.boolean().optional(),
      tag: z.array(z.string()).optional(),
    }),
    output: z.object({ limit: z.number(), flag: z.boolean().nullable(), tag: z.array(z.string()) }),
  }),
  createBook: operation({
    id: 'shelf.create-book',
    method: 'POST',
    path: '/books',
    permission: 'shelf.book.create',
    summary: '添书',
    status: 201,
    input: z.object({ title: z.string().min(2), pages: z.number().int() }),
    output: z.object({ title: z.string() }),
  }),
  burnBook: operation({
    id: 'shelf.burn-book',
    method: 'DELETE',
    path: '/books/{id}',
    permission: 'shelf.book.burn',
    stepUp: true,
    summary: '毁书',
    input: z.object({ id: z.string() }),
    output: z.object({}),
  }),
  enter: operation({
    id: 'shelf.enter',
    method: 'POST',
    path: '/enter',
    permission: 'public',
    summary: '进门',
    input: z.object({}),
    output: z.object({}),
  }),
}

let database: TestDatabase
let services: Services
let dataDir: string
let admin: pg.Client
let app: FastifyInstance
const reader: Actor = {
  ...anonymous,
  kind: 'user',
  id: newId(),
  name: '读者',
  unitPath: '/45/',
  sessionId: 's1',
  permissions: new Set(['shelf.book.find', 'shelf.book.create', 'shelf.book.burn']),
}
const actors: Record<string, Actor> = {
  reader,
  stranger: { ...reader, id: newId(), permissions: new Set() },
  stepped: { ...reader, steppedUpAt: new Date() },
  stale: { ...reader, steppedUpAt: new Date(Date.now() - 11 * 60_000) },
}

const shelf = defineModule({
  name: 'shelf',
  permissions,
  contract,
  handlers: {
    findBooks: async (_ctx, input) => ({
      limit: input.limit,
      flag: input.flag ?? null,
      tag: input.tag ?? [],
    }),
    createBook: async (_ctx, input) => {
      if (input.title === 'full') throw new Problem(errors.full, { detail: '第三层' })
      if (input.title === 'defect') throw new Error('secret particulars of a defect')
      return { title: input.title }
    },
    burnBook: async () => ({}),
    enter: async (ctx) => {
      setSessionCookie(ctx.origin, 'token-1')
      return {}
    },
  },
})

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = mkdtempSync(join(tmpdir(), 'hengjian-http-'))
  const keys = loadKeys(dataDir)
  services = {
    config: parseConfig({ DATA_DIR: dataDir }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl),
    log: pino({ level: 'silent' }),
    clock: systemClock,
  }
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  app = await createHttpServer({
    services,
    modules: [shelf],
    authenticator: {
      authenticate: async (token) => actors[token ?? ''] ?? null,
      csrfToken: (session) => `csrf-${session}`,
    },
    ready: async () => ({ ok: false, checks: { database: 'down' } }),
  })
  await app.ready()
})
afterAll(async () => {
  await app?.close()
  await admin?.end()
  await services?.database.close()
  await database?.drop()
  if (dataDir) rmSync(dataDir, { recursive: true, force: true })
})

const as = (who: string | null, extra: Record<string, string> = {}) => ({
  ...(who ? { cookie: `${SESSION_COOKIE}=${who}` } : {}),
  ...extra,
})
const write = (
  who: string | null,
  payload: object,
  headers: Record<string, string> = { 'x-csrf-token': 'csrf-s1' },
) => app.inject({ method: 'POST', url: '/api/books', headers: as(who, headers), payload })

describe('calls', () => {
  test('PLT-40 query parameters arrive as what the contract says', async () => {
    const answer = await app.inject({
      url: '/api/books?limit=3&flag=true&tag[]=a&tag[]=b',
      headers: as('reader'),
    })
    expect([answer.statusCode, answer.json()]).toEqual([200, { limit: 3, flag: true, tag: ['a', 'b'] }])
  })

  test('PLT-40 every fault of the input is named by its path, in a problem document', async () => {
    const answer = await write('reader', { title: 'x', pages: 1.5 })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    const body = answer.json()
    expect(body).toMatchObject({
      status: 400,
      code: 'platform.invalid_input',
      type: 'urn:hengjian:problem:platform.invalid_input',
    })
    expect(body.issues.map((issue: { path: string }) => issue.path)).toEqual(['title', 'pages'])
  })

  test('PLT-40 an expected failure keeps its code and words; a defect tells nothing', async () => {
    expect((await write('reader', { title: 'full', pages: 1 })).json()).toMatchObject({
      status: 409,
      code: 'shelf.full',
      title: '书架已满',
      detail: '第三层',
    })
    const defect = await write('reader', { title: 'defect', pages: 1 })
    expect(defect.statusCode).toBe(500)
    expect(defect.body).not.toContain('secret')
  })

  test('PLT-40 a path that does not exist is named', async () => {
    const answer = await app.inject({ url: '/api/nowhere', headers: as('reader') })
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'platform.not_found',
      detail: 'GET /api/nowhere',
    })
  })

  test('PLT-40 a body that is no JSON, or too large, is refused', async () => {
    const broken = await app.inject({
      method: 'POST',
      url: '/api/books',
      headers: as('reader', { 'x-csrf-token': 'csrf-s1', 'content-type': 'application/json' }),
      payload: '{"title":',
    })
    expect(broken.statusCode).toBe(400)
  })
})

describe('who may', () => {
  test('PLT-3 without sign-in 401, without permission 403, before the input is looked at', async () => {
    expect((await app.inject({ url: '/api/books?limit=nonsense' })).statusCode).toBe(401)
    expect((await app.inject({ url: '/api/books?limit=nonsense', headers: as('stranger') })).statusCode).toBe(
      403,
    )
  })

  test('PLT-20 the refusal is recorded with who, what and where', async () => {
    await app.inject({ url: '/api/books', headers: as('stranger') })
    const { rows } = await admin.query(
      `SELECT action, result, client_address FROM audit_entry WHERE actor_id = $1 LIMIT 1`,
      [actors['stranger']!.id],
    )
    expect(rows).toEqual([{ action: 'shelf.find-books', result: 'refused', client_address: '127.0.0.1' }])
  })

  test('PLT-20 a write that records nothing itself is recorded', async () => {
    await write('reader', { title: 'recorded', pages: 1 })
    const { rows } = await admin.query(
      `SELECT result FROM audit_entry WHERE action = 'shelf.create-book' AND actor_id = $1`,
      [reader.id],
    )
    expect(rows).toContainEqual({ result: 'done' })
  })

  test('PLT-13 a sensitive operation asks for a second factor not older than ten minutes', async () => {
    const burn = (who: string) =>
      app.inject({ method: 'DELETE', url: '/api/books/1', headers: as(who, { 'x-csrf-token': 'csrf-s1' }) })
    expect((await burn('reader')).json()).toMatchObject({ status: 403, code: 'platform.step_up_required' })
    expect((await burn('stale')).statusCode).toBe(403)
    expect((await burn('stepped')).statusCode).toBe(200)
  })

  test('PLT-10 a write without the token of its session is refused', async () => {
    expect((await write('reader', { title: 'abc', pages: 1 }, {})).json()).toMatchObject({
      status: 403,
      code: 'platform.csrf',
    })
    expect(
      (await write('reader', { title: 'abc', pages: 1 }, { 'x-csrf-token': 'csrf-other' })).statusCode,
    ).toBe(403)
  })

  test('PLT-10 the session cookie cannot be read by scripts nor sent from elsewhere', async () => {
    const answer = await app.inject({ method: 'POST', url: '/api/enter', payload: {} })
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toContain(`${SESSION_COOKIE}=token-1`)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Strict')
  })
})

describe('compression', () => {
  const long = 'a'.repeat(3_000)
  const ask = (headers: Record<string, string>, tag = long) =>
    app.inject({ url: `/api/books?tag[]=${tag}`, headers: as('reader', headers) })
  const own = { 'sec-fetch-site': 'same-origin', 'accept-encoding': 'gzip, br' }

  test('PLT-40 long answers to pages of this origin are compressed as they take it', async () => {
    const answer = await ask(own)
    expect(answer.headers['content-encoding']).toBe('br')
    expect(answer.headers['vary']).toBe('accept-encoding, sec-fetch-site')
    expect(answer.rawPayload.length).toBeLessThan(200)
    expect(JSON.parse(brotliDecompressSync(answer.rawPayload).toString()).tag).toEqual([long])
    const gzipped = await ask({ ...own, 'accept-encoding': 'gzip, br;q=0' })
    expect(gzipped.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(gzipped.rawPayload).toString()).tag).toEqual([long])
    expect((await ask(own, 'short')).headers['content-encoding']).toBeUndefined()
    expect((await ask({ ...own, 'accept-encoding': 'deflate' })).headers['content-encoding']).toBeUndefined()
  })

  test('SEC no answer that another page asked for, nor one with the token of the session, is compressed', async () => {
    const foreign = [{ 'accept-encoding': 'br' }, ...['cross-site', 'same-site', 'none'].map(from)]
    for (const headers of foreign)
      expect((await ask(headers as Record<string, string>)).headers['content-encoding']).toBeUndefined()
    const withToken = await ask(own, `${long}csrf-s1`)
    expect(withToken.headers['content-encoding']).toBeUndefined()
    expect(withToken.json().tag).toEqual([`${long}csrf-s1`])
    const { headers } = await write(
      'reader',
      { title: long, pages: 1 },
      { ...own, 'x-csrf-token': 'csrf-s1' },
    )
    expect(headers['content-encoding']).toBeUndefined()
  })
  const from = (site: string) => ({ ...own, 'sec-fetch-site': site })
})

describe('around', () => {
  test('PLT-40 the contract is published as OpenAPI 3.1 and can be browsed', async () => {
    const spec = (await app.inject({ url: '/api/openapi.json' })).json()
    expect(spec.openapi).toMatch(/^3\.1/)
    expect(spec.paths['/books'].post.operationId).toBe('shelf.create-book')
    const docs = await app.inject({ url: '/api/docs' })
    expect(docs.body).toContain('swagger-ui')
    expect((await app.inject({ url: '/api/docs/swagger-ui-bundle.js' })).statusCode).toBe(200)
  })

  test('OPS health, readiness and metrics answer', async () => {
    expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' })
    const ready = await app.inject({ url: '/readyz' })
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { status: 'not ready', checks: { database: 'down' } },
    ])
    expect((await app.inject({ url: '/metrics' })).body).toContain('hengjian_http_request_seconds_bucket')
  })

  test('SEC pages carry the headers that keep foreign scripts and frames out', async () => {
    const { headers } = await app.inject({ url: '/healthz' })
    expect(headers['content-security-policy']).toContain("script-src 'self'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('SEC a flood is slowed down where it comes from: a session, or an address without one', async () => {
    const one = { ...Object.values(actors)[0]!, sessionId: 'one' }
    const two = { ...one, sessionId: 'two' }
    const small = await createHttpServer({
      services,
      modules: [shelf],
      limits: async () => ({ perSession: 4, perAddress: 2 }),
      authenticator: {
        authenticate: async (token) => (token === 'one' ? one : token === 'two' ? two : null),
        csrfToken: () => '',
      },
      ready: async () => ({ ok: true, checks: {} }),
    })
    const ask = (token: string, remoteAddress = '10.0.0.1') =>
      small.inject({
        url: '/api/openapi.json',
        remoteAddress,
        headers: { cookie: `${SESSION_COOKIE}=${token}` },
      })
    const codes = async (token: string, times: number, address?: string) => {
      const answers = []
      for (let call = 0; call < times; call++) answers.push((await ask(token, address)).statusCode)
      return answers
    }
    expect(await codes('unknown', 3)).toEqual([200, 200, 429])
    // Behind the same address, whoever is signed in goes on; each session for itself.
    expect(await codes('one', 5)).toEqual([200, 200, 200, 200, 429])
    expect(await codes('two', 4)).toEqual([200, 200, 200, 200])
    expect(await codes('unknown', 1, '10.0.0.2')).toEqual([200])
    const refused = await ask('one')
    expect(refused.json().code).toBe('platform.too_many_requests')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    await small.close()
  })
})
