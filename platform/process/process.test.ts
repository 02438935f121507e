import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { acquireLock, isRunning, LockHeldError, superviseChildren } from './index.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hengjian-process-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (name: string, script: string) => ({
  name,
  command: process.execPath,
  args: ['--input-type=module', '-e', script],
  cwd: REPOSITORY,
})

/** Runs a script and collects what it prints; `said` waits for a text. */
function run(script: string, env = {}) {
  const { command, args, cwd } = node('script', script)
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return {
    child,
    output: () => output,
    said: (text: string) => expect.poll(() => output, { timeout: 10_000 }).toContain(text),
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}

describe('supervising children', () => {
  test('NFR-7 a child that dies is started again, waiting longer each time; lines carry its name', async () => {
    const lines: string[] = []
    const children = superviseChildren([node('web', 'console.log("up"); process.exit(3)')], {
      log: (line) => lines.push(line),
      backOffMs: 20,
    })
    await expect.poll(() => children.status()[0]!.restarts, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
    await children.stop()
    expect(lines).toContain('web | up')
    const waits = lines.flatMap((line) => line.match(/again in (\d+) ms/)?.[1] ?? [])
    expect(waits.slice(0, 3)).toEqual(['20', '40', '80'])
  })

  test('NFR-7 stops in reverse order, each after the one before has ended', async () => {
    const lines: string[] = []
    const script = `process.on('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(0) }, 150))
      console.log('up'); setInterval(() => {}, 1000)`
    const children = superviseChildren(
      [node('first', script), node('second', script), node('third', script)],
      {
        log: (line) => lines.push(line),
      },
    )
    await expect.poll(() => lines.filter((line) => line.endsWith('up')).length, { timeout: 10_000 }).toBe(3)
    await children.stop()
    expect(lines.filter((line) => line.endsWith('bye'))).toEqual([
      'third | bye',
      'second | bye',
      'first | bye',
    ])
    expect(children.status().map(({ pid }) => pid)).toEqual([undefined, undefined, undefined])
  })

  test('a child that does not stop in time is killed and named', async () => {
    const lines: string[] = []
    const deaf = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`
    const children = superviseChildren([node('deaf', deaf)], {
      log: (line) => lines.push(line),
      stopWithinMs: 300,
    })
    await expect.poll(() => lines, { timeout: 10_000 }).toContain('deaf | up')
    await children.stop()
    expect(lines.at(-1)).toBe('deaf | did not stop within 300 ms and is killed')
  })

  test('a child whose configuration is wrong (code 78) is not started again', async () => {
    const lines: string[] = []
    const fatal: string[] = []
    const children = superviseChildren([node('web', 'process.exit(78)')], {
      log: (line) => lines.push(line),
      onFatal: (name) => fatal.push(name),
    })
    await expect.poll(() => fatal, { timeout: 10_000 }).toEqual(['web'])
    expect(children.status()[0]!.restarts).toBe(0)
    await children.stop()
  })

  test('NFR-7 children end in order when their supervisor is killed', async () => {
    const grandchild = `import { onShutdown } from '@hengjian/platform/process'
      onShutdown('work', () => {}); console.log('pid=' + process.pid); setInterval(() => {}, 1000)`
    const supervisor = run(`import { superviseChildren } from '@hengjian/platform/process'
      superviseChildren([${JSON.stringify(node('web', grandchild))}])`)
    await supervisor.said('pid=')
    const pid = Number(supervisor.output().match(/pid=(\d+)/)![1])
    supervisor.child.kill('SIGKILL')
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
  })
})

describe('ordered shutdown', () => {
  const closers = (ofFirst: string) => `import { onShutdown } from '@hengjian/platform/process'
    import { setTimeout as delay } from 'node:timers/promises'
    onShutdown('database', () => { console.log('database closed') })
    onShutdown('jobs', ${ofFirst}, { timeoutMs: 300 })
    onShutdown('server', async () => { await delay(100); console.log('server closed') })
    console.log('up'); setInterval(() => {}, 1000)`

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'NFR-7 on %s closes in reverse order and ends with 0',
    async (signal) => {
      const script = run(closers(`() => { console.log('jobs closed') }`))
      await script.said('up')
      script.child.kill(signal)
      expect(await exitOf(script.child)).toBe(0)
      expect(script.output().match(/\w+ closed/g)).toEqual([
        'server closed',
        'jobs closed',
        'database closed',
      ])
    },
  )

  test.each([
    ['hangs', '() => new Promise(() => {})', 'jobs did not close within 300 ms'],
    ['fails', `() => { throw new Error('no disk') }`, 'jobs failed to close: no disk'],
  ])('a closer that %s is named, the others still close, the code is 1', async (_, closer, complaint) => {
    const script = run(closers(closer))
    await script.said('up')
    script.child.kill('SIGTERM')
    expect(await exitOf(script.child)).toBe(1)
    expect(script.output()).toContain(complaint)
    expect(script.output()).toContain('database closed')
  })
})

describe('the lock', () => {
  const HOLD = `import { acquireLock } from '@hengjian/platform/process'
    await acquireLock(process.env.LOCK); console.log('locked'); setInterval(() => {}, 1000)`

  test('is held by one process, names it, and goes with it even by kill -9', async () => {
    const file = join(folder, 'a lock')
    const holder = run(HOLD, { LOCK: file })
    await holder.said('locked')
    await expect(acquireLock(file)).rejects.toThrow(LockHeldError)
    await expect(acquireLock(file, { waitMs: 150 })).rejects.toThrow(`process ${holder.child.pid}`)
    const waiting = acquireLock(file, { waitMs: 10_000 })
    holder.child.kill('SIGKILL')
    const lock = await waiting
    lock.release()
    ;(await acquireLock(file)).release()
  })

  test('is not carried on by a child of the holder', async () => {
    const file = join(folder, 'lock of a parent')
    const holder = run(
      `import { spawn } from 'node:child_process'
      import { acquireLock } from '@hengjian/platform/process'
      await acquireLock(process.env.LOCK)
      const child = spawn('sleep', ['30'], { detached: true, stdio: 'ignore' })
      console.log('child=' + child.pid); setInterval(() => {}, 1000)`,
      { LOCK: file },
    )
    await holder.said('child=')
    const sleeper = Number(holder.output().match(/child=(\d+)/)![1])
    holder.child.kill('SIGKILL')
    const lock = await acquireLock(file, { waitMs: 5000 })
    process.kill(sleeper, 'SIGKILL')
    lock.release()
  })
})
