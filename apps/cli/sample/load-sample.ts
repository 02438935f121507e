/** Load the sample city: units and people through their modules, facts in bulk, ground truth beside the data. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentQuota, type FactName, loadFacts, nonCompliantProduct } from '@hengjian/business'
import { ensureUnits, rootPaths } from '@hengjian/identity'
import type { Config } from '@hengjian/platform/config'
import { type RequestContext, systemActor } from '@hengjian/platform/context'
import { createCipherPool } from '@hengjian/platform/crypto'
import { runAs } from '@hengjian/platform/http'
import { ensureAgents, ensureInstitutions, ensureStaff } from '@hengjian/registry'
import { type City, type FactTableName, generateCity } from '@hengjian/sandbox-city'
import type { AppServices } from '@hengjian/server'
import { withServices } from '../with-services.ts'
import { makeSignIns } from './make-sign-ins.ts'
import { factOf } from './rows.ts'
import { type SignIn, signInsFile } from './sign-ins.ts'

const ACTOR = systemActor('sample city')
const ORIGIN = { requestId: 'sample', clientAddress: '' }
/** Rows of one table that are loaded together. */
const FLUSH_AT = 50_000

export interface SampleOptions {
  vehicles: number
  years: number
  seed: number
  onProgress?: (done: number, total: number) => void
}

export interface LoadedSample {
  rows: number
  seconds: number
  truthFile: string
}

/** True when any unit exists: the installation is in use and must not get a sample on top. */
export const sampleIsLoaded = (config: Config): Promise<boolean> =>
  withServices(
    'sample',
    (services) => runAs(services, ACTOR, ORIGIN, async (ctx) => (await rootPaths(ctx)).length > 0),
    config,
  )

/** Generate and load. Repeating with the same options changes nothing; a kill in the middle is continued by repeating. */
export const loadSample = (config: Config, options: SampleOptions): Promise<LoadedSample> =>
  withServices('sample', (services) => loadInto(services, options), config)

async function loadInto(services: AppServices, options: SampleOptions): Promise<LoadedSample> {
  const began = performance.now()
  const { dataDir } = services.config
  const city = generateCity({
    ...options,
    until: `${new Date().toISOString().slice(0, 7)}-01`,
    onProgress: ({ done, total }) =>
      options.onProgress?.(Math.round((done / total) * estimate(options)), estimate(options)),
  })
  const rows = await loadFactsOf(services, city)
  const truthFile = join(dataDir, 'sample-truth.ndjson')
  writeFileSync(truthFile, (await city.groundTruth()).map((one) => `${JSON.stringify(one)}\n`).join(''))
  // Units come last: they say that the sample is complete, so that a kill before is repaired by the next start.
  const signIns = await runAs(services, ACTOR, ORIGIN, (ctx) => loadReference(ctx, city))
  writeFileSync(signInsFile(dataDir), JSON.stringify(signIns, null, 2), { mode: 0o600 })
  return { rows, seconds: (performance.now() - began) / 1000, truthFile }
}

/** Rows that a city of this size has, for the progress bar: measured, about seven and a half a vehicle and year. */
const estimate = (options: SampleOptions) => Math.round(options.vehicles * options.years * 7.5)

async function loadReference(ctx: RequestContext, city: City): Promise<SignIn[]> {
  const { reference } = city
  await ensureInstitutions(
    ctx,
    reference.institutions.map(({ unit_path, ...one }) => ({
      ...one,
      unitPath: unit_path,
      source: 'sample',
    })),
  )
  await ensureStaff(
    ctx,
    reference.staff.map((one) => ({
      id: one.id,
      source: 'sample',
      key: one.staff_number,
      name: one.name,
      staffNumber: one.staff_number,
      unitPath: one.unit_path,
      institutionId: one.institution_id,
      post: one.post,
    })),
  )
  await ensureAgents(
    ctx,
    reference.agents.map((one) => ({
      id: one.id,
      source: 'sample',
      key: one.id,
      name: one.name,
      company: one.company,
      unitPath: one.unit_path,
    })),
  )
  await ctx.db
    .insert(agentQuota)
    .values(
      reference.agent_quota.map((one) => ({
        agentId: one.agent_id,
        dayLimit: one.day_limit,
        monthLimit: one.month_limit,
      })),
    )
    .onConflictDoNothing()
  await ctx.db
    .insert(nonCompliantProduct)
    .values(
      reference.non_compliant_product.map((one) => ({
        id: one.id,
        model: one.model,
        notice: one.notice,
        validFrom: one.valid_from,
      })),
    )
    .onConflictDoNothing()
  await ensureUnits(
    ctx,
    reference.units.map((one) => ({
      id: one.id,
      code: one.code,
      parentCode: one.parent_code,
      level: one.level,
      name: one.name,
      localRegions: [...one.local_regions],
    })),
  )
  const signIns = await makeSignIns(ctx, reference)
  await ctx.audit.record({
    action: 'sample.load',
    after: { institutions: reference.institutions.length, units: reference.units.length },
  })
  return signIns
}

async function loadFactsOf(services: AppServices, city: City): Promise<number> {
  const waiting = new Map<FactTableName, Record<string, unknown>[]>()
  const cipherPool = createCipherPool({ keysFile: services.keys.file, workers: 1 })
  let total = 0
  const flush = async (table: FactTableName) => {
    const rows = waiting.get(table) ?? []
    waiting.set(table, [])
    if (rows.length === 0) return
    await loadFacts({
      services,
      lake: services.lake,
      actor: ACTOR,
      origin: ORIGIN,
      fact: table as FactName,
      source: 'sample',
      rows: [rows] as never,
      cipherPool,
    })
    total += rows.length
  }
  try {
    for await (const { table, rows } of city.batches()) {
      const list = waiting.get(table) ?? []
      waiting.set(table, list)
      for (const row of rows) list.push(factOf(row))
      if (list.length >= FLUSH_AT) await flush(table)
    }
    for (const table of waiting.keys()) await flush(table)
  } finally {
    await cipherPool.close()
  }
  return total
}
