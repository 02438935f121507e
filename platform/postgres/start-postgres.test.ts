import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { AlreadySupervisedError, findPostgres, type Postgres, startPostgres } from './index.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const NOBODY = 65534
const root = process.getuid?.() === 0

const clearing: (() => unknown)[] = []
afterEach(async () => {
  for (const clear of clearing.splice(0).reverse()) await clear()
})

function freshDir(name = 'data'): string {
  const parent = mkdtempSync(join(tmpdir(), 'hengjian-pg-'))
  clearing.push(() => rmSync(parent, { recursive: true, force: true }))
  return join(parent, name)
}

async function start(
  dataDir: string,
  options: { waitMs?: number; log?: (line: string) => void } = {},
): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, ...options })
  clearing.push(() => postgres.stop())
  return postgres
}

async function ask(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** A Node process that starts PostgreSQL, says what it got as one JSON line, and stays. */
const HOLDER = `
  import { startPostgres } from '@hengjian/platform/postgres'
  const log = []
  const p = await startPostgres({ dataDir: process.argv[1], log: (line) => log.push(line) })
  console.log(JSON.stringify({ adminUrl: p.adminUrl, pid: p.pid, log }))
  setInterval(() => {}, 1000)
  process.on('SIGTERM', () => p.stop().then(() => process.exit(0)))
`

interface Held {
  adminUrl: string
  pid: number
  log: string[]
  process: ChildProcess
}

async function holdInProcess(dataDir: string, { before = [] as string[], env = {} } = {}): Promise<Held> {
  const line = [...before, process.execPath, '--input-type=module', '-e', HOLDER, dataDir]
  const child = spawn(line[0]!, line.slice(1), {
    cwd: REPOSITORY,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  clearing.push(() => child.kill('SIGKILL'))
  let complaint = ''
  child.stderr.on('data', (chunk) => (complaint += chunk))
  const first = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    new Promise<never>((_, reject) =>
      child.once('exit', () => delay(50).then(() => reject(new Error(complaint)))),
    ),
  ])
  return { ...(JSON.parse(first) as Omit<Held, 'process'>), process: child }
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve))
}

test('NFR-9 starts in a 0700 folder, root’s own included: UTF-8, durable, password needed, loopback only', async () => {
  const dataDir = freshDir()
  mkdirSync(dataDir, { mode: 0o700 })
  const postgres = await start(dataDir)
  const [settings] = await ask(
    postgres.adminUrl,
    `SELECT current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding, datlocale AS locale,
            current_setting('listen_addresses') AS listens, current_setting('password_encryption') AS passwords
       FROM pg_database WHERE datname = current_database()`,
  )
  expect(settings).toEqual({
    fsync: 'on',
    encoding: 'UTF8',
    locale: 'C.UTF-8',
    listens: '127.0.0.1',
    passwords: 'scram-sha-256',
  })
  expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600)
  expect(postgres.socketDir.startsWith(dataDir)).toBe(true)
  await expect(ask(postgres.adminUrl.replace(postgres.password, 'wrong'), 'SELECT 1')).rejects.toThrow(
    /password/,
  )
})

