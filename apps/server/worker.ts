/** The worker role: the audit log's sealer, jobs, and the lake that follows what commands record. */
import { startSealer } from '@hengjian/platform/audit'
import { createJobs, repeat } from '@hengjian/platform/jobs'
import { onShutdown } from '@hengjian/platform/process'
import type { House } from './modules.ts'
import type { AppServices } from './services.ts'
import { serveMetrics, workerMetrics } from './worker-metrics.ts'

/**
 * Pause between looks at the outbox for facts that the lake lacks. Each look writes a file per fact and month, so looking
 * without a pause would cost more than handling; analysis can wait this long.
 */
const FOLLOW_MS = 5000

/** Start the worker; ends with `onShutdown`. */
export async function startWorker(services: AppServices, house: House): Promise<void> {
  const { config, log, lake } = services
  const sealer = startSealer(services)
  onShutdown('audit sealer', () => sealer.stop())
  const jobs = await createJobs({ url: services.jobsUrl, services, handlers: house.jobs })
  onShutdown('jobs', () => jobs.stop())
  const follower = repeat({
    name: 'lake',
    everyMs: FOLLOW_MS,
    log,
    work: async () => void (await lake.follow()),
  })
  onShutdown('lake follower', () => follower.stop())
  if (config.metricsPort !== undefined) {
    const at = { port: config.metricsPort, host: config.metricsHost }
    const metrics = await serveMetrics(workerMetrics(services, jobs), at)
    onShutdown('metrics', () => metrics.close())
    log.info({ host: at.host, port: metrics.port }, 'metrics of the worker')
  }
  log.info({ jobs: house.jobs.map((job) => job.definition.name) }, 'worker runs')
}
