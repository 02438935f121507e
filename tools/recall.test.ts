/** What was planted in a small city is found through the database and the lake, and little else. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { generateCity } from '@hengjian/sandbox-city'
import { indicatorDefinitions } from '@hengjian/supervision'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCity, openStore, type Store } from './recall/open-store.ts'
import { LARGEST_SHARE, measureRecall, type RecallLine } from './recall/recall.ts'

const CITY = { vehicles: 2000, years: 2, seed: 7, until: '2026-11-01' }

let database: TestDatabase
let store: Store
let lines: Map<string, RecallLine>
const folder = mkdtempSync(join(tmpdir(), 'hengjian-recall-'))

beforeAll(async () => {
  database = await createTestDatabase()
  store = await openStore({ folder, adminUrl: database.adminUrl, appUrl: database.appUrl })
  const city = generateCity(CITY)
  await loadCity(store, city)
  lines = new Map((await measureRecall(store, city, CITY)).map((line) => [line.code, line]))
})
afterAll(async () => {
  await store?.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

describe('recall on a sample city', () => {
  for (const { code, mode } of indicatorDefinitions) {
    const id = mode === 'in_process' ? `SUP-IN-${code}` : `SUP-PA-${code}`
    test(`${id} finds every plant and no near miss`, () => {
      const line = lines.get(code)!
      expect(line.planted).toBeGreaterThan(0)
      expect(line.nearMisses).toBeGreaterThan(0)
      expect({
        ...line,
        faults: line.discrepancies.filter((each) => !each.startsWith('value:')),
      }).toMatchObject({
        found: line.planted,
        silent: line.nearMisses,
        faults: [],
      })
      if (line.share > LARGEST_SHARE) expect(line.findings).toEqual([])
    })
  }

  test('findings that nobody planted are listed with their values', () => {
    for (const line of lines.values()) expect(line.findings).toHaveLength(line.unplanted)
  })
})
