/**
 * Connector to population, residence-permit and military-licence registers (SUP-2): one HTTP interface, a time limit,
 * and an answer for every failure. The sandbox imitates the other side over this same interface.
 */
import { z } from 'zod'
import type { CheckKind, CheckOutcome, ExternalChecks } from '../ports.ts'

const answer = z.object({ outcome: z.enum(['found', 'none', 'deceased', 'confirmed', 'refuted']) })

/** `POST {baseUrl}/{kind}` with `{ idNumber, name }`; anything but a timely, well-formed answer is `unavailable`. */
export function httpExternalChecks(options: {
  baseUrl: string
  timeoutMs?: number
  onFailure?: (kind: CheckKind, error: unknown) => void
}): ExternalChecks {
  const base = options.baseUrl.replace(/\/$/, '')
  return {
    async ask(kind, subject) {
      const started = performance.now()
      const took = () => Math.round(performance.now() - started)
      let outcome: CheckOutcome
      try {
        const response = await fetch(`${base}/${kind}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(subject),
          signal: AbortSignal.timeout(options.timeoutMs ?? 2000),
        })
        if (!response.ok) throw new Error(`answered ${response.status}`)
        outcome = answer.parse(await response.json()).outcome
      } catch (error) {
        options.onFailure?.(kind, error)
        outcome = 'unavailable'
      }
      return { outcome, durationMs: took() }
    },
  }
}
