/** Child process of the tests: takes the job, does its effect, and is killed before the job is finished. */
import { createJobs } from './index.ts'
import { noteHandler } from './test-jobs.ts'
import { testServices } from './test-services.ts'

const [appUrl, jobsUrl, folder] = process.argv.slice(2) as [string, string, string]
await createJobs({
  url: jobsUrl,
  services: testServices(appUrl, folder),
  handlers: [
    noteHandler(() => {
      process.kill(process.pid, 'SIGKILL')
    }),
  ],
  heartbeatSeconds: 10,
})
