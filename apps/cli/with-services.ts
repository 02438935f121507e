/** Services for one short command: opened, used, closed. */
import { parseConfig } from '@hengjian/platform/config'
import { type AppServices, createLog, openServices } from '@hengjian/server'

/** Run `work` with services that log warnings only, to standard error: standard output is for results. */
export async function withServices<T>(
  name: string,
  work: (services: AppServices) => Promise<T>,
  config = parseConfig(process.env),
): Promise<T> {
  const log = createLog({ ...config, logLevel: 'warn' }, name, process.stderr.fd)
  const services = await openServices(config, { name, log, connections: 4 })
  try {
    return await work(services)
  } finally {
    await services.close()
  }
}
