/** Keys of an installation: listed, rotated, old values brought under the new one, foreign ones refused. */
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createCipher, keysFileOf, readKeys } from '@hengjian/platform/crypto'
import { type Instance, newDataDir, removeDataDir, runCommand, startInstance } from '@hengjian/server/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PERSONS = 20_000
const dataDir = newDataDir()
let instance: Instance
let admin: pg.Client

beforeAll(async () => {
  instance = await startInstance(dataDir)
  admin = new pg.Client({ connectionString: await instance.adminUrl() })
  await admin.connect()
  const { encrypt } = createCipher(readKeys(keysFileOf(dataDir)))
  const numbers = Array.from({ length: PERSONS }, (_, at) => at)
  await admin.query(
    `INSERT INTO person (id, source, source_key, occurred_at, unit_id, unit_path, kind, name_enc, mobile_enc)
     SELECT gen_random_uuid(), 'test', n, now(), $1, '/45/', 'person', name, mobile
       FROM unnest($2::text[], $3::bytea[], $4::bytea[]) AS v (n, name, mobile)`,
    [
      randomUUID(),
      numbers,
      numbers.map((at) => encrypt(`姓名${at}`)),
      numbers.map((at) => (at % 2 ? encrypt(`1380000${at}`) : null)),
    ],
  )
}, 120_000)
afterAll(async () => {
  await admin?.end()
  await instance?.stop()
  removeDataDir(dataDir)
})

const underKey = async (id: number): Promise<number> =>
  Number(
    (await admin.query('SELECT count(*) AS n FROM person WHERE get_byte(name_enc, 0) = $1', [id])).rows[0].n,
  )

test('keys list names every key and prints none', async () => {
  const { code, stdout } = await instance.command('keys', 'list')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^data key 1 +[0-9a-f]{32} {2}encrypts now$/m)
  expect(stdout).toMatch(/^audit signing key +[0-9a-f]{32}$/m)
  for (const secret of readFileSync(keysFileOf(dataDir), 'utf8').match(/[0-9a-f]{32,}/g)!)
    expect(stdout).not.toContain(secret)
})

test('a re-encryption killed in the middle goes on where it was; every value stays readable', async () => {
  const rotated = await instance.command('keys', 'rotate', '--json')
  expect(rotated).toMatchObject({ code: 0, stdout: '{"current":2}\n' })
  const killed = await runCommand(dataDir, ['keys', 'reencrypt'], {
    killWhen: async () => {
      while ((await underKey(2)) === 0) await pause(5)
    },
  })
  expect(killed.code).toBeNull()
  const done = await underKey(2)
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(PERSONS)
  const again = JSON.parse((await instance.command('keys', 'reencrypt', '--json')).stdout)
  expect(again).toMatchObject({ current: 2, left: [] })
  expect(again.rows).toBeLessThanOrEqual(PERSONS - done)
  expect(await underKey(1)).toBe(0)
  expect(JSON.parse((await instance.command('keys', 'reencrypt', '--json')).stdout)).toMatchObject({
    rows: 0,
  })
  const cipher = createCipher(readKeys(keysFileOf(dataDir)))
  const { rows } = await admin.query('SELECT source_key, name_enc, mobile_enc FROM person')
  for (const row of rows) {
    expect(cipher.decrypt(row.name_enc)).toBe(`姓名${row.source_key}`)
    expect(cipher.decrypt(row.mobile_enc)).toBe(row.source_key % 2 ? `1380000${row.source_key}` : null)
  }
  const { rows: recorded } = await admin.query(
    `SELECT action, after FROM audit_entry WHERE action LIKE 'platform.%' ORDER BY at`,
  )
  expect(recorded[0]).toEqual({ action: 'platform.rotate-data-key', after: { id: 2 } })
}, 120_000)

test('a database is not opened with keys it was not written with; the refusal names them', async () => {
  const file = keysFileOf(dataDir)
  const right = readFileSync(file, 'utf8')
  const stored = JSON.parse(right)
  stored.rowCheckKey = stored.fileKey
  stored.dataKeys = { current: 1, keys: [stored.dataKeys.keys[0]] }
  writeFileSync(file, JSON.stringify(stored))
  try {
    for (const args of [['migrate'], ['serve', '--roles', 'worker'], ['audit', 'verify']]) {
      const refused = await runCommand(dataDir, args)
      expect(refused).toMatchObject({ code: 78, stdout: '' })
      expect(refused.stderr).toContain('row check key is another one')
      expect(refused.stderr).toContain('data key 2 is missing')
      expect(refused.stderr).toContain('Put back the keys.json')
      expect(refused.stderr).not.toContain(stored.fileKey)
    }
  } finally {
    writeFileSync(file, right)
  }
  expect((await instance.command('migrate')).code).toBe(0)
}, 60_000)
