/**
 * `hengjian start`: everything on one machine. PostgreSQL, the sample city at the first start, the sandboxes, and a
 * process per role; restarts what dies, stops in reverse.
 */
import { fileURLToPath } from 'node:url'
import { type Config, parseConfig } from '@hengjian/platform/config'
import { startPostgres } from '@hengjian/platform/postgres'
import { onShutdown, shutDown, superviseChildren } from '@hengjian/platform/process'
import { ensureEmbeddedDatabase, migrate } from '@hengjian/server/database'
import type { Command } from 'commander'
import { wholeNumber } from '../options.ts'
import { createProgress } from '../progress.ts'
import { readSignIns } from '../sample/sign-ins.ts'

const PROGRAM = fileURLToPath(new URL('../index.ts', import.meta.url))
/** Vehicles of the city that a first start loads. */
const FIRST_CITY = { vehicles: 20_000, years: 2, seed: 7 }

export function defineStart(command: Command): void {
  command
    .option('--no-sample', 'do not load the sample city at the first start')
    .option('--sample-vehicles <number>', 'size of the sample city', wholeNumber(100), FIRST_CITY.vehicles)
    .action(start)
}

async function start(options: { sample: boolean; sampleVehicles: number }): Promise<void> {
  const config = parseConfig(process.env)
  const began = Date.now()
  const say = (line: string) => console.log(line)
  let adminUrl = config.databaseUrl
  if (!adminUrl) {
    const starting = startPostgres({ dataDir: config.dataDir, log: say })
    // told to stop while it starts, we wait for it: it would go on without us
    onShutdown('PostgreSQL', () =>
      starting.then(
        (postgres) => postgres.stop(),
        () => {},
      ),
    )
    adminUrl = await ensureEmbeddedDatabase((await starting).adminUrl)
  }
  await migrate(config, adminUrl, say)
  // sign-ins are written last: where they are, the sample is whole
  if (options.sample && readSignIns(config.dataDir).length === 0)
    await ensureSample(config, options.sampleVehicles)
  // Imitated registers answer for the sample city only, never for real people.
  const isSample = readSignIns(config.dataDir).length > 0
  const sandbox = isSample ? await startSandbox() : null
  if (sandbox) onShutdown('sandbox', () => sandbox.close())

  const role = (name: string) => ({
    name,
    command: process.execPath,
    args: [PROGRAM, 'serve', '--roles', name],
    env: {
      EXTERNAL_CHECKS_URL: process.env['EXTERNAL_CHECKS_URL'] ?? sandbox?.url ?? '',
      DATABASE_URL: config.databaseUrl ?? '',
    },
  })
  const children = superviseChildren([role('worker'), role('web')], {
    log: (line) => console.log(line),
    onFatal: () => void shutDown('a process cannot run as configured', 78),
  })
  onShutdown('processes', () => children.stop(), { timeoutMs: 15_000 })
  const address = `http://localhost:${config.port}`
  await untilReady(address)
  printWelcome(address, config.dataDir, Date.now() - began)
}

/** Load the sample city into an installation that holds nothing yet. */
async function ensureSample(config: Config, vehicles: number): Promise<void> {
  const { loadSample, sampleIsLoaded } = await import('../sample/load-sample.ts')
  if (await sampleIsLoaded(config)) return
  console.log(`Loading the sample city (${vehicles} vehicles) …`)
  const progress = createProgress('Sample city', { unit: 'rows' })
  const loaded = await loadSample(config, { ...FIRST_CITY, vehicles, onProgress: progress.update })
  progress.stop()
  console.log(`Sample city loaded: ${loaded.rows} rows in ${Math.round(loaded.seconds)} s.`)
}

async function startSandbox() {
  const { startExternalSandbox } = await import('@hengjian/sandbox-external')
  return startExternalSandbox({ port: 0 })
}

async function untilReady(address: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const ready = await fetch(`${address}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the web process did not become ready at ${address} within a minute`)
}

function printWelcome(address: string, dataDir: string, tookMs: number): void {
  const signIns = readSignIns(dataDir)
  const width = Math.max(...signIns.map((one) => one.userName.length), 8)
  console.log(
    `\n衡鉴 Hengjian is running: ${address}   (${(tookMs / 1000).toFixed(1)} s; API ${address}/api/docs)`,
  )
  if (signIns.length > 0) console.log('\nSign in as')
  for (const one of signIns) console.log(`  ${one.userName.padEnd(width)}  ${one.password}   ${one.role}`)
  if (signIns.some((one) => one.totpSecret))
    console.log('\nSecond factor, where one is asked: npx hengjian user code <user name>')
  console.log('\nStop with Ctrl-C.')
}
