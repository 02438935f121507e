/** The house as `npm start` runs it, on a folder of its own, with a small sample city. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Secret, TOTP } from 'otpauth'

const PROGRAM = fileURLToPath(new URL('../apps/cli/index.ts', import.meta.url))
/** Loading the sample takes about ten seconds; a busy machine may take far longer. */
const START_LIMIT_MS = 100_000

export interface SignIn {
  readonly userName: string
  readonly password: string
  readonly totpSecret?: string
}

export interface House {
  readonly address: string
  signIn(userName: string): SignIn
  /** The second factor of a sample account at this moment, or `ahead` milliseconds later: a code is taken once. */
  secondFactor(userName: string, ahead?: number): string
  stop(): Promise<void>
}

/** Start the house; resolves when it answers. */
export async function startHouse(): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hengjian-e2e-'))
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [PROGRAM, 'start', '--sample-vehicles', '2000'], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: String(port), DATABASE_URL: '', ROLES: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
  try {
    await untilReady(address, child)
  } catch (error) {
    child.kill()
    throw new Error(`${(error as Error).message}\n${said.join('').slice(-4000)}`)
  }
  const signIns = JSON.parse(readFileSync(join(dataDir, 'sample-sign-ins.json'), 'utf8')) as SignIn[]
  const signIn = (userName: string): SignIn => {
    const found = signIns.find((one) => one.userName === userName)
    if (!found) throw new Error(`the sample has no account ${userName}`)
    return found
  }
  return {
    address,
    signIn,
    secondFactor: (userName, ahead = 0) =>
      new TOTP({ secret: Secret.fromBase32(signIn(userName).totpSecret ?? '') }).generate({
        timestamp: Date.now() + ahead,
      }),
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function untilReady(address: string, child: ChildProcess): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS
  while (Date.now() < limit) {
    if (child.exitCode !== null) throw new Error(`the house ended with ${child.exitCode}`)
    const ready = await fetch(`${address}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`the house did not become ready within ${START_LIMIT_MS / 1000} s`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
