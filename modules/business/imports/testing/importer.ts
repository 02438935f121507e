/** Child process of the tests: imports in small batches, telling the position after each, until it is killed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemActor } from '@hengjian/platform/context'
import { createLake } from '@hengjian/platform/lake'
import { factCatalogue } from '../../facts.ts'
import { fileOnDisk, importFile, parseMapping } from '../index.ts'
import { servicesOf, TEST_UNIT, testPorts } from './world.ts'

const [url, folder, path, mapping] = process.argv.slice(2) as [string, string, string, string]
const services = servicesOf(url, folder)
await importFile({
  services,
  lake: await createLake({
    folder: join(folder, 'lake'),
    catalogue: factCatalogue,
    database: services.database,
  }),
  actor: { ...systemActor('测试'), ...TEST_UNIT, scope: 'unit_and_below' },
  origin: { requestId: 'child', clientAddress: '127.0.0.1' },
  ports: testPorts,
  file: await fileOnDisk(path),
  mapping: parseMapping(JSON.parse(readFileSync(mapping, 'utf8'))),
  batchRows: 2_000,
  onProgress: ({ records }) => {
    process.stdout.write(`${records}\n`)
  },
})
