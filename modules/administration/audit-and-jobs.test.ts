import { asSystem, signedIn } from '@hengjian/identity/testing'
import { checkpointFileOf, sealAudit } from '@hengjian/platform/audit'
import { type Actor, newId } from '@hengjian/platform/context'
import { createHttpServer } from '@hengjian/platform/http'
import { createJobs, defineJob, handleJob, type Jobs, jobProgress } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { administrationJobs, openJobControl } from './index.ts'
import { verifyIntegrityJob } from './jobs/verify-integrity.job.ts'
import { administrator, nobody, openTestHouse, type TestHouse } from './testing.ts'

const AUDIT = 'administration.audit.find'
const JOB_FIND = 'administration.job.find'
const JOB_MANAGE = 'administration.job.manage'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const auditor = () =>
  signedIn({ unitPath: '/45/', name: '审计管理员', permissions: [AUDIT], steppedUpAt: null })
/** Other databases of the test server have transactions too, which may hold the sealer up for a while. */
const seal = () =>
  expect
    .poll(
      async () => {
        await sealAudit({
          ...house.services,
          checkpointFile: checkpointFileOf(house.services.config.dataDir),
        })
        return house.tamper(
          'SELECT FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = e.id) LIMIT 1',
        )
      },
      { timeout: 20_000, interval: 20 },
    )
    .toEqual([])
const record = (action: string, reason: string) =>
  asSystem(house.services, (ctx) =>
    ctx.audit.record({ action, object: { kind: 'thing', id: reason }, after: { n: 1 }, reason }),
  )

