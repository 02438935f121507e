/**
 * `npm run bench:analysis`: all post-hoc indicators by DuckDB over the lake, as an analysis run asks it, and by statements
 * on PostgreSQL over the same rows; the answers are compared. Data are made once and kept under `bench/.cache`. Ends with 1
 * when the answers differ.
 *
 * `--full`: the city of NFR-3, one year of it and three. There PostgreSQL is asked once, and findings are compared instead
 * of all groups, of which there are millions.
 */
import { parseArgs } from 'node:util'
import { startPostgres } from '@hengjian/platform/postgres'
import pg from 'pg'
import { type Question, questionsFor, type Span } from './analysis/ask.ts'
import { type Answer, compareAnswers, compareFindings } from './analysis/compare-answers.ts'
import { scanOnce } from './analysis/floor.ts'
import { askNights } from './analysis/night.ts'
import { prepareData, type Sample } from './analysis/prepare-data.ts'
import { dataFolder } from './data-folder.ts'
import { describeMachine, median } from './machine.ts'

const SCOPE = { kind: 'all', unitPath: '/', actorId: '00000000-0000-7000-8000-000000000001' } as const
/** PostgreSQL tuned for analysis on this machine rather than for many short transactions. */
const SERVER = {
  shared_buffers: '4GB',
  effective_cache_size: '12GB',
  maintenance_work_mem: '1GB',
  max_parallel_workers_per_gather: '2',
  max_wal_size: '8GB',
}
/** Differences printed for one indicator. */
const SHOWN = 5

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    vehicles: { type: 'string' },
    years: { type: 'string' },
    seed: { type: 'string', default: '7' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
    patience: { type: 'string', default: '120' },
  },
})
const { full } = values
const sample: Sample = {
  vehicles: Number(values.vehicles ?? (full ? 4_000_000 : 400_000)),
  years: full ? 3 : Number(values.years ?? 2),
  seed: Number(values.seed),
  until: '2026-11-01',
}
const runs = Number(values.runs)
/** Seconds after which PostgreSQL is not waited for: such indicators are named, and left out of both sums. */
const patience = Number(values.patience)
/** The tables hold local times; compiled statements turn them into instants and back. */
const SESSION = `SET timezone = 'Asia/Shanghai'; SET work_mem = '512MB'; SET jit = off; SET hash_mem_multiplier = 2; SET statement_timeout = '${patience}s'`
const only = values.only?.split(',')
const wanted = (code: string) => !only || only.some((each) => code === each || code.startsWith(`${each}.`))

const folder = dataFolder(sample)
const postgres = await startPostgres({ dataDir: folder, durability: 'scratch', settings: SERVER })
const store = await prepareData(folder, postgres.adminUrl, sample)
const plain = new URL(postgres.adminUrl)
plain.pathname = '/plain'
const client = new pg.Client({ connectionString: plain.href })
await client.connect()
await client.query(SESSION)
try {
  const spans = full ? (values.years ? [Number(values.years)] : [1, 3]) : [sample.years]
  for (const years of spans) {
    const from = Temporal.PlainDate.from(sample.until).subtract({ years }).toString()
    const equal = await measure(years, { from, to: sample.until })
    if (!equal) process.exitCode = 1
  }
} finally {
  await client.end()
  await store.close()
  await postgres.stop()
}

/** What one run of all questions took, in seconds. */
interface Lap {
  readonly total: number
  readonly byCode: ReadonlyMap<string, number>
  /** Of tables that several read. */
  readonly shared: number
  readonly answers: ReadonlyMap<string, readonly Answer[]>
}

/** All questions as one run asks them: one session, a table made when it is first read and dropped after the last. */
function lakeLap(questions: readonly Question[]): Promise<Lap> {
  return store.lake.session(SCOPE, async (ask) => {
    const byCode = new Map<string, number>()
    const answers = new Map<string, readonly Answer[]>()
    const made = new Set<string>()
    const last = new Map(questions.map(({ lake }, i) => [lake.shares?.name, i]))
    let shared = 0
    const began = performance.now()
    for (const [i, { code, lake }] of questions.entries()) {
      if (lake.shares && !made.has(lake.shares.name)) {
        const { sql, name } = lake.shares
        made.add(name)
        shared += (await timed(() => ask(sql))).seconds
      }
      const { seconds, answer } = await timed(() => ask(lake.findings))
      byCode.set(code, seconds)
      answers.set(code, answer)
      if (lake.shares && last.get(lake.shares.name) === i) await ask(`DROP TABLE ${lake.shares.name}`)
    }
    return { total: secondsSince(began), byCode, shared, answers }
  })
}

/** All questions to PostgreSQL; one that takes longer than its patience has no answer. */
async function postgresLap(questions: readonly Question[]): Promise<Lap> {
  const byCode = new Map<string, number>()
  const answers = new Map<string, readonly Answer[]>()
  let total = 0
  for (const { code, postgres: written, parameters } of questions) {
    const { seconds, answer } = await timed(() => patiently(written.findings, parameters))
    if (!answer) {
      console.error(`${code}: PostgreSQL has no answer after ${patience} s`)
      continue
    }
    byCode.set(code, seconds)
    answers.set(code, answer)
    total += seconds
  }
  return { total, byCode, shared: 0, answers }
}

