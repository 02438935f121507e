import { newId } from '@hengjian/platform/context'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStatementNames } from './fast-client.ts'
import { type Database, openDatabase, type ScopeSetting, type Tx } from './index.ts'

const scope: ScopeSetting = { kind: 'all', unitPath: '/', actorId: newId() }

let testDatabase: TestDatabase
let database: Database
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.appUrl, { max: 3 })
})
afterAll(async () => {
  await database?.close()
  await testDatabase?.drop()
})

/** A table without scope: any will do. */
const mark = (tx: Tx, consumer: string, id = newId()) =>
  tx.client.query('INSERT INTO consumed (event_id, consumer) VALUES ($1, $2)', [id, consumer])
const marked = (consumer: string) =>
  database.transaction(scope, async ({ client }) => {
    const { rows } = await client.query('SELECT event_id FROM consumed WHERE consumer = $1', [consumer])
    return rows.length
  })

test('what is sent without waiting stands after the commit, in the order sent', async () => {
  const seen = await database.transaction(scope, async (tx) => {
    for (let i = 0; i < 50; i++) tx.send(mark(tx, 'sent'))
    const { rows } = await tx.client.query(`SELECT count(*)::int AS n FROM consumed WHERE consumer = 'sent'`)
    return rows[0].n
  })
  expect(seen).toBe(50)
  expect(await marked('sent')).toBe(50)
})

test('a sent statement that fails fails the transaction with its own error, and nothing stands', async () => {
  const id = newId()
  const twice = (then: (tx: Tx) => Promise<unknown>) =>
    database.transaction(scope, async (tx) => {
      tx.send(mark(tx, 'twice', id))
      tx.send(mark(tx, 'twice', id))
      return then(tx)
    })
  await expect(twice(async () => 'done')).rejects.toMatchObject({ code: '23505' })
  // the statement after it only says that the transaction had failed before
  await expect(twice((tx) => tx.client.query('SELECT 1'))).rejects.toMatchObject({ code: '23505' })
  await expect(
    twice(async () => {
      throw new Error('of the handler')
    }),
  ).rejects.toThrow('of the handler')
  expect(await marked('twice')).toBe(0)
})

test('a failure that the handler swallowed is not acknowledged', async () => {
  await expect(
    database.transaction(scope, async (tx) => {
      await mark(tx, 'swallowed')
      await tx.client.query('SELECT * FROM no_such_table').catch(() => {})
      return 'done'
    }),
  ).rejects.toThrow('could not be committed')
  expect(await marked('swallowed')).toBe(0)
})

test('a connection serves again after a failure', async () => {
  const one = openDatabase(testDatabase.appUrl, { max: 1 })
  try {
    for (let i = 0; i < 20; i++) {
      const id = newId()
      const failing = one.transaction(scope, async (tx) => {
        tx.send(mark(tx, 'again', id))
        tx.send(mark(tx, 'again', id))
      })
      await expect(failing).rejects.toMatchObject({ code: '23505' })
      await one.transaction(scope, async (tx) => tx.send(mark(tx, 'again', id)))
    }
  } finally {
    await one.close()
  }
  expect(await marked('again')).toBe(20)
})

test('PLT-4 only what is sent as facts reader has that role, whatever is sent beside it', async () => {
  const role = (tx: Tx) => tx.client.query<{ current_user: string }>('SELECT current_user')
  const roles = await database.transaction(scope, async (tx) => {
    const answers = await Promise.all([
      role(tx),
      tx.asFactsReader(() => role(tx)),
      role(tx),
      tx.asFactsReader(async () => {
        await role(tx)
        return role(tx)
      }),
    ])
    return answers.map(({ rows }) => rows[0]!.current_user)
  })
  expect(roles).toEqual(['hengjian_app', 'hengjian_facts', 'hengjian_app', 'hengjian_app'])
})

test('PLT-4 the role of the facts reader ends also when nothing could be sent', async () => {
  const role = await database.transaction(scope, async (tx) => {
    const failing = () =>
      tx.asFactsReader(() => {
        throw new Error('of the caller')
      })
    expect(failing).toThrow('of the caller')
    return (await tx.client.query<{ current_user: string }>('SELECT current_user')).rows[0]!.current_user
  })
  expect(role).toBe('hengjian_app')
})

test('COPY has the connection to itself, and what was sent before it is there', async () => {
  const text = await database.transaction(scope, async (tx) => {
    tx.send(mark(tx, 'copied'))
    const copied = await tx.copying(async (client) => {
      let all = ''
      const copy = client.query(
        copyTo(`COPY (SELECT consumer FROM consumed WHERE consumer = 'copied') TO STDOUT`),
      )
      for await (const piece of copy) all += String(piece)
      return all
    })
    tx.send(mark(tx, 'copied'))
    return copied
  })
  expect(text).toBe('copied\n')
  expect(await marked('copied')).toBe(2)
})

test('what comes before the commit is part of it, what comes after is not', async () => {
  const order: string[] = []
  await database.transaction(scope, async (tx) => {
    tx.afterCommit(() => order.push('after'))
    tx.beforeCommit(async () => {
      order.push('before')
      tx.send(mark(tx, 'before commit'))
    })
    order.push('work')
  })
  expect(order).toEqual(['work', 'before', 'after'])
  expect(await marked('before commit')).toBe(1)
})

test('texts get a name when they are sent often, and only so many do', () => {
  const nameOf = createStatementNames()
  const send = (text: string, times: number) => Array.from({ length: times }, () => nameOf(text)).at(-1)
  expect(send('once', 1)).toBeUndefined()
  const name = send('often', 20)
  expect(name).toMatch(/^s[0-9a-f]{24}$/)
  expect(send('often', 1)).toBe(name)
  for (let i = 0; i < 5000; i++) nameOf(`rare ${i}`)
  expect(send('often', 1)).toBe(name)
  const names = new Set(Array.from({ length: 400 }, (_, i) => send(`frequent ${i}`, 20)))
  expect(names.size).toBeLessThanOrEqual(257)
})
