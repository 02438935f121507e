/** Run the roles of one process until it is told to stop. */
import { existsSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createAuthenticator } from '@hengjian/identity'
import { auditMetrics } from '@hengjian/platform/audit'
import type { Config } from '@hengjian/platform/config'
import { type CallLimits, createHttpServer, type HttpOptions } from '@hengjian/platform/http'
import { onShutdown } from '@hengjian/platform/process'
import { supervisionMetrics } from '@hengjian/supervision'
import { composeModules, type HouseOptions } from './modules.ts'
import { type AppServices, openServices } from './services.ts'
import { startWorker } from './worker.ts'

const CONSOLE = fileURLToPath(new URL('../console/dist', import.meta.url))

/** What measurements and load tests change. */
export interface ServeOptions extends HouseOptions, Pick<HttpOptions, 'limits'> {}

/** Start what `config.roles` names. Resolves when everything listens. */
export async function serve(config: Config, options: ServeOptions = {}): Promise<void> {
  const { limits, ...houseOptions } = options
  // Whoever waits at a window comes first: what runs behind them takes the processor that is left.
  if (!config.roles.includes('web')) setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const services = await openServices(config, { name: config.roles.join('+') })
  const house = await composeModules(services, houseOptions)
  onShutdown('modules', () => house.close())
  if (config.roles.includes('worker')) await startWorker(services, house)
  if (config.roles.includes('web')) await startWeb(services, house, limits ?? house.limits)
}

async function startWeb(
  services: AppServices,
  house: Awaited<ReturnType<typeof composeModules>>,
  limits: () => Promise<CallLimits>,
): Promise<void> {
  const { config, log } = services
  const app = await createHttpServer({
    services,
    modules: house.modules,
    authenticator: createAuthenticator(services),
    metrics: [supervisionMetrics, auditMetrics],
    limits,
    exportRowLimitOf: house.exportRowLimitOf,
    ...(existsSync(CONSOLE) ? { consoleDir: CONSOLE } : {}),
    ready: async () => {
      const database = await services.database.pool.query('SELECT 1').then(
        () => 'ok',
        (error: Error) => error.message,
      )
      return { ok: database === 'ok', checks: { database } }
    },
  })
  await app.listen({ port: config.port, host: config.host })
  onShutdown('web', () => app.close())
  log.info({ port: config.port }, 'web listens')
}