async function patiently(sql: string, parameters: readonly string[]): Promise<readonly Answer[] | null> {
  try {
    return (await client.query(sql, [...parameters])).rows
  } catch (error) {
    if ((error as { code?: string }).code === '57014') return null
    throw error
  }
}

/** Measure one span of years, print the table and the line of JSON. Answers whether the answers were the same. */
async function measure(years: number, span: Span): Promise<boolean> {
  const questions = questionsFor(sample, span, wanted)
  const memory = watchMemory()
  const warm = await lakeLap(questions)
  const ours: Lap[] = []
  for (let run = 0; run < runs; run++) ours.push(await lakeLap(questions))
  const peak = memory.stop()
  const floor = await scanOnce(store.lake, SCOPE, questions, span)
  const night = full ? await askNights(store.lake, SCOPE, sample, runs) : null
  for (const [run, { total }] of ours.entries()) console.error(`run ${run + 1}: lake ${total.toFixed(2)} s`)
  const theirs: Lap[] = []
  for (let run = 0; run < (full ? 1 : runs); run++) theirs.push(await postgresLap(questions))
  const answered = questions.filter(({ code }) => theirs.every(({ byCode }) => byCode.has(code)))
  const equal = full ? sameFindings(answered, warm, theirs[0]!) : await sameAnswers(answered)
  printTable(questions, ours, theirs)
  const seconds = median(ours.map(({ total }) => total))
  const compared = (laps: readonly Lap[]) =>
    median(laps.map(({ byCode, shared }) => sum(answered.map(({ code }) => byCode.get(code)!)) + shared))
  console.log(
    JSON.stringify({
      years,
      seconds: round(seconds),
      postgres_seconds: round(compared(theirs)),
      ratio: round(compared(theirs) / compared(ours)),
      floor_seconds: round(floor),
      peak_mb: Math.round(peak / 2 ** 20),
      incremental_seconds: night === null ? null : round(night.seconds),
      void: !equal,
      runs,
      machine: describeMachine(),
      vehicles: sample.vehicles,
      indicators: questions.length,
      postgres_by_hand: questions.filter(({ byHand }) => byHand).map(({ code }) => code),
      postgres_unanswered: questions.filter((each) => !answered.includes(each)).map(({ code }) => code),
      incremental_indicators: night?.judged ?? null,
    }),
  )
  return equal
}

/** Every group of every indicator, in both. */
async function sameAnswers(questions: readonly Question[]): Promise<boolean> {
  let equal = true
  for (const { code, dimensions, lake, postgres: written, parameters } of questions) {
    const left = await store.lake.query(SCOPE, lake.all)
    const right = (await client.query(written.all, [...parameters])).rows
    equal = tell(code, left.length, compareAnswers(dimensions, left, right)) && equal
  }
  return equal
}

function sameFindings(questions: readonly Question[], ours: Lap, theirs: Lap): boolean {
  let equal = true
  for (const { code, dimensions } of questions) {
    const left = ours.answers.get(code)!
    const differences = compareFindings(dimensions, left, theirs.answers.get(code)!)
    equal = tell(code, Number(left[0]?.['groups_judged']), differences) && equal
  }
  return equal
}

function tell(code: string, groups: number, differences: readonly string[]): boolean {
  console.error(`${code}: ${groups} groups${differences.length > 0 ? ', answers differ' : ''}`)
  for (const difference of differences.slice(0, SHOWN)) console.error(`  ${difference}`)
  return differences.length === 0
}

function printTable(questions: readonly Question[], ours: readonly Lap[], theirs: readonly Lap[]) {
  console.log('code      lake s  PostgreSQL s   ratio  table')
  for (const { code, lake } of questions) {
    const a = median(ours.map(({ byCode }) => byCode.get(code)!))
    const times = theirs.flatMap(({ byCode }) => byCode.get(code) ?? [])
    const b = times.length > 0 ? median(times) : Number.NaN
    console.log(
      `${code.padEnd(6)}  ${a.toFixed(3).padStart(8)}  ${b.toFixed(3).padStart(12)}  ${(b / a).toFixed(1).padStart(6)}  ${lake.shares?.name ?? ''}`,
    )
  }
  console.log(`shared tables ${median(ours.map(({ shared }) => shared)).toFixed(3)} s`)
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; answer: T }> {
  const began = performance.now()
  const answer = await work()
  return { seconds: secondsSince(began), answer }
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** Largest resident memory of this process (DuckDB lives in it) until it is stopped. */
function watchMemory() {
  let peak = process.memoryUsage.rss()
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 10).unref()
  return {
    stop: () => {
      clearInterval(timer)
      return Math.max(peak, process.memoryUsage.rss())
    },
  }
}