test('NFR-9 starts below a path with blanks, quotes and Chinese, longer than a socket’s may be', async () => {
  const postgres = await start(freshDir(`my "data", 衡鉴 ${'long '.repeat(25)}`))
  expect(Buffer.byteLength(postgres.dataDirectory)).toBeGreaterThan(107)
  expect(await ask(postgres.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  expect(existsSync(join(postgres.socketDir, `.s.PGSQL.${postgres.port}`))).toBe(true)
})

test('NFR-7 kill -9 of the process that started it leaves PostgreSQL running; the next start adopts it', async () => {
  const dataDir = freshDir()
  const held = await holdInProcess(dataDir)
  await ask(held.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS n')
  held.process.kill('SIGKILL')
  await ended(held.process)
  const postgres = await start(dataDir)
  expect(postgres.adopted).toBe(true)
  expect(postgres.pid).toBe(held.pid)
  expect(await ask(postgres.adminUrl, 'SELECT n FROM kept')).toEqual([{ n: 42 }])
})

test('NFR-7 a killed PostgreSQL is started again on the same port with all that was committed', async () => {
  const postgres = await start(freshDir())
  const { adminUrl, pid } = postgres
  await ask(adminUrl, 'CREATE TABLE kept AS SELECT 42 AS n')
  process.kill(pid, 'SIGKILL')
  await expect
    .poll(() => ask(adminUrl, 'SELECT n FROM kept').catch(() => []), { timeout: 15_000 })
    .toEqual([{ n: 42 }])
  // the server answers a moment before its supervisor has taken note
  await expect.poll(() => postgres.pid).not.toBe(pid)
  expect(postgres.adminUrl).toBe(adminUrl)
})

test('NFR-7 both killed at once, the next start waits for the remains and recovers', async () => {
  const dataDir = freshDir()
  const held = await holdInProcess(dataDir)
  await ask(held.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS n')
  process.kill(held.process.pid!, 'SIGKILL')
  process.kill(held.pid, 'SIGKILL')
  const postgres = await start(dataDir)
  expect(postgres.adopted).toBe(false)
  expect(await ask(postgres.adminUrl, 'SELECT n FROM kept')).toEqual([{ n: 42 }])
})

test('NFR-7 starts although the number in the pid file belongs to a stranger now, as after a reboot', async () => {
  const dataDir = freshDir()
  const held = await holdInProcess(dataDir)
  process.kill(held.process.pid!, 'SIGKILL')
  process.kill(held.pid, 'SIGKILL')
  await delay(300)
  const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid')
  const stranger = spawn('sleep', ['60'])
  clearing.push(() => stranger.kill())
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)))
  const postgres = await start(dataDir)
  expect(await ask(postgres.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('NFR-7 a start killed in the middle of making the database leaves nothing that stops the next', async () => {
  const dataDir = freshDir()
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, dataDir], {
    cwd: REPOSITORY,
    stdio: 'ignore',
  })
  await expect
    .poll(() => spawnSync('sh', ['-c', 'ls -d "$1"/postgres/initdb-*/PG_VERSION', 'sh', dataDir]).status, {
      timeout: 20_000,
      interval: 5,
    })
    .toBe(0)
  child.kill('SIGKILL')
  const postgres = await start(dataDir)
  expect(await ask(postgres.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('NFR-7 a second supervisor of one DATA_DIR is refused by name, and served once the first has ended', async () => {
  const dataDir = freshDir()
  const held = await holdInProcess(dataDir)
  await expect(startPostgres({ dataDir, waitMs: 300 })).rejects.toThrow(AlreadySupervisedError)
  await expect(startPostgres({ dataDir, waitMs: 0 })).rejects.toThrow(`process ${held.process.pid}`)
  expect((await findPostgres({ dataDir }))?.adminUrl).toBe(held.adminUrl)
  const waiting = start(dataDir, { waitMs: 10_000 })
  held.process.kill('SIGTERM')
  expect((await waiting).pid).not.toBe(held.pid)
})

test('a running server that refuses the kept password is named at once', async () => {
  const dataDir = freshDir()
  const held = await holdInProcess(dataDir)
  writeFileSync(join(dataDir, 'postgres', 'password'), 'not it\n')
  await expect(findPostgres({ dataDir })).rejects.toThrow(/refuses the password/)
  held.process.kill('SIGTERM')
  await ended(held.process)
})

test('NFR-9 stop ends the server and its socket; nothing is found then', async () => {
  const dataDir = freshDir()
  const postgres = await startPostgres({ dataDir })
  await postgres.stop()
  expect(await findPostgres({ dataDir })).toBeUndefined()
  expect(existsSync(join(postgres.dataDirectory, 'postmaster.pid'))).toBe(false)
})

/** Why the tests with another user cannot run here, if they cannot. */
function whyNoOtherUser(): string | undefined {
  if (!root) return 'only root can become another user'
  const read = `require('node:fs').readFileSync(${JSON.stringify(join(REPOSITORY, 'package.json'))})`
  const probe = spawnSync('setpriv', [...asNobody.slice(1), process.execPath, '-e', read])
  return probe.status === 0 ? undefined : `user ${NOBODY} cannot read ${REPOSITORY}`
}
const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
const noOtherUser = whyNoOtherUser()
if (noOtherUser) console.log(`skipped, tests with another user: ${noOtherUser}`)

test.skipIf(noOtherUser)('NFR-9 starts for an ordinary user', async () => {
  const dataDir = freshDir()
  mkdirSync(dataDir)
  chownSync(dataDir, NOBODY, NOBODY)
  chmodSync(join(dataDir, '..'), 0o755)
  const held = await holdInProcess(dataDir, { before: asNobody })
  expect(await ask(held.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  expect(statSync(`/proc/${held.pid}`).uid).toBe(NOBODY)
  held.process.kill('SIGTERM')
  await ended(held.process)
})

test.skipIf(noOtherUser)(
  'NFR-9 root without user namespaces lets the folder’s owner run PostgreSQL, and says so',
  async () => {
    const dataDir = freshDir()
    mkdirSync(dataDir)
    chownSync(dataDir, NOBODY, NOBODY)
    chmodSync(join(dataDir, '..'), 0o755)
    const held = await holdInProcess(dataDir, { env: { PATH: pathWithoutUnshare() } })
    expect(held.log.join('\n')).toContain('refuses user namespaces')
    expect(statSync(`/proc/${held.pid}`).uid).toBe(NOBODY)
    expect(await ask(held.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    held.process.kill('SIGTERM')
    await ended(held.process)
  },
)

/** A folder that holds the programs we call, all but `unshare`. */
function pathWithoutUnshare(): string {
  const folder = freshDir('bin')
  mkdirSync(folder, { recursive: true })
  chmodSync(join(folder, '..'), 0o755)
  for (const program of ['sh', 'flock', 'chown']) {
    const where = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
    symlinkSync(where, join(folder, program))
  }
  return folder
}
