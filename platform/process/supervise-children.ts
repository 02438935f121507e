/** Keeps processes running: restarts with back-off, their output line by line under their names, ordered stop. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** A process to keep running. */
export interface ChildSpec {
  /** Stands before each of its lines. */
  name: string
  command: string
  args: string[]
  /** Added to our own environment. */
  env?: Record<string, string>
  cwd?: string
}

/** How to supervise. All times in ms. */
export interface SupervisionOptions {
  /** Receives the children's lines, as `name | line`, and our own. Default: standard output. */
  log?: (line: string) => void
  /** Called when a child ends with code 78 (its configuration is wrong): it is not started again. */
  onFatal?: (name: string) => void
  /** All children together must stop within this; what remains is killed. Default 14 000. */
  stopWithinMs?: number
  /** First wait before a restart, doubled up to 30 s while the child keeps dying. Default 500. */
  backOffMs?: number
}

/** The supervised processes. */
export interface SupervisedChildren {
  status(): { name: string; pid: number | undefined; restarts: number }[]
  /** SIGTERM in reverse order, each after the one before has ended. */
  stop(): Promise<void>
}

/** EX_CONFIG of sysexits.h: starting again would end the same way. */
const CONFIGURATION_ERROR = 78
const LONGEST_BACK_OFF_MS = 30_000
/** A child that ran this long has recovered. */
const RECOVERED_AFTER_MS = 60_000

interface Child {
  spec: ChildSpec
  process: ChildProcess | undefined
  restarts: number
  /** Settles when it runs no more and will not be started again. */
  done: Promise<void>
}

/** Starts the children in order and keeps them running until `stop`. */
export function superviseChildren(specs: ChildSpec[], options: SupervisionOptions = {}): SupervisedChildren {
  const { log = console.log, onFatal = () => {}, stopWithinMs = 14_000, backOffMs = 500 } = options
  const stopping = new AbortController()
  const children = specs.map(start)

  function start(spec: ChildSpec): Child {
    const child: Child = { spec, process: undefined, restarts: 0, done: Promise.resolve() }
    child.done = keepRunning(child)
    return child
  }

  async function keepRunning(child: Child) {
    const { name } = child.spec
    let backOff = backOffMs
    while (!stopping.signal.aborted) {
      const startedAt = Date.now()
      const how = await runOnce(child)
      if (stopping.signal.aborted) return
      if (how === CONFIGURATION_ERROR) {
        log(`${name} | ended: its configuration is wrong; not started again`)
        onFatal(name)
        return
      }
      if (Date.now() - startedAt > RECOVERED_AFTER_MS) backOff = backOffMs
      log(`${name} | ended (${how}); starting again in ${backOff} ms`)
      await delay(backOff, undefined, { signal: stopping.signal }).catch(() => {})
      backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MS)
      child.restarts++
    }
  }

  function runOnce(child: Child): Promise<number | string> {
    const { name, command, args, env, cwd } = child.spec
    const running = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      // the channel tells a Node child when we are gone (`onShutdown` listens)
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // a group of its own: Ctrl-C reaches us alone, and we stop the children in order
      detached: true,
    })
    child.process = running
    for (const stream of [running.stdout, running.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => log(`${name} | ${line}`))
    }
    return new Promise<number | string>((resolve) => {
      running.once('error', (error) => resolve(error.message))
      running.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    }).finally(() => {
      child.process = undefined
    })
  }

  return {
    status: () =>
      children.map(({ spec, process, restarts }) => ({ name: spec.name, pid: process?.pid, restarts })),
    async stop() {
      stopping.abort()
      const killAll = setTimeout(() => children.forEach(kill), stopWithinMs)
      for (const child of children.toReversed()) {
        child.process?.kill('SIGTERM')
        await child.done
      }
      clearTimeout(killAll)
    },
  }

  function kill({ spec, process }: Child) {
    if (!process) return
    log(`${spec.name} | did not stop within ${stopWithinMs} ms and is killed`)
    process.kill('SIGKILL')
  }
}
