import { newId, scopeOf, systemActor } from '@hengjian/platform/context'
import { type Database, openDatabase } from '@hengjian/platform/db'
import { createTestDatabase, type TestDatabase, untilSettled } from '@hengjian/platform/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outbox, readOutbox } from './index.ts'

const SYSTEM = scopeOf(systemActor('test'))
let place: TestDatabase
let database: Database
beforeAll(async () => {
  place = await createTestDatabase()
  database = openDatabase(place.appUrl)
})
afterAll(async () => {
  await database?.close()
  await place?.drop()
})

const emit = (...names: string[]) =>
  database.transaction(SYSTEM, async (tx) => {
    for (const kind of names) await tx.db.insert(outbox).values({ eventId: newId(), kind, payload: {} })
  })

test('PLT-32 events are taken in the order of numbers, each once, across every change of digits', async () => {
  const names = Array.from({ length: 120 }, (_, i) => `event ${i}`)
  for (let at = 0; at < names.length; at += 6) await emit(...names.slice(at, at + 6))
  await untilSettled(database.pool)
  const taken: string[] = []
  for (let rounds = 0; rounds < 200; rounds++) {
    const count = await database.transaction(SYSTEM, async (tx) => {
      const portion = await readOutbox(tx, { follower: 'test', limit: 14 })
      taken.push(...portion.events.map((event) => event.kind))
      await portion.advance()
      return portion.taken
    })
    if (count === 0) break
  }
  expect(taken).toEqual(names)
})
