/**
 * The dispatcher turns outbox events into jobs. A job's id follows from the event's, and the queue keeps one job per
 * id: killed between handing over and moving the cursor, the dispatcher hands over again and nothing doubles.
 */

import { createHash } from 'node:crypto'
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { type OutboxEvent, readOutbox } from '@hengjian/platform/outbox'
import { z } from 'zod'
import type { JobDefinition } from './define-job.ts'
import { JOB_REQUESTED } from './enqueue.ts'

/** A job to hand to the queue. */
export interface QueuedJob {
  readonly id: string
  readonly name: string
  readonly input: object
}

const FOLLOWER = 'dispatcher'
const EVENTS = 500
const SYSTEM = scopeOf(systemActor('jobs'))

const jobRequested = z.object({ job: z.string(), input: z.looseObject({}) })

/** UUID (version 8) of one consumer's job for one event. */
export function jobIdOf(eventId: string, consumer: string): string {
  const digest = createHash('sm3').update(`${eventId}/${consumer}`).digest().subarray(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x80
  digest[8] = (digest[8]! & 0x3f) | 0x80
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Jobs that an event starts. A requested job that no one knows is left out and told to `unknown`. */
export function jobsOf(
  event: OutboxEvent,
  definitions: readonly JobDefinition[],
  unknown: (name: string) => void,
): QueuedJob[] {
  if (event.kind === JOB_REQUESTED) {
    const { job, input } = jobRequested.parse(event.payload)
    if (definitions.some((definition) => definition.name === job))
      return [{ id: event.eventId, name: job, input }]
    unknown(job)
    return []
  }
  return definitions
    .filter((definition) => definition.on?.includes(event.kind))
    .map(({ name }) => ({ id: jobIdOf(event.eventId, name), name, input: event.payload as object }))
}

/** Hand over one portion of events. Answers how many events were taken. */
export async function dispatchOnce(options: {
  database: Database
  definitions: readonly JobDefinition[]
  send: (jobs: readonly QueuedJob[]) => Promise<void>
  unknown: (name: string) => void
}): Promise<number> {
  return options.database.transaction(SYSTEM, async (tx) => {
    const portion = await readOutbox(tx, { follower: FOLLOWER, limit: EVENTS })
    const jobs = portion.events.flatMap((event) => jobsOf(event, options.definitions, options.unknown))
    if (jobs.length > 0) await options.send(jobs)
    await portion.advance()
    return portion.taken
  })
}
