/** Figures of supervision for `/metrics`; the composition root merges the registry into the server's. */
import { Histogram, Registry } from 'prom-client'

export const supervisionMetrics = new Registry()

/** Time the guard takes inside a command: locks, settings, the statement, storing hits. */
export const evaluationSeconds = new Histogram({
  name: 'hengjian_indicator_evaluation_seconds',
  help: 'Time of in-process evaluation of indicators within a command',
  labelNames: ['event', 'outcome'],
  buckets: [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.5],
  registers: [supervisionMetrics],
})
