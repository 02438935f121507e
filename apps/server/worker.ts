/** The worker role: jobs, the lake's follower, sweeps. */
import { createJobs, repeat } from '@hengjian/platform/jobs'
import { onShutdown } from '@hengjian/platform/process'
import type { House } from './modules.ts'
import type { AppServices } from './services.ts'

/** Start the worker; ends with `onShutdown`. */
export async function startWorker(services: AppServices, _house: House): Promise<void> {
  const jobs = await createJobs({ url: services.jobsUrl, services, handlers: [] })
  onShutdown('jobs', () => jobs.stop())
  void repeat
  services.log.info('worker runs')
}
