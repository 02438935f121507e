/** Interrupts the question that is being asked when a person cancels the work it belongs to. */
import type { Services } from '@hengjian/platform/context'
import { repeat } from '@hengjian/platform/jobs'

const LOOK_EVERY_MS = 1000

/** Looks again and again whether the work was cancelled, until `stop`. */
export function watchCancellation(services: Services, isCancelled: () => Promise<boolean>) {
  const cancelled = new AbortController()
  const loop = repeat({
    name: 'cancellation of an analysis',
    everyMs: LOOK_EVERY_MS,
    log: services.log,
    work: async () => {
      if (await isCancelled()) cancelled.abort()
    },
  })
  return { signal: cancelled.signal, stop: () => loop.stop() }
}
