/** Child process of the tests: rebuilds the lake and is killed in its second portion, before the files are listed. */
import { openDatabase } from '@hengjian/platform/db'
import { createLake } from './index.ts'
import { testCatalogue } from './test-catalogue.ts'

const [url, folder, portionRows] = process.argv.slice(2) as [string, string, string]
let portions = 0
const lake = await createLake({
  folder,
  catalogue: testCatalogue,
  database: openDatabase(url, { max: 3 }),
  beforeListing: async () => {
    portions += 1
    if (portions === 2) process.kill(process.pid, 'SIGKILL')
  },
})
await lake.rebuild({ portionRows: Number(portionRows) })