describe('audit log', () => {
  test('PLT-20 the auditor finds entries by what they say, newest first, page by page', async () => {
    for (const word of ['一', '二', '三', '四', '五']) {
      house.services.clock.advance(1000)
      await record('view.test', word)
    }
    await seal()
    const seen: string[] = []
    for (let cursor: string | null = null, first = true; first || cursor; first = false) {
      const page = await house.call(auditor(), 'findAuditEntries', {
        action: 'view.',
        limit: 2,
        ...(cursor ? { cursor } : {}),
      })
      seen.push(...page.items.map((item: { reason: string }) => item.reason))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(['五', '四', '三', '二', '一'])
    const filters: [object, number][] = [
      [{ objectKind: 'thing', objectId: '三' }, 1],
      [{ action: 'view.', from: house.services.clock.now().toISOString() }, 1],
      [{ action: 'view.', until: house.services.clock.now().toISOString() }, 4],
      [{ action: 'view.', actorName: 'te' }, 5],
      [{ action: 'view.', actorName: '别人' }, 0],
      [{ action: 'view.', unitPath: '/' }, 5],
      [{ action: 'view.', unitPath: '/45/' }, 0],
      [{ action: 'view.', result: 'refused' }, 0],
    ]
    for (const [filter, count] of filters)
      expect(
        (await house.call(auditor(), 'findAuditEntries', filter)).items,
        JSON.stringify(filter),
      ).toHaveLength(count)
  })

  test('PLT-20 an entry says who, when, from where, what and with what result, and whether it is intact', async () => {
    const [entry] = (await house.call(auditor(), 'findAuditEntries', { objectKind: 'thing', objectId: '五' }))
      .items
    expect(entry).toMatchObject({
      sequence: expect.any(Number),
      at: house.services.clock.now().toISOString(),
      actorKind: 'system',
      actorName: 'test',
      clientAddress: '127.0.0.1',
      action: 'view.test',
      object: { kind: 'thing', id: '五' },
      before: null,
      after: { n: 1 },
      result: 'done',
      intact: true,
    })
    await house.tamper(`UPDATE audit_entry SET actor_name = '别人' WHERE id = $1`, [entry.id])
    const [altered] = (
      await house.call(auditor(), 'findAuditEntries', { objectKind: 'thing', objectId: '五' })
    ).items
    expect(altered).toMatchObject({ id: entry.id, intact: false })
    await house.tamper(`UPDATE audit_entry SET actor_name = 'test' WHERE id = $1`, [entry.id])
  })

  test('PLT-5 only the audit permission opens it, and every refusal is recorded', async () => {
    const other = administrator(house.services, [JOB_FIND])
    for (const key of ['findAuditEntries', 'verifyAudit', 'findAuditVerifications'] as const) {
      await expect(house.call(nobody, key)).rejects.toMatchObject({ status: 401 })
      await expect(house.call(other, key)).rejects.toMatchObject({ code: 'platform.forbidden' })
    }
    const refused = await house.call(auditor(), 'findAuditEntries', { result: 'refused', actorId: other.id })
    expect(refused.items).toHaveLength(3)
    await expect(house.call(auditor(), 'findAuditEntries', { cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'platform.invalid_input',
    })
  })
})

describe('export of a list', () => {
  const reader = auditor()
  const actors = new Map<string, Actor>([['auditor', reader]])
  let app: FastifyInstance
  let rowLimit = 2000
  beforeAll(async () => {
    actors.set('other', administrator(house.services, []))
    app = await createHttpServer({
      services: house.services,
      modules: [house.module],
      authenticator: { authenticate: async (token) => actors.get(token ?? '') ?? null, csrfToken: () => '' },
      ready: async () => ({ ok: true, checks: {} }),
      exportRowLimitOf: async () => rowLimit,
    })
    await record('export.test', '=1+1,"引号"')
    await asSystem(house.services, async (ctx) => {
      for (let i = 0; i < 1100; i++) await ctx.audit.record({ action: 'many.test', reason: String(i) })
    })
  })
  afterAll(() => app.close())

  const ask = (payload: object, token?: string) =>
    app.inject({
      method: 'POST',
      url: '/api/audit-entries/export',
      payload,
      headers: { 'x-csrf-token': '' },
      ...(token ? { cookies: { hengjian_session: token } } : {}),
    })
  const recorded = async () =>
    (await house.call(reader, 'findAuditEntries', { action: 'administration.find-audit-entries.export' }))
      .items

  test('PLT-40 PLT-20 is recorded with filters, columns, rows and format, as it was asked for', async () => {
    const answer = await ask({ action: 'export.', columns: ['reason', 'action'] }, 'auditor')
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['x-export-rows']]).toEqual([
      200,
      'text/csv; charset=utf-8',
      '1',
    ])
    expect(answer.body).toBe(`\uFEFF理由,操作\r\n"'=1+1,""引号""",export.test\r\n`)
    expect((await recorded())[0]).toMatchObject({
      actorId: reader.id,
      object: { kind: 'list', id: 'administration.find-audit-entries' },
      after: { format: 'csv', rows: 1, columns: ['reason', 'action'], filters: { action: 'export.' } },
      result: 'done',
    })
  })

  test('PLT-40 takes all pages, in the order of the list, in either format', async () => {
    const csv = await ask({ action: 'many.', sort: 'at', columns: ['reason'] }, 'auditor')
    const reasons = csv.body.trimEnd().split('\r\n').slice(1)
    expect(reasons.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 1100 }, (_, i) => i))
    const xlsx = await ask({ action: 'many.', format: 'xlsx' }, 'auditor')
    expect(xlsx.headers['x-export-rows']).toBe('1100')
    expect(xlsx.rawPayload.subarray(0, 2).toString('latin1')).toBe('PK')
  })

  test('PLT-40 more rows than allowed are refused with the limit, and nothing is given out', async () => {
    const before = (await recorded()).length
    rowLimit = 1099
    const answer = await ask({ action: 'many.' }, 'auditor')
    rowLimit = 2000
    expect(answer.json()).toMatchObject({
      status: 422,
      code: 'platform.export_too_large',
      data: { limit: 1099 },
    })
    expect(answer.json().detail).toContain('1099')
    expect(await recorded()).toHaveLength(before)
  })

  test('PLT-40 a fault of filter, order, format or column is named', async () => {
    for (const [payload, path] of [
      [{ from: 'yesterday' }, 'from'],
      [{ sort: 'reason' }, 'sort'],
      [{ format: 'pdf' }, 'format'],
      [{ columns: ['nothing'] }, 'columns'],
    ] as const)
      expect((await ask(payload, 'auditor')).json(), path).toMatchObject({
        code: 'platform.invalid_input',
        issues: [{ path }],
      })
  })

  test('PLT-3 PLT-20 who may not see the list may not export it, which is recorded', async () => {
    expect((await ask({})).statusCode).toBe(401)
    expect((await ask({}, 'other')).statusCode).toBe(403)
    const { items } = await house.call(reader, 'findAuditEntries', { actorId: actors.get('other')!.id })
    expect(items[0]).toMatchObject({ action: 'administration.find-audit-entries', result: 'refused' })
  })

  test('PLT-40 one export at a time is enough for a person', async () => {
    const both = await Promise.all([ask({ action: 'many.' }, 'auditor'), ask({ action: 'many.' }, 'auditor')])
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
  })
})

