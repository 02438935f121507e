/** Child process of the tests: a worker that is killed when it comes to an indicator. */
import { createJobs } from '@hengjian/platform/jobs'
import { giveUpAnalysisHandler, runAnalysisHandler } from '../jobs/run-analysis.handler.ts'
import { createSupervisionFixture, type SupervisionFixture } from '../testing.ts'

const [database, keysFolder, killAt, retries] = process.argv.slice(2) as [string, string, string, string]
const fixture = await createSupervisionFixture(undefined, {
  database: JSON.parse(database) as SupervisionFixture['database'],
  keysFolder,
})
const { book } = fixture.supervision
const handler = runAnalysisHandler(
  {
    ...book,
    definitionOf(code) {
      if (code === killAt) process.kill(process.pid, 'SIGKILL')
      return book.definitionOf(code)
    },
  },
  fixture.ports,
)
const definition = { ...handler.definition, retry: { limit: Number(retries), delaySeconds: 1 } }
await createJobs({
  url: fixture.database.jobsUrl,
  services: fixture.services,
  handlers: [{ ...handler, definition }, giveUpAnalysisHandler],
  heartbeatSeconds: 10,
})
