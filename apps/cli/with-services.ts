/** Services for one short command: opened, used, closed. */
import { type Config, parseConfig } from '@hengjian/platform/config'
import { type AppServices, createLog, openServices } from '@hengjian/server'

/** Run `work` with services that log warnings only. */
export async function withServices<T>(
  name: string,
  work: (services: AppServices, config: Config) => Promise<T>,
): Promise<T> {
  const config = parseConfig(process.env)
  const services = await openServices(config, {
    name,
    log: createLog({ ...config, logLevel: 'warn' }, name),
    connections: 4,
  })
  try {
    return await work(services, config)
  } finally {
    await services.close()
  }
}
