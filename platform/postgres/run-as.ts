/**
 * As whom the PostgreSQL programs run. They refuse root, and initdb wants its user listed in /etc/passwd.
 *
 * Root therefore starts them in a user namespace of its own, where it goes by an ordinary number: to the file system
 * it stays the owner of root's folders, 0700 ones included. Where the system refuses namespaces (containers often
 * do) an account takes over.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'

/** A way to start programs: a command put before them, or an account. */
export interface RunAs {
  binaries: Binaries
  prefix: string[]
  account?: Account
}

/** The way chosen, and the folder it can work in: holds the cluster (`data`) and usually the socket. */
export interface Workplace {
  runAs: RunAs
  folder: string
}

interface Account {
  uid: number
  gid: number
}

/** Home of the system account, and of what it cannot keep in DATA_DIR. */
const SYSTEM_HOME = '/var/lib/hengjian'
const SYSTEM_ACCOUNT = 'hengjian'

/** Starts a PostgreSQL program as `runAs` says. */
export function spawnAs(
  runAs: RunAs,
  program: 'initdb' | 'postgres',
  args: string[],
  options: SpawnOptions = {},
): ChildProcess {
  const line = [...runAs.prefix, join(runAs.binaries.root, 'bin', program), ...args]
  return spawn(line[0]!, line.slice(1), {
    ...options,
    ...runAs.account,
    env: { ...process.env, ...runAs.binaries.environment, ...options.env },
  })
}

/**
 * Chooses how to run and where the cluster lies: in `home` wherever possible, under /var/lib only for root when
 * namespaces are refused and no account can reach `home`; `home/location` then remembers the place.
 * @param home folder in DATA_DIR meant for PostgreSQL; exists
 * @throws when the cluster belongs to somebody we cannot act for
 */
export function chooseWorkplace(home: string, binaries: Binaries, log: (line: string) => void): Workplace {
  if (process.getuid?.() !== 0) return ordinaryWorkplace(home, binaries)
  const moved = join(home, 'location')
  if (existsSync(moved)) {
    const folder = readFileSync(moved, 'utf8').trim()
    return { folder, runAs: asAccount(ownerOf(folder), binaries, log) }
  }
  const namespace = inNamespace(binaries)
  if (canWork(namespace, home)) return { runAs: namespace, folder: home }
  return accountWorkplace(home, binaries, log)
}

function ordinaryWorkplace(home: string, binaries: Binaries): Workplace {
  const cluster = join(home, 'data')
  const { uid } = ownerOf(existsSync(cluster) ? cluster : home)
  if (process.getuid && uid !== process.getuid()) {
    throw new Error(`The database in ${home} belongs to user number ${uid}: start as that user.`)
  }
  const runAs = isListed() ? { binaries, prefix: [] } : inNamespace(binaries)
  if (!canWork(runAs, home)) throw new Error(`PostgreSQL cannot run in ${home}: ${complaint(runAs, home)}`)
  return { runAs, folder: home }
}

/** Root without namespaces: the owner of the folders if that is an ordinary user, else a system account. */
function accountWorkplace(home: string, binaries: Binaries, log: (line: string) => void): Workplace {
  const cluster = join(home, 'data')
  const owner = [cluster, home, dirname(home), dirname(dirname(home))]
    .filter(existsSync)
    .map(ownerOf)
    .find(({ uid }) => uid !== 0)
  const account = owner ?? systemAccount(log)
  const runAs = asAccount(account, binaries, log)
  if (canEnter(runAs, dirname(home))) {
    handOver(home, account)
    log(`PostgreSQL runs as user number ${account.uid} (this system refuses user namespaces to root)`)
    return { runAs, folder: home }
  }
  if (existsSync(cluster)) throw new Error(`PostgreSQL cannot run in ${home}: ${complaint(runAs, home)}`)
  const folder = join(SYSTEM_HOME, createHash('sha256').update(realpathSync(home)).digest('hex').slice(0, 12))
  mkdirSync(SYSTEM_HOME, { recursive: true, mode: 0o755 })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  handOver(folder, account)
  if (!canWork(runAs, folder))
    throw new Error(`PostgreSQL cannot run in ${folder}: ${complaint(runAs, folder)}`)
  writeFileSync(join(home, 'location'), `${folder}\n`)
  log(`PostgreSQL cannot enter ${home}: its data lie in ${folder}, owned by user number ${account.uid}`)
  return { runAs, folder }
}

