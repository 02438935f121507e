/**
 * `npm run bench:imports -- --rows 300000`: persons with two personal values each (name, ID number) from CSV into
 * PostgreSQL, synced to disk, and the lake, as `hengjian import` brings them in. Rows each second, client included.
 */

import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileOnDisk, importFile, shippedMappings } from '@hengjian/business'
import { systemActor } from '@hengjian/platform/context'
import { createCipherPool } from '@hengjian/platform/crypto'
import { startPostgres } from '@hengjian/platform/postgres'
import { importPorts } from '@hengjian/server'
import { makeDatabase, openStore } from '../tools/recall/open-store.ts'
import { describeMachine, median } from './machine.ts'

const UNIT = { unitId: '01900000-0000-7000-8000-000000000001', unitPath: '/45/4503/450302/' }
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '300000' }, runs: { type: 'string', default: '3' } },
})
const rows = Number(values.rows)
const runs = Number(values.runs)

const folder = mkdtempSync(join(tmpdir(), 'hengjian-bench-imports-'))
const postgres = await startPostgres({ dataDir: folder })
try {
  const path = join(folder, 'persons.csv')
  await writePersons(path)
  const speeds: number[] = []
  for (let run = 1; run <= runs; run++) {
    const speed = await importOnce(run, path)
    console.error(`run ${run}: ${speed} rows/s`)
    speeds.push(speed)
  }
  const per_second = median(speeds)
  console.log(JSON.stringify({ per_second, speeds, rows, void: false, runs, machine: describeMachine() }))
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Numbers that look like ID numbers; names of two or three characters. */
async function writePersons(path: string): Promise<void> {
  const file = createWriteStream(path)
  file.write('source_key,occurred_at,kind,name,id_number\n')
  for (let at = 0; at < rows; at++) {
    const born = `19${50 + (at % 50)}${String(1 + (at % 12)).padStart(2, '0')}${String(1 + (at % 28)).padStart(2, '0')}`
    const name = `${'赵钱孙李周吴郑王'[at % 8]}${'伟芳娜敏静强磊军'[(at >> 3) % 8]}${'明华平玲杰辉'[at % 7] ?? ''}`
    const line = `p${at},2025-${String(1 + (at % 12)).padStart(2, '0')}-10 09:30,natural,${name},450302${born}${String(at % 10_000).padStart(4, '0')}\n`
    if (!file.write(line)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

/** Into a database and a lake of its own, so that each run writes all rows. */
async function importOnce(run: number, path: string): Promise<number> {
  const store = await openStore({
    folder: join(folder, `run-${run}`),
    adminUrl: await makeDatabase(postgres.adminUrl, `run_${run}`),
  })
  const cipherPool = createCipherPool({ keysFile: store.services.keys.file, workers: 1 })
  try {
    const result = await importFile({
      services: store.services,
      lake: store.lake,
      actor: { ...systemActor('bench'), ...UNIT, scope: 'unit_and_below' },
      origin: { requestId: 'bench', clientAddress: '' },
      ports: importPorts,
      file: await fileOnDisk(path),
      mapping: shippedMappings().get('native-person')!,
      cipherPool,
    })
    if (result.inserted !== rows) throw new Error(`${result.inserted} of ${rows} rows were imported`)
    return result.factsPerSecond
  } finally {
    await cipherPool.close()
    await store.close()
  }
}
