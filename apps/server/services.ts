/** Everything that exists once per process, opened in order. */
import { join } from 'node:path'
import { factCatalogue } from '@hengjian/business'
import type { Config } from '@hengjian/platform/config'
import { type Services, systemClock } from '@hengjian/platform/context'
import { createCipher, loadKeys, recordKeys } from '@hengjian/platform/crypto'
import { addressesOf, assertSchemaCurrent, openDatabase } from '@hengjian/platform/db'
import { clamdScanner, createFileStore, type FileStore, folderStore, s3Store } from '@hengjian/platform/files'
import { createLake, type Lake } from '@hengjian/platform/lake'
import { onShutdown } from '@hengjian/platform/process'
import { type Logger, pino } from 'pino'
import { adminUrlOf, rolePasswordOf } from './addresses.ts'
import { checkKeys } from './database.ts'

/** Services with the lake and the addresses that jobs need. */
export interface AppServices extends Services {
  readonly lake: Lake
  readonly files: FileStore
  readonly jobsUrl: string
}

/** Log of a process: JSON lines to a file descriptor; secrets and personal fields never reach it. */
export const createLog = (config: Config, name: string, descriptor: number = process.stdout.fd): Logger =>
  pino(
    {
      name,
      level: config.logLevel,
      redact: {
        paths: ['password', '*.password', 'token', '*.token', 'cookie', '*.cookie', '*.idNumber', '*.mobile'],
        censor: '[redacted]',
      },
      serializers: { err: presentError },
    },
    pino.destination({ dest: descriptor, sync: true }),
  )

/** Words, place and code of an error and its causes: never the values of a statement, nor the driver's own state. */
function presentError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(error.stack ? { stack: withoutValues(error.stack) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined ? {} : { cause: presentError(cause) }),
  }
}

/** Drizzle puts the values of a failed statement behind it. */
const withoutValues = (text: string): string => text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/, '')

/** Open database and lake; refuses an older schema. Closed by `onShutdown`, or by `close` for short commands. */
export async function openServices(
  config: Config,
  options: { name: string; log?: Logger; connections?: number },
): Promise<AppServices & { close(): Promise<void> }> {
  const log = options.log ?? createLog(config, options.name)
  const adminUrl = await adminUrlOf(config)
  const keys = loadKeys(config.dataDir)
  await checkKeys(adminUrl, keys)
  const { appUrl, jobsUrl } = addressesOf(adminUrl, rolePasswordOf(keys))
  const database = openDatabase(appUrl, {
    applicationName: `hengjian-${options.name}`,
    max: options.connections ?? 20,
  })
  await assertSchemaCurrent(database.pool)
  await recordKeys(database.pool, keys)
  const lake = await createLake({ folder: join(config.dataDir, 'lake'), catalogue: factCatalogue, database })
  const files = createFileStore({
    objects: config.s3 ? s3Store(config.s3) : folderStore(join(config.dataDir, 'files')),
    temporaryFolder: join(config.dataDir, 'files', '.incoming'),
    keys,
    database,
    ...(config.scanner ? { scanner: clamdScanner(config.scanner) } : {}),
  })
  const close = async () => {
    lake.close()
    await database.close()
  }
  const forget = onShutdown('database', close)
  return {
    config,
    keys,
    cipher: createCipher(keys),
    database,
    log,
    clock: systemClock,
    lake,
    files,
    jobsUrl,
    close: async () => {
      forget()
      await close()
    },
  }
}
