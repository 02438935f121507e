/** Work repeated at short intervals in this process: following the outbox, sealing, sweeping. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'

/** A running loop. */
export interface Loop {
  /** Stop after the round under way. */
  stop(): Promise<void>
}

const LONGEST_PAUSE_MS = 30_000

/**
 * Repeat `work` with `everyMs` between rounds, never two at once. A round that answers a number above 0 found work and
 * is followed by the next at once. Failures are logged and the pause doubles, up to half a minute.
 */
export function repeat(options: {
  name: string
  everyMs: number
  log: Logger
  work: () => Promise<unknown>
}): Loop {
  const stopping = new AbortController()
  const run = async () => {
    let failures = 0
    while (!stopping.signal.aborted) {
      let wait = options.everyMs
      try {
        const found = await options.work()
        failures = 0
        if (typeof found === 'number' && found > 0) wait = 0
      } catch (error) {
        failures += 1
        wait = Math.min(LONGEST_PAUSE_MS, options.everyMs * 2 ** Math.min(failures, 16))
        options.log.error({ err: error, loop: options.name, failures }, 'round failed')
      }
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
