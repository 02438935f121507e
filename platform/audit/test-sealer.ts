/** A sealer in a process of its own, killed by the test: `node test-sealer.ts APP_URL DATA_DIR`. */
import { parseConfig } from '@hengjian/platform/config'
import { systemClock } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { pino } from 'pino'
import { startSealer } from './seal.ts'

const [appUrl, dataDir] = process.argv.slice(2) as [string, string]
const keys = loadKeys(dataDir)
startSealer({
  config: parseConfig({ DATA_DIR: dataDir }),
  keys,
  cipher: createCipher(keys),
  database: openDatabase(appUrl, { max: 2 }),
  log: pino({ level: 'silent' }),
  clock: systemClock,
})
