/** Child process of the tests: follows the outbox and is killed between writing the files and listing them. */
import { openDatabase } from '@hengjian/platform/db'
import { createLake } from './index.ts'
import { testCatalogue } from './test-catalogue.ts'

const [url, folder] = process.argv.slice(2) as [string, string]
const lake = await createLake({
  folder,
  catalogue: testCatalogue,
  database: openDatabase(url, { max: 2 }),
  beforeListing: async () => {
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => {})
  },
})
await lake.follow()
