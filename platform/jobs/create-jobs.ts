/** Durable jobs on pg-boss: the queue lives in schema pgboss of the same database, owned by `hengjian_jobs`. */

import { type Origin, type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import { contextOf } from '@hengjian/platform/http'
import { consumed } from '@hengjian/platform/outbox'
import { type JobWithMetadata, PgBoss } from 'pg-boss'
import type { JobContext, JobDefinition, JobHandler } from './define-job.ts'
import { dispatchOnce, type QueuedJob } from './dispatch.ts'
import { type Loop, repeat } from './loop.ts'
import { openProgress } from './progress.ts'

/** A worker's jobs. */
export interface Jobs {
  /** Hand a job to the queue now, outside any transaction. In a command use `enqueueJob`. */
  send<I>(job: JobDefinition<I>, input: I): Promise<string>
  /** Hand over all outbox events that can be; done by itself twice a second. Answers how many there were. */
  dispatch(): Promise<number>
  /** How full each queue is, as the queue last counted (once in a heartbeat). */
  depths(): Promise<readonly QueueDepth[]>
  /** Stop taking jobs; wait for those under way, at most `withinMs` (15 s), after which they are tried again later. */
  stop(withinMs?: number): Promise<void>
}

/** Jobs of one name: that may start now, are being done, wait for their time, and have failed for good lately. */
export interface QueueDepth {
  readonly name: string
  readonly ready: number
  readonly active: number
  readonly deferred: number
  readonly failed: number
}

export interface JobsOptions {
  /** Address of `hengjian_jobs`. */
  readonly url: string
  readonly services: Services
  readonly handlers: readonly JobHandler[]
  /** Seconds without a sign of life after which a killed process's job is tried again; at least 10, default 20. */
  readonly heartbeatSeconds?: number
  /** Pause between looks at the queue; default 1 s. */
  readonly pollSeconds?: number
}

const RETRY = { limit: 5, delaySeconds: 5 }
const LONGEST_DELAY_SECONDS = 3_600
const TIMEOUT_SECONDS = 900
const DISPATCH_MS = 500

/** Start the queue, its schedules, the dispatcher, and working on jobs. */
export async function createJobs(options: JobsOptions): Promise<Jobs> {
  const { services } = options
  const heartbeatSeconds = options.heartbeatSeconds ?? 20
  const boss = new PgBoss({
    connectionString: options.url,
    schema: 'pgboss',
    application_name: 'hengjian-jobs',
    max: 4,
    superviseIntervalSeconds: heartbeatSeconds,
    monitorIntervalSeconds: heartbeatSeconds,
  })
  boss.on('error', (error) => services.log.error({ err: error }, 'job queue'))
  await boss.start()
  const definitions = options.handlers.map((handler) => handler.definition)
  // a queue that others give up to must be there before them
  for (const definition of definitions.toSorted((a, b) => Number(!!a.givenUp) - Number(!!b.givenUp)))
    await ensureQueue(boss, definition, heartbeatSeconds)
  await keepSchedules(boss, definitions)

  const stopping = new AbortController()
  const send = async (jobs: readonly QueuedJob[]) => {
    for (const [name, group] of Map.groupBy(jobs, (job) => job.name))
      await boss.insert(
        name,
        group.map(({ id, input }) => ({ id, data: input })),
      )
  }
  const dispatch = () =>
    dispatchOnce({
      database: services.database,
      definitions,
      send,
      unknown: (name) =>
        services.log.error({ job: name }, 'a job was requested that this program does not have'),
    })
  for (const handler of options.handlers)
    await boss.work<object, void, { includeMetadata: true; pollingIntervalSeconds: number }>(
      handler.definition.name,
      { includeMetadata: true, pollingIntervalSeconds: options.pollSeconds ?? 1 },
      async ([job]) => runJob(services, handler, job as JobWithMetadata<object>, stopping.signal),
    )
  const loop: Loop = repeat({
    name: 'outbox dispatcher',
    everyMs: DISPATCH_MS,
    log: services.log,
    work: dispatch,
  })

  return {
    async send(job, input) {
      const id = await boss.send(job.name, job.input.parse(input) as object)
      if (id === null) throw new Error(`job ${job.name} was not accepted by the queue`)
      return id
    },
    dispatch,
    async depths() {
      const queues = await boss.getQueues(definitions.map(({ name }) => name))
      return queues.map(({ name, readyCount, activeCount, deferredCount, failedCount }) => ({
        name,
        ready: readyCount,
        active: activeCount,
        deferred: deferredCount,
        failed: failedCount,
      }))
    },
    async stop(withinMs = 15_000) {
      await loop.stop()
      const stopped = boss.stop({ graceful: true, close: true, timeout: withinMs })
      stopping.abort()
      await stopped
    },
  }
}

async function ensureQueue(boss: PgBoss, definition: JobDefinition, heartbeatSeconds: number): Promise<void> {
  const retry = definition.retry ?? RETRY
  const settings = {
    retryLimit: retry.limit,
    retryDelay: retry.delaySeconds,
    retryBackoff: true,
    retryDelayMax: LONGEST_DELAY_SECONDS,
    expireInSeconds: definition.timeoutSeconds ?? TIMEOUT_SECONDS,
    heartbeatSeconds,
    ...(definition.givenUp ? { deadLetter: definition.givenUp } : {}),
  }
  const policy = definition.singleton ? 'singleton' : 'standard'
  const existing = await boss.getQueue(definition.name)
  if (!existing) await boss.createQueue(definition.name, { policy, ...settings })
  else await boss.updateQueue(definition.name, settings)
}

async function keepSchedules(boss: PgBoss, definitions: readonly JobDefinition[]): Promise<void> {
  for (const { name, schedule } of definitions) {
    if (schedule) await boss.schedule(name, schedule.cron, schedule.input as object, { tz: 'Asia/Shanghai' })
    else await boss.unschedule(name)
  }
}

async function runJob(
  services: Services,
  { definition, run }: JobHandler,
  job: JobWithMetadata<object>,
  stopping: AbortSignal,
): Promise<void> {
  const { database, log } = services
  const progress = await openProgress(database, {
    id: job.id,
    name: definition.name,
    quiet: definition.quiet ?? false,
  })
  try {
    const context = contextOfJob(
      services,
      definition,
      job,
      AbortSignal.any([job.signal, stopping]),
      progress.report,
    )
    await run(context, definition.input.parse(job.data))
    await progress.finish('done')
  } catch (error) {
    const last = job.retryCount >= job.retryLimit
    log.error({ err: error, job: definition.name, jobId: job.id, attempt: job.retryCount + 1 }, 'job failed')
    await progress.finish(last ? 'failed' : 'retrying', (error as Error).message)
    throw error
  }
}

/** The queue doubles the pause each time and adds up to as much again, so that repeated jobs do not come together. */
function earliestRetry(
  { retryCount, retryLimit, retryDelay }: JobWithMetadata<object>,
  now: Date,
): Date | null {
  if (retryCount >= retryLimit) return null
  const seconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(retryDelay, 1) * 2 ** Math.min(retryCount, 15))
  return new Date(now.getTime() + seconds * 1000)
}

function contextOfJob(
  services: Services,
  definition: JobDefinition,
  job: JobWithMetadata<object>,
  signal: AbortSignal,
  progress: JobContext['progress'],
): JobContext {
  const actor = systemActor(definition.name)
  const origin: Origin = { requestId: job.id, clientAddress: 'worker' }
  return {
    services,
    jobId: job.id,
    attempt: job.retryCount + 1,
    retryAt: () => earliestRetry(job, services.clock.now()),
    signal,
    progress,
    once: (part, work) =>
      services.database.transaction(scopeOf(actor), async (tx) => {
        const mark = await tx.db
          .insert(consumed)
          .values({ eventId: job.id, consumer: `${definition.name}/${part}` })
          .onConflictDoNothing()
        return mark.rowCount === 0 ? undefined : work(contextOf(services, tx, actor, origin))
      }),
  }
}