function inNamespace(binaries: Binaries): RunAs {
  const { uid, gid } = listedAccount()
  return { binaries, prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`] }
}

/** The program must be reachable for the account: a copy under /var/lib where node_modules is not. */
function asAccount(account: Account, binaries: Binaries, log: (line: string) => void): RunAs {
  const runAs: RunAs = { binaries, prefix: [], account }
  if (canEnter(runAs, '/')) return runAs
  const { version } = JSON.parse(readFileSync(join(binaries.root, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  const root = join(SYSTEM_HOME, `postgresql-${version}`)
  if (!existsSync(join(root, 'complete'))) {
    log(`copying PostgreSQL to ${root}, where user number ${account.uid} can run it`)
    mkdirSync(root, { recursive: true, mode: 0o755 })
    cpSync(binaries.root, root, { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(root, 'complete'), '')
  }
  return { ...runAs, binaries: { root, environment: binaries.environment } }
}

/** `postgres` runs and may write in `folder`. */
function canWork(runAs: RunAs, folder: string): boolean {
  return complaint(runAs, folder) === undefined
}

/** `postgres` runs and may look into `folder`. */
function canEnter(runAs: RunAs, folder: string): boolean {
  return complaint(runAs, folder, '-x') === undefined
}

/** Why `postgres` cannot run or use `folder`; undefined when it can. */
function complaint(runAs: RunAs, folder: string, need: '-w' | '-x' = '-w'): string | undefined {
  const program = join(runAs.binaries.root, 'bin', 'postgres')
  const script = 'cd "$1" && [ "$2" . ] && exec "$3" --version'
  const line = [...runAs.prefix, 'sh', '-c', script, 'sh', folder, need, program]
  const { status, error, stderr } = spawnSync(line[0]!, line.slice(1), {
    ...runAs.account,
    cwd: '/',
    env: { ...process.env, ...runAs.binaries.environment },
    encoding: 'utf8',
  })
  if (status === 0) return undefined
  return error?.message ?? (stderr.trim() || 'the folder cannot be written')
}

function systemAccount(log: (line: string) => void): Account {
  const existing = passwd().find(({ name }) => name === SYSTEM_ACCOUNT)
  if (existing) return { uid: existing.uid, gid: existing.gid }
  log(`creating the system account ${SYSTEM_ACCOUNT} for PostgreSQL`)
  const { status, error, stderr } = spawnSync(
    'useradd',
    ['--system', '--home-dir', SYSTEM_HOME, '--shell', '/usr/sbin/nologin', SYSTEM_ACCOUNT],
    { encoding: 'utf8' },
  )
  const created = passwd().find(({ name }) => name === SYSTEM_ACCOUNT)
  if (status === 0 && created) return { uid: created.uid, gid: created.gid }
  throw new Error(
    'PostgreSQL does not run as root, this system refuses user namespaces (unshare), and the account ' +
      `${SYSTEM_ACCOUNT} could not be made: ${error?.message ?? stderr.trim()}. Start as an ordinary user, or set DATABASE_URL.`,
  )
}

/** initdb asks for the name of its user, so the number taken in a namespace must be listed. */
function listedAccount(): Account {
  const account = passwd().find(({ uid }) => uid !== 0)
  if (!account) throw new Error('/etc/passwd lists no ordinary user for PostgreSQL to run as')
  return account
}

function passwd(): (Account & { name: string })[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  return lines
    .map((line) => line.split(':'))
    .filter(([name, , uid]) => name && uid)
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid), gid: Number(gid) }))
}

function isListed(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

function ownerOf(path: string): Account {
  const { uid, gid } = statSync(path)
  return { uid, gid }
}

function handOver(folder: string, { uid, gid }: Account) {
  spawnSync('chown', ['-R', `${uid}:${gid}`, folder])
}
