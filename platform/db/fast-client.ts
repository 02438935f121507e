/**
 * What a connection of the pool does besides `pg`: statements sent in one turn of the event loop leave in one write, and
 * writes and what indicators read are prepared by name, so that PostgreSQL plans them once a connection. Other reads are
 * planned each time: a plan that fits every scope fits none, for a window sees few rows and a corps all.
 */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import type pg from 'pg'

/** A text is prepared once it was sent this often: lists of filters come in too many shapes to be worth keeping. */
const USES_BEFORE_NAMED = 8
/** Names given at most; each costs memory in every connection. */
const NAMES = 256
/** Texts counted at most. */
const TEXTS = 2_000

interface Known {
  uses: number
  name?: string
}

const WRITES = /^(insert|update)\b/i

/** Gives names to texts that are sent often. */
export function createStatementNames(): (text: string) => string | undefined {
  const known = new Map<string, Known>()
  let named = 0
  return (text) => {
    let entry = known.get(text)
    if (!entry) {
      if (known.size >= TEXTS) for (const [each, { name }] of known) if (!name) known.delete(each)
      entry = { uses: 0 }
      known.set(text, entry)
    }
    entry.uses += 1
    if (!entry.name && entry.uses > USES_BEFORE_NAMED && named < NAMES) {
      named += 1
      entry.name = `s${createHash('sm3').update(text).digest('hex').slice(0, 24)}`
    }
    return entry.name
  }
}

/** What is sent in the role of `hengjian_facts` is planned apart: a plan of one role is thrown away by the other. */
interface Sender {
  asFactsReader: boolean
}

const senders = new WeakMap<pg.ClientBase, Sender>()

/** Mark what `send` sends synchronously as sent by `hengjian_facts`. */
export function markFactsReader<T>(client: pg.ClientBase, send: () => T): T {
  const sender = senders.get(client)
  if (!sender) return send()
  sender.asFactsReader = true
  try {
    return send()
  } finally {
    sender.asFactsReader = false
  }
}

interface Config {
  readonly text?: string
  readonly name?: string
  readonly values?: readonly unknown[]
}

/** Teach a fresh connection both. */
export function quicken(client: pg.PoolClient, nameOf: (text: string) => string | undefined): void {
  const sender: Sender = { asFactsReader: false }
  senders.set(client, sender)
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  let corked = false
  const cork = () => {
    if (corked) return
    corked = true
    stream.cork()
    process.nextTick(() => {
      corked = false
      stream.uncork()
    })
  }
  const named = (text: string, config: Config, values: readonly unknown[]) => {
    const name = sender.asFactsReader || WRITES.test(text) ? nameOf(text) : undefined
    return { ...config, text, values, ...(name ? { name: sender.asFactsReader ? `f${name}` : name } : {}) }
  }
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((first: string | Config | { submit: unknown }, second?: unknown, third?: unknown) => {
    if (typeof first === 'object' && 'submit' in first) return query(first, second, third)
    cork()
    const config = typeof first === 'string' ? { text: first } : (first as Config)
    const values = Array.isArray(second) ? second : config.values
    if (config.text === undefined || config.name || values === undefined || typeof second === 'function')
      return query(first, second, third)
    return query(named(config.text, config, values), third)
  }) as typeof client.query
}
