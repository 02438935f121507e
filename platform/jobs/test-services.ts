/** Services of a process for the tests of jobs. */
import { parseConfig } from '@hengjian/platform/config'
import { type Services, systemClock } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { pino } from 'pino'

export function testServices(appUrl: string, folder: string): Services {
  const keys = loadKeys(folder)
  return {
    config: parseConfig({ DATA_DIR: folder }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(appUrl, { max: 5 }),
    log: pino({ level: 'silent' }),
    clock: systemClock,
  }
}
