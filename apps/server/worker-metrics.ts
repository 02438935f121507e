/**
 * Figures of the worker for Prometheus, at a port of its own that serves nothing else: the worker has no other door, and
 * the web role need not be able to ask the queue.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { auditMetrics } from '@hengjian/platform/audit'
import { type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import type { Jobs } from '@hengjian/platform/jobs'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

const SCOPE = scopeOf(systemActor('metrics'))

/** What is measured when somebody asks. */
export function workerMetrics(services: Pick<Services, 'database'>, jobs: Pick<Jobs, 'depths'>): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const ask = async <R extends object>(sql: string) =>
    (await services.database.transaction(SCOPE, ({ client }) => client.query<R>(sql), { readOnly: true }))
      .rows

  const events = gauge('hengjian_follower_lag_events', 'Events of the outbox that a follower has not taken', [
    'follower',
  ])
  const seconds = gauge(
    'hengjian_follower_lag_seconds',
    'Age of the oldest event that a follower has not taken',
    ['follower'],
  )
  const files = gauge('hengjian_lake_files', 'Files of the lake that analyses read', ['fact'])
  const rows = gauge('hengjian_lake_rows', 'Rows in those files', ['fact'])
  const queued = gauge('hengjian_jobs', 'Jobs by queue and state, as the queue last counted', [
    'queue',
    'state',
  ])
  const collect = async () => {
    // one after the other: what is asked for figures holds one connection at most
    for (const lag of await ask<{ follower: string; events: number; seconds: number }>(LAG)) {
      events.set({ follower: lag.follower }, lag.events)
      seconds.set({ follower: lag.follower }, lag.seconds)
    }
    files.reset()
    rows.reset()
    for (const one of await ask<{ fact: string; files: number; rows: number }>(LAKE)) {
      files.set({ fact: one.fact }, one.files)
      rows.set({ fact: one.fact }, one.rows)
    }
    for (const { name, ...depth } of await jobs.depths())
      for (const [state, count] of Object.entries(depth)) queued.set({ queue: name, state }, count)
  }
  const whole = Registry.merge([registry, auditMetrics])
  const metrics = whole.metrics.bind(whole)
  return Object.assign(whole, { metrics: () => collect().then(metrics) })
}

/** Outbox rows behind each follower's cursor. */
const LAG = `
  SELECT c.follower, count(o.seq)::int AS events,
         coalesce(extract(epoch FROM now() - min(o.at)), 0)::float8 AS seconds
    FROM outbox_cursor c LEFT JOIN outbox o ON (o.xid, o.seq) > (c.xid, c.seq::bigint)
   GROUP BY c.follower`

const LAKE = `
  SELECT fact, count(*)::int AS files, sum(rows)::float8 AS rows FROM lake_file WHERE retired_at IS NULL GROUP BY fact`

/** Serve `GET /metrics`; 503 while the figures cannot be had. Answers the port, and how to close. */
export async function serveMetrics(
  registry: Registry,
  at: { port: number; host: string },
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(503).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
