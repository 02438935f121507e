/** `node platform/testing/open-kept.ts FOLDER`: runs the PostgreSQL of a failed test run until Ctrl-C. */
import { startPostgres } from '@hengjian/platform/postgres'
import { keptDatabases } from './server.ts'

const folder = process.argv[2]
if (!folder) {
  console.error('Which folder? A failed test run names it in its last lines.')
  process.exit(2)
}
const postgres = await startPostgres({ dataDir: folder, durability: 'scratch', log: console.error })
for (const { name, file } of keptDatabases(folder)) {
  console.log(`${postgres.adminUrl.replace(/[^/]*$/, name)}  ${file}`)
}
// our timer alone holds the process open: the server is a process of its own
const open = setInterval(() => {}, 60_000)
process.once('SIGINT', async () => {
  clearInterval(open)
  await postgres.stop()
})
