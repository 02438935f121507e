/** Jobs of stored files: thumbnails, scanning again what could not be scanned, the sweep. */
import { raiseSecurityEvent } from '@hengjian/platform/audit'
import { type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { defineJob, handleJob, type JobContext, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { type FileStore, IMAGE_STORED } from './file-store.ts'
import { LARGEST_IMAGE, makeThumbnail } from './make-thumbnail.ts'
import { assertVisible, type FileReference } from './references.ts'
import { sweepFiles } from './sweep.ts'
import { file } from './tables.ts'

const thumbnailJob = defineJob({
  name: 'files.make-thumbnail',
  input: z.object({ digest: z.string() }),
  on: [IMAGE_STORED],
  quiet: true,
})

const rescanJob = defineJob({
  name: 'files.rescan',
  input: z.object({}),
  schedule: { cron: '15 * * * *', input: {} },
  singleton: true,
  quiet: true,
})

const sweepJob = defineJob({
  name: 'files.sweep',
  input: z.object({}),
  schedule: { cron: '20 4 * * *', input: {} },
  singleton: true,
  timeoutSeconds: 4 * 3600,
})

export interface FileJobsOptions {
  readonly files: FileStore
  /** Columns of all modules that name stored files. */
  readonly references: readonly FileReference[]
  /** Days that an upload waits for a record that refers to it; at least one. */
  readonly graceDays: (ctx: RequestContext) => Promise<number>
}

/** Handlers for the worker. */
export function fileJobs(options: FileJobsOptions): JobHandler[] {
  const { files, references } = options
  assertVisible(references)
  return [
    handleJob(thumbnailJob, (_job, { digest }) => keepThumbnailOf(files, digest)),
    handleJob(rescanJob, (job) => rescanAll(job, files)),
    handleJob(sweepJob, async (job) => {
      const { services, signal } = job
      const origin = { requestId: job.jobId, clientAddress: 'worker' }
      const graceDays = await runAs(services, systemActor('文件清理'), origin, options.graceDays)
      const told = await sweepFiles({ services, files, references, graceDays, origin, signal })
      await job.progress(
        1,
        1,
        `清理 ${told.removed} 个无人引用的文件（${told.removedBytes} 字节）；缺失 ${told.missing} 个`,
      )
    }),
  ]
}

async function keepThumbnailOf(files: FileStore, digest: string): Promise<void> {
  const { bytes, thumbnail } = await files.find(digest)
  if (thumbnail !== 'waiting') return
  if (bytes > LARGEST_IMAGE) return files.keepThumbnail(digest, { fault: '图像文件过大，未生成缩略图' })
  await files.keepThumbnail(digest, await makeThumbnail(files.read(digest)))
}

/** Files that were accepted without the scanner; they wait while it cannot be reached. */
async function rescanAll({ services, signal, jobId }: JobContext, files: FileStore): Promise<void> {
  const origin = { requestId: jobId, clientAddress: 'worker' }
  const rows = await runAs(services, systemActor('病毒扫描'), origin, (ctx) =>
    ctx.db
      .select({ digest: file.digest })
      .from(file)
      .where(and(eq(file.scan, 'unscanned'), isNull(file.scannedAt), isNull(file.discardedAt)))
      .limit(1_000),
  )
  for (const row of rows) {
    signal.throwIfAborted()
    const digest = row.digest.toString('hex')
    const verdict = await files.rescan(digest)
    if (!verdict) return
    if (verdict.kind === 'infected') await tellInfected(services, digest, verdict.threat)
  }
}

const tellInfected = (services: Services, digest: string, threat: string) =>
  raiseSecurityEvent(services, {
    kind: 'file-infected',
    object: { kind: 'file', id: digest },
    message: `已接收的文件经补扫发现 ${threat}，已停止提供`,
  })
