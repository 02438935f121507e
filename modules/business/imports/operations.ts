/** Handlers of the import operations. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { fileErrors, fileLink, readUpload } from '@hengjian/platform/files'
import type { Handlers } from '@hengjian/platform/http'
import { enqueueJob } from '@hengjian/platform/jobs'
import { and, desc, eq, inArray, lt } from 'drizzle-orm'
import type { ImportView, importOperations } from './contract.ts'
import { importJob } from './import-file.job.ts'
import { columnsOf } from './import-file.ts'
import { createRun, type ImportRun, OPEN_STATES } from './import-run.ts'
import { importErrors, type Mapping, parseMapping } from './mapping.ts'
import { shippedMappings } from './shipped-mappings.ts'
import { importRun } from './tables.ts'

/** A run as it is shown. */
function presentRun(run: ImportRun, now: Date): ImportView {
  const seconds = run.startedAt ? ((run.finishedAt ?? now).getTime() - run.startedAt.getTime()) / 1000 : 0
  const isRunning = run.state === 'running' && seconds > 0
  const bytesPerSecond = isRunning ? run.bytesRead / seconds : 0
  return {
    id: run.id,
    fact: run.fact,
    mappingName: run.mappingName,
    fileName: run.fileName,
    fileBytes: run.fileBytes,
    state: run.state as ImportView['state'],
    records: run.position,
    bytesRead: run.bytesRead,
    inserted: run.inserted,
    skipped: run.skipped,
    rejected: run.rejected,
    factsPerSecond: isRunning ? Math.round((run.inserted + run.skipped) / seconds) : null,
    remainingSeconds:
      bytesPerSecond > 0 ? Math.round((run.fileBytes - run.bytesRead) / bytesPerSecond) : null,
    message: run.message,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  }
}

async function loadRun(ctx: RequestContext, id: string): Promise<ImportRun> {
  const [run] = await ctx.db.select().from(importRun).where(eq(importRun.id, id))
  if (!run) throw new Problem(platformErrors.not_found)
  return run
}

function mappingOf(given: string | Record<string, unknown>): Mapping {
  if (typeof given !== 'string') return parseMapping(given)
  const shipped = shippedMappings().get(given)
  if (!shipped)
    throw new Problem(importErrors.import_mapping, {
      issues: [{ path: 'mapping', message: `没有这个映射：${given}` }],
    })
  return shipped
}

/** Handlers by operation. */
export const importHandlers: Handlers<typeof importOperations> = {
  listMappings: async () => ({
    items: [...shippedMappings().values()].map((mapping) => ({
      name: mapping.name,
      title: mapping.title,
      about: mapping.about ?? null,
      fact: mapping.fact,
      columns: columnsOf(mapping, { required: true }),
    })),
  }),
  async startImport(ctx, { upload, mapping }) {
    const file = readUpload(ctx, ctx.actor, upload)
    const run = await createRun(ctx, file, mappingOf(mapping))
    await enqueueJob(ctx, importJob, { runId: run.id })
    return presentRun(run, ctx.clock.now())
  },
  async findImports(ctx, { cursor, limit, state }) {
    const rows = await ctx.db
      .select()
      .from(importRun)
      .where(
        and(cursor ? lt(importRun.id, cursor) : undefined, state ? eq(importRun.state, state) : undefined),
      )
      .orderBy(desc(importRun.id))
      .limit(limit + 1)
    const page = rows.slice(0, limit)
    const now = ctx.clock.now()
    return {
      items: page.map((run) => presentRun(run, now)),
      nextCursor: rows.length > limit ? page.at(-1)!.id : null,
    }
  },
  getImport: async (ctx, { id }) => presentRun(await loadRun(ctx, id), ctx.clock.now()),
  async cancelImport(ctx, { id }) {
    const now = ctx.clock.now()
    const before = await loadRun(ctx, id)
    const [run] = await ctx.db
      .update(importRun)
      .set({ state: 'cancelled', finishedAt: now, updatedAt: now })
      .where(and(eq(importRun.id, id), inArray(importRun.state, [...OPEN_STATES])))
      .returning()
    if (!run) throw new Problem(importErrors.import_ended, { data: { state: before.state } })
    await ctx.audit.record({
      action: 'business.cancel-import',
      object: { kind: 'import_run', id },
      before: { state: before.state },
      after: { state: run.state },
    })
    return presentRun(run, now)
  },
  async downloadRejects(ctx, { id }) {
    const run = await loadRun(ctx, id)
    if (!run.rejectFile) throw new Problem(fileErrors.file_not_found)
    await ctx.audit.record({ action: 'business.download-rejects', object: { kind: 'import_run', id } })
    return { url: fileLink(ctx, { digest: run.rejectFile, name: `${run.fileName}-rejects.csv` }) }
  },
}
