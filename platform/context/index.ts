/** What every operation is given: who asks, the transaction it runs in, and the platform's services. */
import { randomUUIDv7 } from 'node:crypto'
import type { AuditWriter } from '@hengjian/platform/audit'
import type { Config } from '@hengjian/platform/config'
import type { Cipher, Keys } from '@hengjian/platform/crypto'
import type { Database, DataScope, Db, ScopeSetting, Tx } from '@hengjian/platform/db'
import type pg from 'pg'
import type { Logger } from 'pino'

/** A new UUIDv7: ids sort by the time they were made. */
export const newId = (): string => randomUUIDv7()

/** Time is injected, so that tests can stand anywhere in the calendar. */
export interface Clock {
  now(): Date
}
export const systemClock: Clock = { now: () => new Date() }

/** Who acts. A job acts as a named system actor with an explicit scope. */
export interface Actor {
  readonly kind: 'user' | 'system' | 'anonymous'
  readonly id: string
  /** Shown in the audit log and in timelines. */
  readonly name: string
  readonly unitId: string
  readonly unitPath: string
  readonly scope: DataScope
  readonly permissions: ReadonlySet<string>
  readonly sessionId: string | null
  /** When the second factor was last given in this session. */
  readonly steppedUpAt: Date | null
}

/** Services that exist once per process. */
export interface Services {
  readonly config: Config
  readonly keys: Keys
  readonly cipher: Cipher
  readonly database: Database
  readonly log: Logger
  readonly clock: Clock
}

/** Where a call came from. */
export interface Origin {
  readonly requestId: string
  readonly clientAddress: string
}

/** Argument of every operation handler. */
export interface RequestContext extends Services {
  readonly actor: Actor
  readonly origin: Origin
  /** Typed queries in the caller's transaction and scope. */
  readonly db: Db
  readonly tx: Tx
  readonly audit: AuditWriter
  /** Put a domain event into the outbox, in the same transaction. */
  emit(kind: string, payload: Record<string, unknown>): Promise<void>
}

/** Nobody: the actor of public operations. Sees no scoped row. */
export const anonymous: Actor = {
  kind: 'anonymous',
  id: '00000000-0000-0000-0000-000000000000',
  name: '',
  unitId: '00000000-0000-0000-0000-000000000000',
  unitPath: '/-/',
  scope: 'unit',
  permissions: new Set(),
  sessionId: null,
  steppedUpAt: null,
}

/** A named system actor for jobs, with the scope it works in. */
export const systemActor = (name: string, unitPath = '/', scope: DataScope = 'all'): Actor => ({
  ...anonymous,
  kind: 'system',
  id: '00000000-0000-7000-8000-000000000001',
  name,
  unitPath,
  scope,
})

/** The scope under which an actor's transaction runs. */
export const scopeOf = (actor: Actor): ScopeSetting => ({
  kind: actor.scope,
  unitPath: actor.unitPath,
  actorId: actor.id,
  auditReader: actor.permissions.has('administration.audit.find'),
})

/** Query shape of the raw client, for code that writes SQL by hand. */
export type SqlClient = Pick<pg.ClientBase, 'query'>