const stubborn = defineJob({
  name: 'test.stubborn',
  input: z.object({}),
  retry: { limit: 0, delaySeconds: 1 },
})

describe('with a worker', () => {
  let jobs: Jobs
  let works = false
  const control = () => openJobControl(house.database.jobsUrl, () => {})
  beforeAll(async () => {
    jobs = await createJobs({
      url: house.database.jobsUrl,
      services: house.services,
      handlers: [
        ...administrationJobs(house.options),
        handleJob(stubborn, async () => {
          if (!works) throw new Error('没有成功')
        }),
      ],
      pollSeconds: 0.5,
    })
  })
  afterAll(() => jobs.stop())

  const verified = async () => {
    const { id } = await house.call(auditor(), 'verifyAudit')
    const current = async () =>
      (await house.call(auditor(), 'findAuditVerifications', {})).items.find(
        (one: { id: string }) => one.id === id,
      )
    await expect
      .poll(async () => (await current()).state, { timeout: 20_000, interval: 200 })
      .not.toBe('running')
    return current()
  }

  test('PLT-21 a verification asked for runs in the background and answers what it found', async () => {
    await seal()
    const run = await verified()
    expect(run).toMatchObject({
      state: 'intact',
      requestedByName: '审计管理员',
      fault: null,
      faults: 0,
      alteredRows: [],
    })
    expect(run.checked).toBeGreaterThan(1100)
  })

  test('PLT-21 PLT-22 altered rows and a broken chain are told and raised as security events', async () => {
    const admin = administrator(house.services, ['administration.parameter.update'])
    const change = { code: 'test.note', unitPath: '/45/', value: '甲', version: 0, reason: '按通知调整' }
    await house.call(admin, 'updateParameter', change)
    await seal()
    const [parameter] = await house.tamper(`UPDATE parameter_value SET value = '"乙"' RETURNING id`)
    await house.call(admin, 'updateParameter', { ...change, unitPath: '/45/4503/' })
    const [deleted] = await house.tamper(
      `DELETE FROM parameter_value WHERE unit_path = '/45/4503/' RETURNING id`,
    )
    await seal()
    const [entry] = await house.tamper(
      `DELETE FROM audit_entry WHERE action = 'view.test' AND reason = '三' RETURNING id`,
    )
    const run = await verified()
    expect(run).toMatchObject({
      state: 'faulty',
      rowsChecked: 1,
      faults: 1,
      fault: { what: 'entry-removed', entryId: entry.id },
      alteredRows: [
        { table: 'parameter_value', id: parameter.id, what: 'row-altered' },
        { table: 'parameter_value', id: deleted.id, what: 'row-removed' },
      ],
    })
    const events = await house.call(auditor(), 'findAuditEntries', { action: 'security.' })
    expect(
      events.items.map((item: { action: string; object: unknown }) => [item.action, item.object]),
    ).toEqual(
      expect.arrayContaining([
        ['security.row-altered', { kind: 'parameter_value', id: parameter.id }],
        ['security.row-removed', { kind: 'parameter_value', id: deleted.id }],
        ['security.audit-chain-broken', { kind: 'audit_entry', id: entry.id }],
      ]),
    )
  })

  test('PLT-21 the nightly run leaves its own record', async () => {
    const id = await jobs.send(verifyIntegrityJob, {})
    const current = async () =>
      (await house.call(auditor(), 'findAuditVerifications', {})).items.find(
        (one: { id: string }) => one.id === id,
      )
    await expect.poll(async () => (await current())?.state, { timeout: 20_000, interval: 200 }).toBe('faulty')
    expect(await current()).toMatchObject({ requestedByName: '定时校验', faults: 1 })
  })

  test('PLT-31 a job that failed is shown and tried again by hand', async () => {
    const queue = control()
    Object.assign(house.options, { jobControl: queue })
    try {
      const id = await jobs.send(stubborn, {})
      const watcher = administrator(house.services, [JOB_FIND, JOB_MANAGE])
      const state = async () =>
        (await house.call(watcher, 'findJobs', { name: 'test.stubborn' })).items[0]?.state
      await expect.poll(state, { timeout: 10_000, interval: 200 }).toBe('failed')
      expect(await house.call(watcher, 'getJob', { id })).toMatchObject({ id, message: '没有成功' })
      works = true
      expect(await house.call(watcher, 'retryJob', { id })).toMatchObject({ state: 'retrying' })
      await expect.poll(state, { timeout: 10_000, interval: 200 }).toBe('done')
      await expect(house.call(watcher, 'retryJob', { id })).rejects.toMatchObject({
        code: 'administration.job_not_failed',
      })
      await expect(house.call(watcher, 'cancelJob', { id })).rejects.toMatchObject({
        code: 'administration.job_ended',
      })
      expect(await queue.cancel('test.stubborn', id)).toBe(false)
    } finally {
      await queue.close()
      Object.assign(house.options, { jobControl: house.queue })
    }
  })
})

