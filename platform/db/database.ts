/** The application's connection: a pool signed in as `hengjian_app`, and transactions that carry a scope. */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { createStatementNames, markFactsReader, quicken } from './fast-client.ts'
import { insertionOf } from './insertion.ts'
import { rangeOf, type ScopeSetting } from './scope.ts'

/** Drizzle bound to one open transaction. */
export type Db = NodePgDatabase

/** A query of Drizzle that was not sent yet, or what a sent one promises. */
export type Sendable<T> = Promise<T> | { execute(): Promise<T> }

/**
 * An open transaction: typed queries, and the raw client for hand-written SQL. Statements are answered in the order in
 * which they are sent, and may be sent before earlier ones are answered.
 */
export interface Tx {
  readonly db: Db
  readonly client: pg.PoolClient
  /**
   * Send a write whose answer nobody reads, without waiting for it. When it fails the transaction does, at the latest
   * before it commits.
   */
  send(statement: Sendable<unknown>): void
  /** `send` an INSERT of these rows. */
  insert<T extends PgTable>(table: T, rows: readonly T['$inferInsert'][]): void
  /**
   * Send one statement as `hengjian_facts`, which reads fact tables across units and nothing else. Only what `send`
   * itself sends has that role; what is sent after an `await` in it does not.
   */
  asFactsReader<T>(send: () => Sendable<T>): Promise<T>
  /** Run `work` with the client while nothing else is under way, as COPY needs it. */
  copying<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** Run `work` as the last of the transaction, in the order of registration. */
  beforeCommit(work: () => Promise<void>): void
  /** Run `work` after commit; never when the transaction rolls back. */
  afterCommit(work: () => void): void
}

export interface Database {
  readonly pool: pg.Pool
  /** Run `work` in a transaction under `scope`; commit when it resolves, roll back when it throws. */
  transaction<T>(scope: ScopeSetting, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>
  close(): Promise<void>
}

export interface TransactionOptions {
  readOnly?: boolean
  /** All statements see the database as it was at the first of them (REPEATABLE READ). */
  snapshot?: boolean
}

/** Settings of a transaction as one statement, so that opening costs one round trip. */
function opening(scope: ScopeSetting, { readOnly, snapshot }: TransactionOptions): string {
  const { lo, hi } = rangeOf(scope)
  const set = (name: string, value: string) => `set_config('app.${name}', ${pg.escapeLiteral(value)}, true)`
  return [
    `BEGIN${snapshot ? ' ISOLATION LEVEL REPEATABLE READ' : ''}${readOnly ? ' READ ONLY' : ''}; SELECT `,
    [
      set('lo', lo),
      set('hi', hi),
      set('actor', scope.actorId),
      set('own', scope.kind === 'own' ? 'on' : 'off'),
      set('audit_reader', scope.auditReader ? 'on' : 'off'),
    ].join(', '),
  ].join('')
}

/** Open the pool. `url` names the role `hengjian_app`. */
export function openDatabase(
  url: string,
  options: { max?: number; applicationName?: string } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 20,
    application_name: options.applicationName ?? 'hengjian',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 120_000,
    pipeline: true,
  })
  const nameOf = createStatementNames()
  // A connection that dies while idle is replaced on next use; its error must not end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    // So must one that dies in use: the query under way fails and says why.
    client.on('error', () => {})
    quicken(client, nameOf)
  })

  async function transaction<T>(
    scope: ScopeSetting,
    work: (tx: Tx) => Promise<T>,
    txOptions: TransactionOptions = {},
  ): Promise<T> {
    const client = await pool.connect()
    const open = openTx(client)
    let broken: Error | undefined
    try {
      open.tx.send(client.query(opening(scope, txOptions)))
      const result = await work(open.tx)
      await open.commit()
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure
      })
      throw open.causeOf(error)
    } finally {
      client.release(broken)
    }
  }

  return { pool, transaction, close: () => pool.end() }
}

/** in_failed_sql_transaction: an earlier statement failed. */
const ABORTED = '25P02'

/** The transaction of a client that has been sent BEGIN. */
function openTx(client: pg.PoolClient) {
  const before: (() => Promise<void>)[] = []
  const after: (() => void)[] = []
  let failure: { error: unknown } | undefined
  let sent: Promise<unknown> = Promise.resolve()
  const send = (statement: Sendable<unknown>) => {
    const answered = sending(statement).catch((error: unknown) => {
      // All that follows the first failure fails because of it.
      if (!failure || sqlState(failure.error) === ABORTED) failure = { error }
    })
    sent = sent.then(() => answered)
  }
  const settle = async () => {
    await sent
    if (failure) throw failure.error
  }
  const tx: Tx = {
    client,
    db: drizzle(client),
    send,
    insert(table, rows) {
      if (rows.length > 0) send(client.query(insertionOf(table, rows)))
    },
    asFactsReader(inner) {
      // The statements of the indicators are long and alike: planned once a connection, not five times and again.
      send(client.query('SET LOCAL ROLE hengjian_facts; SET LOCAL plan_cache_mode = force_generic_plan'))
      try {
        return markFactsReader(client, () => sending(inner()))
      } finally {
        // Sent also when `inner` throws: whoever catches that must not go on in this role.
        send(client.query('RESET ROLE; SET LOCAL plan_cache_mode = DEFAULT'))
      }
    },
    async copying(work) {
      await settle()
      const connection = client as { pipeline?: boolean }
      connection.pipeline = false
      try {
        return await work(client)
      } finally {
        connection.pipeline = true
      }
    },
    beforeCommit: (inner) => before.push(inner),
    afterCommit: (inner) => after.push(inner),
  }
  return {
    tx,
    async commit(): Promise<void> {
      for (const inner of before) await inner()
      const { command } = await client.query('COMMIT')
      await settle()
      // A statement failed, and whoever sent it went on as if it had not.
      if (command !== 'COMMIT') throw new Error(`the transaction could not be committed: ${command}`)
      for (const inner of after) inner()
    },
    /** Why the transaction failed, when `error` only says that it had failed before. */
    causeOf: (error: unknown) => (failure && sqlState(error) === ABORTED ? failure.error : error),
  }
}

const sending = <T>(statement: Sendable<T>): Promise<T> =>
  'execute' in statement ? statement.execute() : statement

/** True when the database could not be reached, went away, or gave no connection in time: trying again may help. */
export function isUnavailable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && UNAVAILABLE_CODES.has(code)) return true
    // the driver's own errors carry no code
    if (
      /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/.test(
        cause.message,
      )
    )
      return true
  }
  return sqlState(error)?.startsWith('08') ?? false
}

/** Of the system; and of PostgreSQL: admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections. */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ENOENT 57P01 57P02 57P03 53300'.split(' '),
)

/** SQLSTATE of a driver error, through Drizzle's wrapper; undefined when it is none. */
export function sqlState(error: unknown): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code
  }
  return undefined
}
