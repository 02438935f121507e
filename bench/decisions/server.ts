/** The server under test, as `hengjian serve` runs it; it also tells its parent how long each evaluation took. */
import { parseConfig } from '@hengjian/platform/config'
import { serve } from '@hengjian/server'

/** Clients of a load test come from one address. */
const CALLS_PER_MINUTE = 1_000_000

let evaluations: number[] = []

process.on('message', () => {
  process.send!({ evaluations })
  evaluations = []
})
process.on('disconnect', () => process.exit())

await serve(parseConfig(process.env), {
  limits: async () => ({ perSession: CALLS_PER_MINUTE, perAddress: CALLS_PER_MINUTE }),
  onEvaluated: (evaluationMs) => evaluations.push(evaluationMs),
})
process.send!({ ready: true })
