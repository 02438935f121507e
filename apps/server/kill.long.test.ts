/** Imports that are killed half way: the command itself, and the worker that carries one out for the console. */
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAdmin, lakeRowsOf, untilQuiet } from './test-verdict.ts'
import { openWindow, type Window } from './test-window.ts'
import { type Instance, newDataDir, removeDataDir, runCommand, startInstance } from './testing.ts'

const ROWS = 300_000

const dataDir = newDataDir()
let instance: Instance
let window: Window
let admin: pg.Client
beforeAll(async () => {
  instance = await startInstance(dataDir)
  window = await openWindow(instance, 'importer')
  admin = await connectAdmin(instance.adminUrl)
})
afterAll(async () => {
  await admin?.end()
  await instance?.stop()
  removeDataDir(dataDir)
})

/** A file whose keys begin with `prefix`; every thousandth row cannot be read. */
async function writeRows(name: string, prefix: string): Promise<string> {
  const path = join(dataDir, name)
  const out = createWriteStream(path)
  out.write('source_key,occurred_at,model,passed,vehicle_age_years\n')
  for (let at = 0; at < ROWS; at += 1000) {
    let piece = ''
    for (let i = at; i < at + 1000; i++)
      piece += `${prefix}${i},${i % 1000 === 7 ? 'never' : `2026-0${1 + (i % 9)}-11`},Z,是,${i % 20}\n`
    if (!out.write(piece)) await new Promise((resolve) => out.once('drain', resolve))
  }
  await finished(out.end())
  return path
}

/** Resolves when the newest import stands in the middle. */
async function halfWay(): Promise<void> {
  for (;;) {
    const { rows } = await admin.query<{ position: number }>(
      `SELECT position::int FROM import_run WHERE state = 'running' ORDER BY id DESC LIMIT 1`,
    )
    if (rows[0] && rows[0].position >= ROWS / 4) return
    await pause(20)
  }
}

const GOOD = ROWS - ROWS / 1000

async function inspections(prefix: string) {
  const { rows } = await admin.query(
    `SELECT count(*)::int AS n, count(DISTINCT source_key)::int AS keys FROM inspection WHERE source_key LIKE $1`,
    [`${prefix}%`],
  )
  return rows[0]
}

test('BIZ-9 hengjian import killed by -9 goes on when repeated: no row lost or doubled, in database and lake', async () => {
  const path = await writeRows('by command.csv', 'c')
  const command = ['import', 'inspection', path, '--map', 'native-inspection', '--unit', '450302', '--json']
  await runCommand(dataDir, command, { killWhen: halfWay })
  const stood = await inspections('c')
  expect(stood.n).toBeGreaterThan(0)
  expect(stood.n).toBeLessThan(GOOD)

  const again = await runCommand(dataDir, command)
  expect(again.stderr).toBe('')
  expect(JSON.parse(again.stdout)).toMatchObject({
    records: ROWS,
    inserted: GOOD,
    skipped: 0,
    rejected: ROWS / 1000,
  })
  expect(await inspections('c')).toEqual({ n: GOOD, keys: GOOD })
  expect(await lakeRowsOf(admin, dataDir, 'inspection')).toEqual({ rows: GOOD, versions: GOOD, ids: GOOD })
}, 120_000)

test('BIZ-9 PLT-31 an import of the console goes on after kill -9 of the worker and of PostgreSQL', async () => {
  const path = await writeRows('by console.csv', 'w')
  const uploaded = await window.call('PUT', '/uploads?name=by-console.csv', await readFile(path))
  expect(uploaded.status).toBe(200)
  const started = await window.call('POST', '/imports', {
    upload: uploaded.body.upload,
    mapping: 'native-inspection',
  })
  expect(started).toMatchObject({ status: 202, body: { state: 'queued' } })
  await halfWay()
  process.kill(instance.pidOf('worker'), 'SIGKILL')
  for (const pid of instance.postgresPids()) process.kill(pid, 'SIGKILL')
  await admin.end().catch(() => {})
  admin = await connectAdmin(instance.adminUrl)
  expect((await inspections('w')).n).toBeLessThan(GOOD)

  for (let state = ''; state !== 'done'; await pause(500)) {
    const answer = await window.call('GET', `/imports/${started.body.id}`).catch(() => null)
    state = answer?.body.state ?? ''
    expect(['', 'queued', 'running', 'done']).toContain(state)
  }
  expect((await window.call('GET', `/imports/${started.body.id}`)).body).toMatchObject({
    records: ROWS,
    inserted: GOOD,
    skipped: 0,
    rejected: ROWS / 1000,
  })
  await untilQuiet(admin)
  expect(await inspections('w')).toEqual({ n: GOOD, keys: GOOD })
  const both = 2 * GOOD
  expect(await lakeRowsOf(admin, dataDir, 'inspection')).toEqual({ rows: both, versions: both, ids: both })
  const verified = await instance.command('audit', 'verify', '--json')
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true })
}, 240_000)
