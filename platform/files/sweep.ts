/**
 * Rows, objects and references brought together (PLT-30): what nobody refers to is removed after a while of grace,
 * what is referred to and not there is told.
 *
 * Removing races with a record being written. Two steps, each under the row's lock: first the row is marked, after
 * which no record can hold the file; then the object goes, and the row. A record holds the file (`holdFile`) before it
 * is written, so either the first step finds the hold or the record, or the record finds no file. Killed between the
 * steps, the next sweep finds the mark; handing the same content in again takes the mark away.
 */
import { raiseSecurityEvent } from '@hengjian/platform/audit'
import { type Origin, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { and, asc, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import { type FileStore, tellOfImage } from './file-store.ts'
import { type FileReference, isReferredTo, unreferenced } from './references.ts'
import { file } from './tables.ts'

export interface SweepOptions {
  readonly services: Services
  readonly files: FileStore
  readonly references: readonly FileReference[]
  /** Days since a content was last handed in before it may go. */
  readonly graceDays: number
  readonly origin: Origin
  readonly signal: AbortSignal
}

export interface SweepResult {
  /** Contents that nobody referred to, and that are gone now. */
  readonly removed: number
  readonly removedBytes: number
  /** Objects that no row knew; they go when their grace is over. */
  readonly adopted: number
  /** Contents that records refer to and that the store does not have. */
  readonly missing: number
}

const PAGE = 500
const EVENTS_TOLD = 100
const DAY_MS = 86_400_000
const ACTOR = systemActor('文件清理')

interface Known {
  readonly digest: string
  readonly storedAt: Date
}

/** Compare store and rows, then remove. Safe to repeat, and to run beside anything. */
export async function sweepFiles(options: SweepOptions): Promise<SweepResult> {
  const { adopted, missing } = await compare(options)
  const { removed, removedBytes } = await removeUnreferenced(options)
  await askAgainForThumbnails(options)
  return { adopted, missing, removed, removedBytes }
}

const as = <T>({ services, origin }: SweepOptions, work: (ctx: RequestContext) => Promise<T>): Promise<T> =>
  runAs(services, ACTOR, origin, work)

/** One pass over both lists, which have the same order. */
async function compare(options: SweepOptions): Promise<{ adopted: number; missing: number }> {
  const { files, signal } = options
  const rows = rowsInOrder(options)
  let adopted = 0
  let missing = 0
  const absent = async (row: Known) => {
    if (await isMissing(options, row)) {
      missing += 1
      if (missing <= EVENTS_TOLD) await tellMissing(options.services, row.digest)
    }
  }
  let row = await rows.next()
  for await (const object of files.list()) {
    signal.throwIfAborted()
    for (; !row.done && row.value.digest < object.digest; row = await rows.next()) await absent(row.value)
    if (!row.done && row.value.digest === object.digest) row = await rows.next()
    else adopted += await adopt(options, object)
  }
  for (; !row.done; row = await rows.next()) await absent(row.value)
  return { adopted, missing }
}

async function* rowsInOrder(options: SweepOptions): AsyncGenerator<Known> {
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const page = await as(options, (ctx) =>
      ctx.db
        .select({ digest: file.digest, storedAt: file.storedAt })
        .from(file)
        .where(and(gt(file.digest, after), isNull(file.discardedAt)))
        .orderBy(asc(file.digest))
        .limit(PAGE),
    )
    for (const { digest, storedAt } of page) yield { digest: digest.toString('hex'), storedAt }
    if (page.length < PAGE) return
    after = page.at(-1)!.digest
  }
}

/** Referred to, not there, and not just on its way: a row precedes its object. */
async function isMissing(options: SweepOptions, { digest, storedAt }: Known): Promise<boolean> {
  if (storedAt.getTime() > options.services.clock.now().getTime() - DAY_MS) return false
  if (await options.files.has(digest)) return false
  return as(options, (ctx) => isReferredTo(ctx, options.references, digest))
}

const tellMissing = (services: Services, digest: string) =>
  raiseSecurityEvent(services, {
    kind: 'file-missing',
    object: { kind: 'file', id: digest },
    message: '有记录引用的文件在存储中不存在',
  })

/** An object without a row, as after restoring an older copy of the database: its grace begins now. */
async function adopt(
  options: SweepOptions,
  { digest, bytes }: { digest: string; bytes: number },
): Promise<number> {
  const row = { digest: Buffer.from(digest, 'hex'), bytes, mediaType: 'application/octet-stream' }
  const { rowCount } = await as(options, (ctx) => ctx.db.insert(file).values(row).onConflictDoNothing())
  return rowCount ?? 0
}

async function removeUnreferenced(options: SweepOptions): Promise<{ removed: number; removedBytes: number }> {
  const { services, references, signal } = options
  const before = new Date(services.clock.now().getTime() - options.graceDays * DAY_MS)
  let removed = 0
  let removedBytes = 0
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const page = await as(options, (ctx) =>
      ctx.db
        .select({ digest: file.digest })
        .from(file)
        .where(
          and(
            gt(file.digest, after),
            or(isNotNull(file.discardedAt), and(lt(file.storedAt, before), unreferenced(references))),
          ),
        )
        .orderBy(asc(file.digest))
        .limit(PAGE),
    )
    for (const { digest } of page) {
      signal.throwIfAborted()
      await mark(options, digest, before)
      const bytes = await remove(options, digest)
      if (bytes === null) continue
      removed += 1
      removedBytes += bytes
    }
    if (page.length < PAGE) return { removed, removedBytes }
    after = page.at(-1)!.digest
  }
}

/** First step: unless somebody holds it or a record names it, no record can take the file any more. */
const mark = (options: SweepOptions, digest: Buffer, before: Date): Promise<void> =>
  as(options, async (ctx) => {
    const [row] = await ctx.db
      .select()
      .from(file)
      .where(and(eq(file.digest, digest), isNull(file.discardedAt), lt(file.storedAt, before)))
      .for('update', { skipLocked: true })
    // a new statement: it sees records that were committed before the lock was had
    if (!row || (await isReferredTo(ctx, options.references, digest.toString('hex')))) return
    await ctx.db
      .update(file)
      .set({ discardedAt: options.services.clock.now() })
      .where(eq(file.digest, digest))
    await ctx.audit.record({
      action: 'files.remove-unreferenced',
      object: { kind: 'file', id: digest.toString('hex') },
      before: { bytes: row.bytes, mediaType: row.mediaType, storedAt: row.storedAt.toISOString() },
    })
  })

/** Second step: what is still marked goes. Null: it was not marked, or was handed in again. */
const remove = (options: SweepOptions, digest: Buffer): Promise<number | null> =>
  as(options, async (ctx) => {
    const [row] = await ctx.db
      .select()
      .from(file)
      .where(and(eq(file.digest, digest), isNotNull(file.discardedAt)))
      .for('update')
    if (!row) return null
    await options.files.discard(digest.toString('hex'))
    await ctx.db.delete(file).where(eq(file.digest, digest))
    return row.bytes
  })

/** The request for a thumbnail follows the object in a transaction of its own, and may have been lost in a stop. */
async function askAgainForThumbnails(options: SweepOptions): Promise<void> {
  const waiting = await as(options, (ctx) =>
    ctx.db
      .select({ digest: file.digest })
      .from(file)
      .where(and(eq(file.thumbnail, 'waiting'), lt(file.storedAt, sql`now() - interval '1 hour'`)))
      .limit(PAGE),
  )
  for (const { digest } of waiting) await tellOfImage(options.services.database, digest.toString('hex'))
}
