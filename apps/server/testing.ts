/** A whole installation on a data folder of its own, for tests of processes: started, killed in parts, stopped. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseConfig } from '@hengjian/platform/config'
import { adminUrlOf } from './addresses.ts'

const PROGRAM = fileURLToPath(new URL('../cli/index.ts', import.meta.url))
const START_LIMIT_MS = 90_000

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running installation. */
export interface Instance {
  readonly dataDir: string
  /** `http://127.0.0.1:<port>` */
  readonly address: string
  /** Process of `hengjian start`. */
  readonly pid: number
  /** What it printed so far, line by line. */
  readonly lines: readonly string[]
  /** Process of a role, as it last told. */
  pidOf(role: 'web' | 'worker'): number
  /** Times a role has started. */
  startsOf(role: 'web' | 'worker'): number
  /** Main process of PostgreSQL, and those it forked. */
  postgresPids(): number[]
  /** Superuser's address of the installation's database. */
  adminUrl(): Promise<string>
  /** Run a command of the program beside it. */
  command(...args: string[]): Promise<Ended>
  /** Tell it to end and wait; answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** An empty data folder whose name has a blank. */
export const newDataDir = (): string => join(mkdtempSync(join(tmpdir(), 'hengjian-instance-')), 'data folder')
export const removeDataDir = (dataDir: string): void =>
  rmSync(join(dataDir, '..'), { recursive: true, force: true })

/** Run the program on a data folder until it ends. `killWhen` ends it by SIGKILL when it resolves. */
export async function runCommand(
  dataDir: string,
  args: readonly string[],
  options: { env?: Record<string, string>; killWhen?: () => Promise<unknown> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: environment({ DATA_DIR: dataDir, ...options.env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const closed = once(child, 'close')
  if (options.killWhen) {
    await options.killWhen()
    child.kill('SIGKILL')
  }
  const [code] = (await closed) as [number | null]
  return { code, stdout, stderr }
}

/** Start everything without a sample. Resolves when the web process is ready. */
export async function startInstance(dataDir: string): Promise<Instance> {
  const port = await freePort()
  const child = spawn(process.execPath, [PROGRAM, 'start', '--no-sample'], {
    env: environment({ DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1' }),
    // by the channel it notices when the tests are gone, and ends
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const lines: string[] = []
  const ended = once(child, 'exit') as Promise<[number | null]>
  let over = false
  void ended.then(() => (over = true))
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const deadline = Date.now() + START_LIMIT_MS
  while (!lines.some((line) => line.includes('is running'))) {
    if (over || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the installation did not start:\n${lines.slice(-20).join('\n')}`)
    }
    await pause(50)
  }
  const startsOf = (role: string) =>
    lines.flatMap((line) => {
      const said = line.startsWith(`${role} | {`) && line.match(/"pid":(\d+).*(web listens|worker runs)/)
      return said ? [Number(said[1])] : []
    })
  return {
    dataDir,
    address: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    lines,
    pidOf: (role) => startsOf(role).at(-1)!,
    startsOf: (role) => startsOf(role).length,
    postgresPids: () => withChildren(postmasterOf(dataDir)),
    adminUrl: () => adminUrlOf(parseConfig({ DATA_DIR: dataDir })),
    command: (...args) => runCommand(dataDir, args),
    async stop(signal = 'SIGTERM') {
      if (!over) child.kill(signal)
      return (await ended)[0]
    },
  }
}

/** Our own environment without what would lead elsewhere. */
function environment(own: Record<string, string>): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, ROLES: _roles, LOG_LEVEL: _level, ...rest } = process.env
  return { ...rest, ...own }
}

function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
}

function withChildren(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid)
  return [pid, ...children]
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
