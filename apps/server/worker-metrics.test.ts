import { newId, type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import { openDatabase } from '@hengjian/platform/db'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveMetrics, workerMetrics } from './worker-metrics.ts'

let place: TestDatabase
let database: Services['database']
let metrics: Awaited<ReturnType<typeof serveMetrics>>
const depths = async () => [{ name: 'supervision.run-analysis', ready: 3, active: 1, deferred: 2, failed: 0 }]
beforeAll(async () => {
  place = await createTestDatabase()
  database = openDatabase(place.appUrl, { max: 2 })
  metrics = await serveMetrics(workerMetrics({ database }, { depths }), { port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await metrics?.close()
  await database?.close()
  await place?.drop()
})

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${metrics.port}${path}`, { method })
const run = (sql: string, values: unknown[]) =>
  database.transaction(scopeOf(systemActor('test')), (tx) => tx.client.query(sql, values))

test('NFR-7 the worker tells depth of queues, lag of followers, files of the lake; and serves nothing else', async () => {
  await run("INSERT INTO outbox_cursor (follower, xid, seq) VALUES ('lake', '0', '0')", [])
  for (const seconds of [90, 5])
    await run(
      `INSERT INTO outbox (event_id, kind, payload, at) VALUES ($1, 'x', '{}', now() - $2 * interval '1 second')`,
      [newId(), seconds],
    )
  const answer = await get('/metrics')
  expect(answer.status).toBe(200)
  const text = await answer.text()
  expect(text).toContain('hengjian_follower_lag_events{follower="lake"} 2')
  expect(
    Number(text.match(/hengjian_follower_lag_seconds\{follower="lake"\} ([\d.]+)/)?.[1]),
  ).toBeGreaterThanOrEqual(90)
  expect(text).toContain('hengjian_jobs{queue="supervision.run-analysis",state="ready"} 3')
  expect(text).toContain('process_cpu_seconds_total')
  expect(text).toContain('hengjian_security_events_total')
  await run(
    'UPDATE outbox_cursor SET xid = (SELECT max(xid) FROM outbox), seq = (SELECT max(seq) FROM outbox)::text',
    [],
  )
  expect(await (await get('/metrics')).text()).toContain('hengjian_follower_lag_events{follower="lake"} 0')
  for (const [path, method] of [
    ['/', 'GET'],
    ['/api/users', 'GET'],
    ['/metrics', 'POST'],
  ] as const)
    expect((await get(path, method)).status).toBe(404)
})

test('figures that cannot be had are 503, not zero', async () => {
  const failing = await serveMetrics(
    workerMetrics({ database }, { depths: () => Promise.reject(new Error('no queue')) }),
    { port: 0, host: '127.0.0.1' },
  )
  expect((await fetch(`http://127.0.0.1:${failing.port}/metrics`)).status).toBe(503)
  await failing.close()
})
