/**
 * `npm run recall -- --vehicles 20000 --years 2 --seed 7`: recall and precision of the shipped indicators on a sample
 * city, measured through the database and the lake. Ends with 1 when a plant is missed, a near miss fires, or more
 * than 5 % of what was judged are findings nobody planted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '@hengjian/platform/postgres'
import { generateCity } from '@hengjian/sandbox-city'
import { loadCity, makeDatabase, openStore } from './recall/open-store.ts'
import { isSound, measureRecall, type RecallLine } from './recall/recall.ts'

const UNTIL = '2026-11-01'
/** Findings printed for one indicator. */
const SHOWN = 20

const { values } = parseArgs({
  options: {
    vehicles: { type: 'string', default: '20000' },
    years: { type: 'string', default: '2' },
    seed: { type: 'string', default: '7' },
    until: { type: 'string', default: UNTIL },
  },
})
const options = {
  vehicles: Number(values.vehicles),
  years: Number(values.years),
  seed: Number(values.seed),
  until: values.until,
}

const folder = mkdtempSync(join(tmpdir(), 'hengjian-recall-'))
const postgres = await startPostgres({ dataDir: folder, durability: 'scratch' })
try {
  const began = performance.now()
  const store = await openStore({ folder, adminUrl: await makeDatabase(postgres.adminUrl, 'recall') })
  try {
    const city = generateCity(options)
    const rows = await loadCity(store, city)
    console.error(`${rows} facts loaded in ${secondsSince(began)} s`)
    const judging = performance.now()
    const lines = await measureRecall(store, city, options)
    console.error(`judged in ${secondsSince(judging)} s`)
    print(lines)
    process.exitCode = lines.every(isSound) ? 0 : 1
  } finally {
    await store.close()
  }
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1)
}

function print(lines: readonly RecallLine[]): void {
  console.log('code     planted  found  near misses  silent    judged  unplanted  share %')
  for (const line of lines) {
    const { code, planted, found, nearMisses, silent, judged, unplanted, share } = line
    const cells = [
      [planted, 7],
      [found, 5],
      [nearMisses, 11],
      [silent, 6],
      [judged, 8],
      [unplanted, 9],
      [share.toFixed(2), 7],
    ] as const
    const row = cells.map(([value, width]) => String(value).padStart(width)).join('  ')
    console.log(`${code.padEnd(7)}  ${row}${isSound(line) ? '' : '  ✗'}`)
  }
  for (const { code, discrepancies, findings } of lines) {
    for (const discrepancy of discrepancies) console.log(`${code} ${discrepancy}`)
    for (const finding of findings.slice(0, SHOWN)) console.log(`${code} unplanted: ${finding}`)
    if (findings.length > SHOWN) console.log(`${code} and ${findings.length - SHOWN} more unplanted`)
  }
  const sum = (of: (line: RecallLine) => number) => lines.reduce((total, line) => total + of(line), 0)
  console.log(
    JSON.stringify({
      ...options,
      indicators: lines.length,
      planted: sum((line) => line.planted),
      found: sum((line) => line.found),
      near_misses: sum((line) => line.nearMisses),
      near_misses_silent: sum((line) => line.silent),
      judged: sum((line) => line.judged),
      unplanted: sum((line) => line.unplanted),
      largest_share_percent: Math.max(...lines.map((line) => line.share)),
      sound: lines.every(isSound),
    }),
  )
}
