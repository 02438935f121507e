/**
 * One call of an operation: permission, second factor, transaction under the caller's scope, audit, event.
 * Used by HTTP and by tests alike, so that what tests prove is what users meet.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { auditWriter } from '@hengjian/platform/audit'
import {
  type Actor,
  newId,
  type Origin,
  type RequestContext,
  type Services,
  scopeOf,
} from '@hengjian/platform/context'
import type { OperationMeta } from '@hengjian/platform/contract'
import { isUnavailable, sqlState, type Tx } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { outbox } from '@hengjian/platform/outbox'

/** A second factor counts as fresh for this long. */
const STEP_UP_MINUTES = 10

/** Context of `actor` inside `tx`. Jobs and commands of other entries (CLI, importer) make theirs here too. */
export function contextOf(services: Services, tx: Tx, actor: Actor, origin: Origin): RequestContext {
  return {
    ...services,
    actor,
    origin,
    tx,
    db: tx.db,
    audit: auditWriter({ tx, cipher: services.cipher, clock: services.clock, actor, origin }),
    emit: async (kind, payload) => {
      eventsOf(tx).push({ eventId: newId(), kind, payload })
    },
  }
}

type Event = typeof outbox.$inferInsert

/** Events of open transactions; they are written together, as the last of the transaction. */
const events = new WeakMap<Tx, Event[]>()

function eventsOf(tx: Tx): Event[] {
  const known = events.get(tx)
  if (known) return known
  const waiting: Event[] = []
  events.set(tx, waiting)
  tx.beforeCommit(async () => {
    tx.insert(outbox, waiting)
  })
  return waiting
}

/** Run `work` as `actor` in a transaction of its own. */
export const runAs = <T>(
  services: Services,
  actor: Actor,
  origin: Origin,
  work: (ctx: RequestContext) => Promise<T>,
): Promise<T> =>
  services.database.transaction(scopeOf(actor), (tx) => work(contextOf(services, tx, actor, origin)))

/** Refuse a caller without the permission, or without a fresh second factor where one is asked. */
export function authorise(meta: OperationMeta, actor: Actor, now: Date): void {
  if (meta.permission === 'public') return
  if (actor.kind === 'anonymous') throw new Problem(platformErrors.sign_in_required)
  if (meta.permission !== 'signed-in' && !actor.permissions.has(meta.permission))
    throw new Problem(platformErrors.forbidden, { data: { permission: meta.permission } })
  if (meta.stepUp) {
    const fresh = actor.steppedUpAt && now.getTime() - actor.steppedUpAt.getTime() < STEP_UP_MINUTES * 60_000
    if (!fresh) throw new Problem(platformErrors.step_up_required)
  }
}

/** A handler whose slow preparation (asking outside systems) runs before the transaction opens, holding nothing. */
export interface Preparable<I, O> {
  // biome-ignore lint/suspicious/noExplicitAny: what `prepare` made is known to `withPreparation` alone
  (ctx: RequestContext, input: I, prepared?: any): Promise<O>
  prepare?: (services: Services, actor: Actor, input: I, origin: Origin) => Promise<unknown>
}

/** Join a preparation outside the transaction with the handler inside it. */
export const withPreparation = <I, O, P>(
  prepare: (services: Services, actor: Actor, input: I, origin: Origin) => Promise<P>,
  handle: (ctx: RequestContext, input: I, prepared: P) => Promise<O>,
): ((ctx: RequestContext, input: I) => Promise<O>) => Object.assign(handle as Preparable<I, O>, { prepare })

/** Call an operation's handler as `actor`. Every write leaves an audit entry, every refusal too (PLT-20). */
export async function callOperation<I, O>(
  services: Services,
  operation: { id: string; meta: OperationMeta; handler: Preparable<I, O> },
  actor: Actor,
  origin: Origin,
  input: I,
): Promise<O> {
  const { id, meta, handler } = operation
  try {
    authorise(meta, actor, services.clock.now())
    const prepared = await handler.prepare?.(services, actor, input, origin)
    return await afterTheFirst(() =>
      runAs(services, actor, origin, async (ctx) => {
        const output = await handler(ctx, input, prepared)
        if (meta.transaction === 'write' && ctx.audit.count === 0) await ctx.audit.record({ action: id })
        return output
      }),
    )
  } catch (error) {
    await recordRefusal(services, id, actor, origin, error)
    throw fromDatabase(error)
  }
}

/** Pauses before a repeated request looks again for the first's answer, in milliseconds: three seconds in all. */
const LOOK_AGAIN_MS = [50, 100, 200, 400, 750, 750, 750]

/** Run `attempt`; while the same request is being worked on elsewhere, wait without a connection and try again. */
async function afterTheFirst<T>(attempt: () => Promise<T>): Promise<T> {
  for (const wait of LOOK_AGAIN_MS) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Problem) || error.entry !== platformErrors.in_progress) throw error
    }
    await pause(wait)
  }
  return attempt()
}

/** A refusal is recorded in a transaction of its own: that of the call is rolled back (PLT-20). */
async function recordRefusal(
  services: Services,
  action: string,
  actor: Actor,
  origin: Origin,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Problem) || error.status !== 403 || actor.kind === 'anonymous') return
  await runAs(services, actor, origin, (ctx) =>
    ctx.audit.record({ action, result: 'refused', reason: error.code }),
  ).catch((failure: unknown) => services.log.error({ err: failure }, 'refusal could not be recorded'))
}

/** Refuse, and record the refusal, before anything of the input is looked at. */
export async function admit(
  services: Services,
  operation: { id: string; meta: OperationMeta },
  actor: Actor,
  origin: Origin,
): Promise<void> {
  try {
    authorise(operation.meta, actor, services.clock.now())
  } catch (error) {
    await recordRefusal(services, operation.id, actor, origin, error)
    throw error
  }
}

/** What the database says, in the words of the catalogue. */
function fromDatabase(error: unknown): unknown {
  if (error instanceof Problem) return error
  const state = sqlState(error)
  if (state === '23505') return new Problem(platformErrors.already_exists, { cause: error })
  if (state === '42501') return new Problem(platformErrors.forbidden, { cause: error })
  if (state === '40001' || state === '40P01') return new Problem(platformErrors.conflict, { cause: error })
  if (isUnavailable(error)) return new Problem(platformErrors.unavailable, { cause: error })
  return error
}
