import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isRunning } from '@hengjian/platform/process'
import { expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

/** What `npm start` hands over to: says its number, closes in order when told to end. */
const SERVICE = `import { onShutdown } from '@hengjian/platform/process'
  onShutdown('service', () => { console.log('closed in order') }); console.log('pid=' + process.pid); setInterval(() => {}, 1000)`

/** The way of tools/start.mjs: a thin process of the system's Node that waits for the one doing the work. */
const WRAPPER = `import { run } from './tools/setup.mjs'
  const args = ['--input-type=module', '-e', ${JSON.stringify(SERVICE)}]
  process.exit(await run(process.execPath, args, { channel: true }))`

async function startWrapped() {
  const wrapper = spawn(process.execPath, ['--input-type=module', '-e', WRAPPER], {
    cwd: REPOSITORY,
    // a process group of its own, as a terminal gives one
    detached: true,
  })
  let output = ''
  wrapper.stdout.on('data', (chunk) => (output += chunk))
  await expect.poll(() => output, { timeout: 10_000 }).toContain('pid=')
  return { wrapper, pid: Number(output.match(/pid=(\d+)/)?.[1]), output: () => output }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'NFR-7 %s to npm start’s first process alone is handed on, and the end is ordered',
  async (signal) => {
    const { wrapper, pid, output } = await startWrapped()
    wrapper.kill(signal)
    expect(await exitOf(wrapper)).toBe(0)
    expect(output()).toContain('closed in order')
    expect(isRunning(pid)).toBe(false)
  },
)

test('NFR-7 Ctrl-C and a closed terminal reach starter and program alike: the end is ordered, once', async () => {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    const { wrapper, pid, output } = await startWrapped()
    process.kill(-wrapper.pid!, signal)
    expect(await exitOf(wrapper)).toBe(0)
    expect(output().match(/closed in order/g)).toHaveLength(1)
    expect(isRunning(pid)).toBe(false)
  }
})

test('NFR-7 kill -9 of npm start’s first process ends what it started, in order', async () => {
  const { wrapper, pid, output } = await startWrapped()
  wrapper.kill('SIGKILL')
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
  expect(output()).toContain('closed in order')
})

test('NFR-7 kill -9 of npm itself ends what it started, in order', async () => {
  const npm = spawn('sh', ['-c', '"$NODE" --input-type=module -e "$STARTER" & wait'], {
    cwd: REPOSITORY,
    env: { ...process.env, NODE: process.execPath, STARTER: WRAPPER, npm_lifecycle_event: 'start' },
  })
  let output = ''
  npm.stdout.on('data', (chunk) => (output += chunk))
  await expect.poll(() => output, { timeout: 10_000 }).toContain('pid=')
  const pid = Number(output.match(/pid=(\d+)/)?.[1])
  npm.kill('SIGKILL')
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
  expect(output).toContain('closed in order')
})
