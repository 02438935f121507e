/**
 * `npm run bench:analysis -- --vehicles 400000`: all post-hoc indicators over two years, by DuckDB over the lake as the
 * product asks it, and by statements written by hand on PostgreSQL over the same rows; answers are compared group by
 * group. Data are made once and kept under `bench/.cache`. Ends with 1 when the answers differ.
 */
import { parseArgs } from 'node:util'
import { startPostgres } from '@hengjian/platform/postgres'
import pg from 'pg'
import { type Question, questionsFor } from './analysis/ask.ts'
import { compareAnswers } from './analysis/compare-answers.ts'
import { prepareData } from './analysis/prepare-data.ts'
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
/** The tables hold local times; compiled statements turn them into instants and back. */
/** Seconds after which PostgreSQL is not waited for: such indicators are named, and left out of both sums. */
const PATIENCE = 120
const SESSION = `SET timezone = 'Asia/Shanghai'; SET work_mem = '512MB'; SET jit = off; SET hash_mem_multiplier = 2; SET statement_timeout = '${PATIENCE}s'`
/** Differences printed for one indicator. */
const SHOWN = 5
const unanswered = new Set<string>()

const { values } = parseArgs({
  options: {
    vehicles: { type: 'string', default: '400000' },
    years: { type: 'string', default: '2' },
    seed: { type: 'string', default: '7' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
})
const sample = {
  vehicles: Number(values.vehicles),
  years: Number(values.years),
  seed: Number(values.seed),
  until: '2026-11-01',
}
const runs = Number(values.runs)

const folder = dataFolder(sample)
const postgres = await startPostgres({ dataDir: folder, durability: 'scratch', settings: SERVER })
const store = await prepareData(folder, postgres.adminUrl, sample)
const plain = new URL(postgres.adminUrl)
plain.pathname = '/plain'
const client = new pg.Client({ connectionString: plain.href })
await client.connect()
await client.query(SESSION)
try {
  const wanted = values.only?.split(',')
  const questions = questionsFor(sample).filter(
    ({ code }) => !wanted || wanted.some((each) => code === each || code.startsWith(`${each}.`)),
  )
  const equal = await sameAnswers(questions)
  await measure(questions, equal)
  process.exitCode = equal ? 0 : 1
} finally {
  await client.end()
  await store.close()
  await postgres.stop()
}

/** Every group of every indicator, in both; also warms what the timed runs read. */
async function sameAnswers(questions: readonly Question[]): Promise<boolean> {
  let equal = true
  for (const { code, dimensions, lake, postgres: written, parameters } of questions) {
    const left = await store.lake.query(SCOPE, lake.all)
    const right = await client.query(written.all, [...parameters]).catch((error: { code?: string }) => {
      if (error.code !== '57014') throw error
      unanswered.add(code)
    })
    if (!right) {
      console.error(`${code}: PostgreSQL has no answer after ${PATIENCE} s`)
      continue
    }
    const differences = compareAnswers(dimensions, left, right.rows)
    console.error(`${code}: ${left.length} groups${differences.length > 0 ? ', answers differ' : ''}`)
    for (const difference of differences.slice(0, SHOWN)) console.error(`  ${difference}`)
    equal &&= differences.length === 0
  }
  return equal
}

async function measure(all: readonly Question[], equal: boolean): Promise<void> {
  const questions = all.filter(({ code }) => !unanswered.has(code))
  const times = new Map(
    questions.map(({ code }) => [code, { lake: [] as number[], postgres: [] as number[] }]),
  )
  const totals = { lake: [] as number[], postgres: [] as number[] }
  const memory = watchMemory()
  for (let run = 0; run < runs; run++) {
    const total = { lake: 0, postgres: 0 }
    for (const { code, lake, postgres: written, parameters } of questions) {
      memory.resume()
      const ours = await timed(() => store.lake.query(SCOPE, lake.findings))
      memory.pause()
      const theirs = await timed(() => client.query(written.findings, [...parameters]))
      times.get(code)!.lake.push(ours)
      times.get(code)!.postgres.push(theirs)
      total.lake += ours
      total.postgres += theirs
    }
    totals.lake.push(total.lake)
    totals.postgres.push(total.postgres)
    console.error(
      `run ${run + 1}: lake ${total.lake.toFixed(2)} s, PostgreSQL ${total.postgres.toFixed(2)} s`,
    )
  }
  console.log('code      lake s  PostgreSQL s   ratio')
  for (const [code, { lake, postgres: theirs }] of times) {
    const [a, b] = [median(lake), median(theirs)]
    console.log(
      `${code.padEnd(6)}  ${a.toFixed(3).padStart(8)}  ${b.toFixed(3).padStart(12)}  ${(b / a).toFixed(1).padStart(6)}`,
    )
  }
  const seconds = median(totals.lake)
  const postgresSeconds = median(totals.postgres)
  console.log(
    JSON.stringify({
      seconds: round(seconds),
      postgres_seconds: round(postgresSeconds),
      ratio: round(postgresSeconds / seconds),
      peak_mb: Math.round(memory.peak() / 2 ** 20),
      void: !equal,
      runs,
      postgres_by_hand: questions.filter(({ byHand }) => byHand).map(({ code }) => code),
      vehicles: sample.vehicles,
      indicators: questions.length,
      unanswered: [...unanswered],
      machine: describeMachine(),
    }),
  )
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** Largest resident memory of this process (DuckDB lives in it) while the lake is asked. */
function watchMemory() {
  let peak = 0
  let watching = false
  setInterval(() => {
    if (watching) peak = Math.max(peak, process.memoryUsage.rss())
  }, 10).unref()
  return {
    resume: () => {
      watching = true
    },
    pause: () => {
      peak = Math.max(peak, process.memoryUsage.rss())
      watching = false
    },
    peak: () => peak,
  }
}
