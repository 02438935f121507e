/** A job is two files: its definition (name, input, retries, schedule, events) and its handler. */
import type { RequestContext, Services } from '@hengjian/platform/context'
import type { z } from 'zod'

/** What a job is called and how it is run. */
export interface JobDefinition<I = unknown> {
  /** `<module>.<verb-noun>`, also the name of its queue. */
  readonly name: string
  readonly input: z.ZodType<I>
  /** Attempts after the first, the first pause in seconds (it doubles each time). A killed process uses up one. */
  readonly retry?: { readonly limit: number; readonly delaySeconds: number }
  /** Run by the clock of Asia/Shanghai: five-field cron and the input of that run. */
  readonly schedule?: { readonly cron: string; readonly input: I }
  /** Name of the job that is given this one's input when all attempts have failed, a killed worker's last one included. */
  readonly givenUp?: string
  /** Kinds of outbox events that start it; the event's payload is its input. */
  readonly on?: readonly string[]
  /** Only one at a time in the whole installation. */
  readonly singleton?: boolean
  /** Longest run before it counts as dead; default 15 minutes. */
  readonly timeoutSeconds?: number
  /** Runs so often that only its failures are worth a row in the list of jobs. */
  readonly quiet?: boolean
}

/** What a handler is given beside its input. */
export interface JobContext {
  readonly services: Services
  readonly jobId: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** When this attempt, failing now, is repeated at the earliest; null for the last attempt. */
  retryAt(): Date | null
  /** Aborted when the process stops or the job runs too long. */
  readonly signal: AbortSignal
  /** Tell how far it is. Written at most twice a second. */
  progress(done: number, total?: number | null, message?: string): Promise<void>
  /**
   * Run the effect of this job in one transaction as the named system actor, once: a repeated attempt finds that it
   * was done and does nothing. `part` tells several effects of one job apart.
   * @returns undefined when it had been done before
   */
  once<T>(part: string, work: (ctx: RequestContext) => Promise<T>): Promise<T | undefined>
}

/** A definition with its handler. */
export interface JobHandler {
  readonly definition: JobDefinition
  readonly run: (job: JobContext, input: unknown) => Promise<void>
}

/** Declare a job. */
export const defineJob = <I>(definition: JobDefinition<I>): JobDefinition<I> => definition

/** Give a job its handler. The input has been parsed by the definition's schema. */
export const handleJob = <I>(
  definition: JobDefinition<I>,
  run: (job: JobContext, input: I) => Promise<void>,
): JobHandler => ({ definition: definition as JobDefinition, run: (job, input) => run(job, input as I) })
