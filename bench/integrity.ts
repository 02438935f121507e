/**
 * `npm run bench:integrity`: what the nightly verification costs: the audit chain, every guarded row against its check
 * value, and every row that the log names against the tables. Acts are recorded as commands record them, three guarded
 * rows each, in a database of their own that is dropped afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { administrationGuardedTables } from '@hengjian/administration'
import { checkpointFileOf, sealAudit, verifyAudit } from '@hengjian/platform/audit'
import { parseConfig } from '@hengjian/platform/config'
import { newId, systemActor } from '@hengjian/platform/context'
import { compareWithLog, insertGuarded, sweepGuarded } from '@hengjian/platform/guard'
import { runAs } from '@hengjian/platform/http'
import { startPostgres } from '@hengjian/platform/postgres'
import { createLog, migrate, openServices } from '@hengjian/server'
import { describeMachine, median } from './machine.ts'

const { values } = parseArgs({
  options: { acts: { type: 'string', default: '100000' }, runs: { type: 'string', default: '3' } },
})
const acts = Number(values.acts)
const ROWS_PER_ACT = 3
const ACTS_PER_TRANSACTION = 250

const folder = mkdtempSync(join(tmpdir(), 'hengjian-bench-'))
const postgres = await startPostgres({ dataDir: folder, durability: 'scratch' })
const config = parseConfig({ DATA_DIR: folder, DATABASE_URL: postgres.adminUrl, LOG_LEVEL: 'silent' })
await migrate(config, postgres.adminUrl, () => {})
const services = await openServices(config, { name: 'bench', log: createLog(config, 'bench') })
const checkpointFile = checkpointFileOf(folder)
const [parameterValue] = administrationGuardedTables
try {
  for (let done = 0; done < acts; done += ACTS_PER_TRANSACTION) await record(ACTS_PER_TRANSACTION)
  while ((await sealAudit({ ...services, checkpointFile })) > 0);
  const seconds: Record<string, number[]> = { chain: [], rows: [], log: [] }
  let faults = 0
  const tell = () => {
    faults += 1
  }
  for (let run = 0; run < Number(values.runs); run++) {
    seconds['chain']!.push(
      await timed(async () => {
        faults += (await verifyAudit({ ...services, checkpointFile })).faults.length
      }),
    )
    seconds['rows']!.push(await timed(() => sweepGuarded(services, administrationGuardedTables, tell)))
    seconds['log']!.push(await timed(() => compareWithLog(services, administrationGuardedTables, tell)))
  }
  console.log(
    JSON.stringify({
      acts,
      guarded_rows: acts * ROWS_PER_ACT,
      chain_seconds: median(seconds['chain']!),
      rows_seconds: median(seconds['rows']!),
      log_seconds: median(seconds['log']!),
      peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
      void: faults > 0,
      runs: Number(values.runs),
      machine: describeMachine(),
    }),
  )
  process.exitCode = faults > 0 ? 1 : 0
} finally {
  await services.close()
  await postgres.stop()
  rmSync(folder, { recursive: true })
}

async function record(count: number): Promise<void> {
  const origin = { requestId: newId(), clientAddress: 'bench' }
  await runAs(services, systemActor('bench'), origin, async (ctx) => {
    const rows = []
    for (let act = 0; act < count; act++) {
      const lastAuditId = await ctx.audit.record({ action: 'bench.act', after: { act } })
      for (let version = 1; version <= ROWS_PER_ACT; version++)
        rows.push({
          id: newId(),
          code: newId(),
          unitPath: '/45/',
          version,
          value: '1',
          reason: 'bench',
          changedById: ctx.actor.id,
          changedByName: 'bench',
          changedAt: ctx.clock.now(),
          lastAuditId,
        })
    }
    await insertGuarded(ctx, parameterValue!, rows)
  })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return Math.round(performance.now() - began) / 1000
}