describe('jobs', () => {
  const aJob = (state: string) =>
    asSystem(house.services, async (ctx) => {
      const id = newId()
      await ctx.db.insert(jobProgress).values({ id, name: 'test.note', state, done: 3, total: 9 })
      return id
    })
  const manager = () => administrator(house.services, [JOB_FIND, JOB_MANAGE])

  test('PLT-31 jobs are shown with words and progress, by state, page by page', async () => {
    const ids = [await aJob('running'), await aJob('running'), await aJob('done')]
    const first = await house.call(manager(), 'findJobs', { name: 'test.note', state: 'running', limit: 1 })
    expect(first.items).toMatchObject([{ id: ids[1], title: '记一笔', done: 3, total: 9 }])
    const second = await house.call(manager(), 'findJobs', {
      name: 'test.note',
      state: 'running',
      limit: 1,
      cursor: first.nextCursor,
    })
    expect(second).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null })
  })

  test('PLT-31 a cancelled job is taken out of the queue and says so', async () => {
    const id = await aJob('retrying')
    expect(await house.call(manager(), 'cancelJob', { id })).toMatchObject({ id, state: 'cancelled' })
    expect(house.queue.told).toContain(`cancel test.note ${id}`)
    const [entry] = await house.tamper(`SELECT action FROM audit_entry WHERE object_id = $1`, [id])
    expect(entry).toEqual({ action: 'administration.cancel-job' })
  })

  test('PLT-31 what the queue no longer knows stays as it was', async () => {
    house.queue.known = false
    const failed = await aJob('failed')
    await expect(house.call(manager(), 'retryJob', { id: failed })).rejects.toMatchObject({
      code: 'administration.job_not_failed',
    })
    const [row] = await asSystem(house.services, (ctx) =>
      ctx.db.select().from(jobProgress).where(eq(jobProgress.id, failed)),
    )
    expect(row).toMatchObject({ state: 'failed' })
    house.queue.known = true
  })

  test('PLT-3 callers who are not signed in or lack the permission; jobs that do not exist', async () => {
    const id = await aJob('failed')
    const reader = administrator(house.services, [JOB_FIND])
    for (const [key, input] of [
      ['findJobs', {}],
      ['getJob', { id }],
      ['retryJob', { id }],
      ['cancelJob', { id }],
    ] as const) {
      await expect(house.call(nobody, key, input)).rejects.toMatchObject({ status: 401 })
      const lacking = key === 'retryJob' || key === 'cancelJob' ? reader : administrator(house.services, [])
      await expect(house.call(lacking, key, input)).rejects.toMatchObject({ code: 'platform.forbidden' })
      if (key !== 'findJobs')
        await expect(house.call(manager(), key, { id: newId() })).rejects.toMatchObject({ status: 404 })
    }
  })
})
