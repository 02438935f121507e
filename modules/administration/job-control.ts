/** The queue's hand on single jobs, for processes that do not work on jobs themselves. */
import { PgBoss } from 'pg-boss'
import type { JobControl } from './ports.ts'

/** Connects at the first use. `jobsUrl` is the address of `hengjian_jobs`. */
export function openJobControl(
  jobsUrl: string,
  onError: (error: Error) => void,
): JobControl & { close(): Promise<void> } {
  let opening: Promise<PgBoss> | null = null
  const open = () => {
    opening ??= start(jobsUrl, onError).catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }
  return {
    async retry(name, id) {
      return affected(await (await open()).retry(name, id))
    },
    async cancel(name, id) {
      return affected(await (await open()).cancel(name, id))
    },
    async close() {
      if (opening) await (await opening).stop({ graceful: false, close: true })
    },
  }
}

/** The queue answers how many jobs it changed; its types leave that out. */
const affected = (response: object): boolean => ((response as { affected?: number }).affected ?? 0) > 0

async function start(jobsUrl: string, onError: (error: Error) => void): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: jobsUrl,
    schema: 'pgboss',
    application_name: 'hengjian-job-control',
    max: 1,
    // The worker makes the queue's tables and keeps them.
    migrate: false,
    supervise: false,
    schedule: false,
  })
  boss.on('error', onError)
  await boss.start()
  return boss
}
