/** Handlers of the import operations. */
import type { RequestContext } from '@hengjian/platform/context'
import { keysetPage, type SortKey } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import {
  fileErrors,
  fileLink,
  filesOf,
  holdFile,
  readUpload,
  type ScanState,
  thumbnailLink,
} from '@hengjian/platform/files'
import type { Handlers } from '@hengjian/platform/http'
import { enqueueJob } from '@hengjian/platform/jobs'
import { and, eq, inArray } from 'drizzle-orm'
import type { ImportView, importOperations } from './contract.ts'
import { importJob } from './import-file.job.ts'
import { columnsOf } from './import-file.ts'
import { createRun, type ImportRun, OPEN_STATES } from './import-run.ts'
import { importErrors, type Mapping, parseMapping } from './mapping.ts'
import { shippedMappings } from './shipped-mappings.ts'
import { importRun } from './tables.ts'

/** A run as it is shown, with what is known of its file where that lies in the store. */
function presentRun(run: ImportRun, now: Date, files: ReadonlyMap<string, { scan: ScanState }>): ImportView {
  const seconds = run.startedAt ? ((run.finishedAt ?? now).getTime() - run.startedAt.getTime()) / 1000 : 0
  const isRunning = run.state === 'running' && seconds > 0
  const bytesPerSecond = isRunning ? run.bytesRead / seconds : 0
  return {
    id: run.id,
    fact: run.fact,
    mappingName: run.mappingName,
    fileName: run.fileName,
    fileBytes: run.fileBytes,
    fileScan: files.get(run.fileDigest)?.scan ?? null,
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

const presentOne = async (ctx: RequestContext, run: ImportRun): Promise<ImportView> =>
  presentRun(run, ctx.clock.now(), await filesOf(ctx, [run.fileDigest]))

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

const sortKeys = {
  createdAt: { by: importRun.createdAt, type: 'timestamptz' },
  fileName: { by: importRun.fileName, type: 'text' },
} as const satisfies Record<string, SortKey>

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
    await holdFile(ctx, file.digest)
    const run = await createRun(ctx, file, mappingOf(mapping))
    await enqueueJob(ctx, importJob, { runId: run.id })
    return presentOne(ctx, run)
  },
  async findImports(ctx, { state, sort, ...request }) {
    const page = keysetPage(sortKeys, importRun.id, sort ?? '-createdAt', request)
    const found = await ctx.db
      .select({ run: importRun, key: page.key })
      .from(importRun)
      .where(and(state ? eq(importRun.state, state) : undefined, page.after))
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ run }) => run.id)
    const now = ctx.clock.now()
    const runs = rows.map(({ run }) => run)
    const files = await filesOf(ctx, [...new Set(runs.map((run) => run.fileDigest))])
    return { items: runs.map((run) => presentRun(run, now, files)), nextCursor }
  },
  getImport: async (ctx, { id }) => presentOne(ctx, await loadRun(ctx, id)),
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
    return presentOne(ctx, run)
  },
  async openImportFile(ctx, { id }) {
    const { fileDigest: digest, fileName: name } = await loadRun(ctx, id)
    const known = (await filesOf(ctx, [digest])).get(digest)
    if (!known) throw new Problem(fileErrors.file_not_found)
    if (known.scan === 'infected') throw new Problem(fileErrors.file_infected)
    await ctx.audit.record({ action: 'business.open-import-file', object: { kind: 'import_run', id } })
    return {
      url: fileLink(ctx, { digest, name }),
      thumbnailUrl: known.thumbnail === 'made' ? thumbnailLink(ctx, { digest, name }) : null,
    }
  },
  async downloadRejects(ctx, { id }) {
    const run = await loadRun(ctx, id)
    if (!run.rejectFile) throw new Problem(fileErrors.file_not_found)
    await ctx.audit.record({ action: 'business.download-rejects', object: { kind: 'import_run', id } })
    return { url: fileLink(ctx, { digest: run.rejectFile, name: `${run.fileName}-rejects.csv` }) }
  },
}
