/**
 * `npm test`: checks, build, all tests, and as the last line `N passed, N failed`. The checks count as one each.
 *
 *   npm test                      everything but the long tests
 *   npm test -- platform/process  only test files whose path contains this
 *   npm test -- --long            the tests of more than 20 s each
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './check.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureFfmpeg } from './ffmpeg.mjs'
import { ROOT, run, setup } from './setup.mjs'

const RESULTS = join(ROOT, 'test-results')

const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const long = process.argv.includes('--long')
const node = await setup()
const total = { passed: 0, failed: 0 }

if (long) await count('long tests', runTests('long'))
else if (filters.length > 0) {
  const journeys = filters.filter((filter) => filter.startsWith('e2e'))
  if (journeys.length < filters.length) await count('tests', runTests('main'))
  if (journeys.length > 0) await count('journeys in the browser', runJourneys())
} else {
  await count('checks', runChecks(node))
  await count('tests', runTests('main'))
  if (existsJourney()) await count('journeys in the browser', runJourneys())
}

console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

/** Adds up one part and prints it with its time. */
async function count(name, part) {
  const began = Date.now()
  const { passed, failed } = await part
  console.log(`${name}: ${passed} passed, ${failed} failed (${((Date.now() - began) / 1000).toFixed(0)} s)\n`)
  total.passed += passed
  total.failed += failed
}

/** One run of Vitest; what it cannot count (a crash, an error outside of tests) counts as one failure. */
async function runTests(set, env = {}) {
  const file = join(RESULTS, `${set}.json`)
  if (set === 'main') ensureFfmpeg()
  mkdirSync(RESULTS, { recursive: true })
  rmSync(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await run(node, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters], {
    env: { ...env, TEST_SET: set },
  })
  const counted = existsSync(file)
    ? countIn(JSON.parse(readFileSync(file, 'utf8')))
    : { passed: 0, failed: 0 }
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

/** A file that could not be loaded holds no failed test, yet it failed. */
function countIn({ numPassedTests, testResults }) {
  const failures = testResults.map(({ status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed').length
    return status === 'failed' ? Math.max(failed, 1) : failed
  })
  return { passed: numPassedTests, failed: failures.reduce((sum, n) => sum + n, 0) }
}

async function runJourneys() {
  const chromium = ensureChromium()
  const built = await run(node, ['tools/build-console.ts'])
  if (!chromium || built !== 0) return { passed: 0, failed: 1 }
  return runTests('e2e', { CHROMIUM: chromium })
}

function existsJourney() {
  const folder = join(ROOT, 'e2e')
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => name.endsWith('.test.ts'))
  )
}
