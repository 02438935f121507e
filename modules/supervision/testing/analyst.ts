/** Child process of the tests: a worker that is killed when it comes to an indicator, or to a back-test. */
import { createJobs } from '@hengjian/platform/jobs'
import { giveUpAnalysisHandler, runAnalysisHandler } from '../jobs/run-analysis.handler.ts'
import { giveUpBackTestHandler, runBackTestHandler } from '../jobs/run-back-test.handler.ts'
import { createSupervisionFixture, type SupervisionFixture } from '../testing.ts'

const [database, keysFolder, killAt, retries] = process.argv.slice(2) as [string, string, string, string]
const fixture = await createSupervisionFixture(undefined, {
  database: JSON.parse(database) as SupervisionFixture['database'],
  keysFolder,
})
const { book } = fixture.supervision
const die = () => process.kill(process.pid, 'SIGKILL')
const analyses = runAnalysisHandler(
  {
    ...book,
    // asked for when an indicator is judged and about to be stored
    versionOf(code) {
      if (code === killAt) die()
      return book.versionOf(code)
    },
  },
  fixture.ports,
)
const backTests = runBackTestHandler({
  ...fixture.ports,
  store: {
    dialect: 'postgres',
    query: async (sql) => {
      if (killAt === 'back-test') die()
      return fixture.ports.store.query(sql)
    },
  },
})
const retry = { limit: Number(retries), delaySeconds: 1 }
await createJobs({
  url: fixture.database.jobsUrl,
  services: fixture.services,
  handlers: [
    ...[analyses, backTests].map((handler) => ({
      ...handler,
      definition: { ...handler.definition, retry },
    })),
    giveUpAnalysisHandler,
    giveUpBackTestHandler,
  ],
  heartbeatSeconds: 10,
})
