import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Actor, newId, type Origin, type Services, systemActor } from '@hengjian/platform/context'
import { createCipherPool } from '@hengjian/platform/crypto'
import type { DataScope } from '@hengjian/platform/db'
import { Problem } from '@hengjian/platform/errors'
import { type FileStore, holdFile } from '@hengjian/platform/files'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobContext, type JobHandler } from '@hengjian/platform/jobs'
import type { Lake } from '@hengjian/platform/lake'
import { eq } from 'drizzle-orm'
import type { Derivation } from '../derive-columns.ts'
import { clearValuesOf } from '../fact-input.ts'
import { importJob } from './import-file.job.ts'
import { continueImport, rejectsPathOf } from './import-file.ts'
import { type ImportRun, OPEN_STATES, RunStopped } from './import-run.ts'
import type { ImportPorts } from './ports.ts'
import type { ImportFile } from './record-source.ts'
import { importRun } from './tables.ts'

/** What the import job needs beside the services. */
export interface ImportJobNeeds {
  readonly lake: Lake
  readonly files: FileStore
  readonly ports: ImportPorts
  readonly derivation?: Derivation
}

/** Rejects of one import are kept up to this size. */
const LARGEST_REJECTS = 1 << 30

/** A stored file as the source of an import. */
function fileInStore(files: FileStore, run: ImportRun): ImportFile {
  return {
    name: run.fileName,
    bytes: run.fileBytes,
    digest: run.fileDigest,
    stream: () => files.read(run.fileDigest),
    async materialise(folder) {
      const path = join(folder, `${newId()}.parquet`)
      await pipeline(files.read(run.fileDigest), createWriteStream(path, { mode: 0o600 }))
      return path
    },
  }
}

/** The importer acts in its own name, within the scope of whoever started the run. */
const actorOf = (run: ImportRun): Actor => ({
  ...systemActor('数据导入', run.unitPath, run.scope === 'own' ? 'unit' : (run.scope as DataScope)),
  unitId: run.unitId,
})

export const importHandler = (needs: ImportJobNeeds): JobHandler =>
  handleJob(importJob, async (job, { runId }) => {
    const { services } = job
    const origin: Origin = { requestId: job.jobId, clientAddress: 'worker' }
    const run = await runAs(services, systemActor('数据导入'), origin, async (ctx) => {
      const [found] = await ctx.db.select().from(importRun).where(eq(importRun.id, runId))
      return found
    })
    if (!run) return
    if ((OPEN_STATES as readonly string[]).includes(run.state)) await carryOn(needs, job, origin, run)
    await keepRejects(needs.files, services, origin, run)
  })

async function carryOn(
  needs: ImportJobNeeds,
  job: JobContext,
  origin: Origin,
  run: ImportRun,
): Promise<void> {
  const hasPersonalValues = clearValuesOf(run.fact).length > 0
  const cipherPool = hasPersonalValues
    ? createCipherPool({ keysFile: job.services.keys.file, workers: 1 })
    : undefined
  try {
    await continueImport(
      {
        services: job.services,
        lake: needs.lake,
        ports: needs.ports,
        actor: actorOf(run),
        origin,
        file: fileInStore(needs.files, run),
        signal: job.signal,
        ...(cipherPool ? { cipherPool } : {}),
        ...(needs.derivation ? { derivation: needs.derivation } : {}),
        onProgress: ({ bytesRead, fileBytes, factsPerSecond }) =>
          job.progress(bytesRead, fileBytes, `${run.fileName}：${factsPerSecond} 条/秒`),
      },
      run.id,
    )
  } catch (error) {
    // Cancelled, or a fault of file or mapping that the run tells: trying again would find the same.
    if (!(error instanceof RunStopped || error instanceof Problem)) throw error
    job.services.log.warn({ run: run.id, reason: error.message }, 'import ended early')
  } finally {
    await cipherPool?.close()
  }
}

/** Move the rejects from the working folder, where they lie in clear, into the store. */
async function keepRejects(
  files: FileStore,
  services: Services,
  origin: Origin,
  run: ImportRun,
): Promise<void> {
  const path = rejectsPathOf(services.config.dataDir, run.id)
  const now = await runAs(services, actorOf(run), origin, async (ctx) => {
    const [found] = await ctx.db.select().from(importRun).where(eq(importRun.id, run.id))
    return found
  })
  // a failed run may be taken up again and needs its rejects where they are
  if (!now || now.state === 'failed' || now.state === 'running') return
  if (now.rejected > 0 && !now.rejectFile) {
    const stored = await files.put(createReadStream(path), {
      mediaType: 'text/csv',
      maxBytes: LARGEST_REJECTS,
      ownWork: true,
    })
    await runAs(services, actorOf(run), origin, async (ctx) => {
      await holdFile(ctx, stored.digest)
      await ctx.db.update(importRun).set({ rejectFile: stored.digest }).where(eq(importRun.id, run.id))
    })
  }
  await rm(path, { force: true })
  await rm(join(services.config.dataDir, 'imports', `${run.id}.lock`), { force: true })
}
