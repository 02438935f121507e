/**
 * Content-addressed store of files (PLT-30): the address is the SM3 of the content, equal contents are kept once,
 * everything lies encrypted, and what is read is verified. On a folder by default, or in S3.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId, scopeOf, systemActor } from '@hengjian/platform/context'
import type { Keys } from '@hengjian/platform/crypto'
import type { Database } from '@hengjian/platform/db'
import { Problem } from '@hengjian/platform/errors'
import { outbox } from '@hengjian/platform/outbox'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { fileErrors } from './errors.ts'
import { HEAD_BYTES, isImage, mediaTypeOf } from './media-type.ts'
import { type ObjectStore, StorageUnavailable } from './object-store.ts'
import type { Scan, Scanner, Verdict } from './scanner.ts'
import { contentLength, openStream, StoredFileError, sealStream } from './seal-stream.ts'
import { file, type ScanState, type ThumbnailState } from './tables.ts'

/** A stored file. */
export interface StoredFile {
  /** SM3 of the content in hex: its address. */
  readonly digest: string
  readonly bytes: number
  readonly mediaType: string
  readonly scan: ScanState
  readonly thumbnail: ThumbnailState
}

export interface PutOptions {
  /** As declared; what the first bytes tell goes before it. */
  readonly mediaType: string
  readonly maxBytes: number
  /** Made by this program from what was taken in before: not scanned again. */
  readonly ownWork?: boolean
}

/** The store of one process. */
export interface FileStore {
  /**
   * Store a stream. Nothing is accepted before the scanner, where there is one, has heard all of it.
   * @throws Problem `files.file_too_large` as soon as more than `maxBytes` have come · `files.file_type_mismatch` ·
   *   `files.file_infected` · `files.scanner_unavailable` · `files.storage_unavailable`
   */
  put(content: Readable, options: PutOptions): Promise<StoredFile & { readonly isNew: boolean }>
  /** Look a file up. @throws Problem `files.file_not_found` */
  find(digest: string): Promise<StoredFile>
  /** The content, verified chunk by chunk and at its end against the address. Fails with `StoredFileError`. */
  read(digest: string): Readable
  /** Its thumbnail, a WebP. @throws Problem `files.file_not_found` where none was made */
  readThumbnail(digest: string): Promise<Buffer>
  /** Keep the thumbnail of a file, or why there is none. A file that went meanwhile gets none. */
  keepThumbnail(digest: string, made: Buffer | { readonly fault: string }): Promise<void>
  /**
   * Ask the scanner about a stored file and keep what it says; `unscanned`: it cannot scan this one. Null: there is no
   * scanner, or it cannot be reached.
   */
  rescan(digest: string): Promise<Verdict | null>
  /** Whether the content lies in the store. */
  has(digest: string): Promise<boolean>
  /** Contents that lie in the store, in the order of their addresses. */
  list(): AsyncIterable<{ readonly digest: string; readonly bytes: number }>
  /** Take content and thumbnail out of the store. The caller holds the lock on the file's row. */
  discard(digest: string): Promise<void>
}

const SYSTEM = scopeOf(systemActor('files'))

/** Kind of the outbox event that tells of a new image. */
export const IMAGE_STORED = 'files.image-stored'

/** Key of a content: two levels of folders, so that none grows too long. */
const keyOf = (digest: string): string => `${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`
const thumbnailKeyOf = (digest: string): string => `thumbnails/${keyOf(digest)}`

const DIGEST = /^[0-9a-f]{64}$/
const CONTENT_KEY = /^[0-9a-f]{2}\/[0-9a-f]{2}\/([0-9a-f]{64})$/
const addressOf = (digest: string) => Buffer.from(digest, 'hex')

/** A store that cannot serve now, in the words of the catalogue. */
function inWords(error: unknown): unknown {
  if (!(error instanceof StorageUnavailable)) return error
  return new Problem(fileErrors.storage_unavailable, { cause: error })
}

/**
 * Open the store.
 * @param options.temporaryFolder where an upload is gathered, encrypted, until its address is known; on the same file
 *   system as a folder store it is moved into place in one step
 */
export function createFileStore(options: {
  objects: ObjectStore
  temporaryFolder: string
  keys: Pick<Keys, 'fileKey'>
  database: Database
  scanner?: Scanner
}): FileStore {
  const { objects, database, keys, scanner } = options

  async function* contentOf(digest: string): AsyncGenerator<Buffer> {
    if (!DIGEST.test(digest)) throw new Problem(fileErrors.file_not_found)
    yield* verified(keyOf(digest), digest)
  }

  async function* verified(key: string, digest: string): AsyncGenerator<Buffer> {
    try {
      const sealed = await objects.read(key)
      if (!sealed) throw new Problem(fileErrors.file_not_found)
      const hash = createHash('sm3')
      for await (const piece of openStream(keys.fileKey, sealed)) {
        hash.update(piece)
        yield piece
      }
      if (hash.digest('hex') !== digest) throw new StoredFileError('the content is not what its address says')
    } catch (error) {
      throw inWords(error)
    }
  }

  async function rowOf(digest: string) {
    if (!DIGEST.test(digest)) return undefined
    const rows = await database.transaction(SYSTEM, (tx) =>
      tx.db
        .select()
        .from(file)
        .where(and(eq(file.digest, addressOf(digest)), isNull(file.discardedAt))),
    )
    return rows[0]
  }

  const change = (digest: string, set: Partial<typeof file.$inferInsert>) =>
    database.transaction(SYSTEM, (tx) =>
      tx.db
        .update(file)
        .set(set)
        .where(eq(file.digest, addressOf(digest))),
    )

  /** Run `work` with the name of a temporary file, which is gone afterwards. */
  async function withTemporary<T>(work: (path: string) => Promise<T>): Promise<T> {
    await mkdir(options.temporaryFolder, { recursive: true, mode: 0o700 })
    const path = join(options.temporaryFolder, newId())
    try {
      return await work(path)
    } finally {
      await rm(path, { force: true })
    }
  }

  async function seal(content: AsyncIterable<Buffer>, path: string): Promise<void> {
    await pipeline(
      Readable.from(sealStream(keys.fileKey, content)),
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    )
    const handle = await open(path, 'r+')
    await handle.sync().finally(() => handle.close())
  }

  /** Write a stream, sealed, to `temporary`, while it is measured, digested and scanned. */
  async function gather(content: Readable, temporary: string, maxBytes: number, scan: Scan | undefined) {
    const hash = createHash('sm3')
    let bytes = 0
    let head = Buffer.alloc(0)
    const passing = (async function* () {
      for await (const piece of content as AsyncIterable<Buffer>) {
        bytes += piece.length
        if (bytes > maxBytes)
          throw new Problem(fileErrors.file_too_large, {
            detail: `最大 ${Math.floor(maxBytes / 1_048_576)} MB`,
          })
        if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES)])
        hash.update(piece)
        await scan?.write(piece)
        yield piece
      }
    })()
    try {
      await seal(passing, temporary)
    } catch (error) {
      scan?.abandon()
      throw error
    }
    return { digest: hash.digest('hex'), bytes, head, verdict: (await scan?.end()) ?? null }
  }

  /** State of a new file. @throws Problem for what may not be accepted */
  async function judge(digest: string, verdict: Verdict | null, ownWork: boolean): Promise<ScanState> {
    if (!verdict) return ownWork ? 'own' : 'off'
    if (verdict.kind === 'infected') {
      await change(digest, { scan: 'infected', threat: verdict.threat, scannedAt: new Date() })
      throw new Problem(fileErrors.file_infected, { detail: verdict.threat })
    }
    if (verdict.kind === 'unscanned' && scanner?.whenUnreachable === 'refuse')
      throw new Problem(fileErrors.scanner_unavailable, { cause: new Error(verdict.reason) })
    return verdict.kind
  }

  /** The row goes first: from now on the sweep leaves the content alone, for it was handed in just now. */
  async function enter(row: typeof file.$inferInsert): Promise<StoredFile> {
    const [entered] = await database.transaction(SYSTEM, (tx) =>
      tx.db
        .insert(file)
        .values(row)
        .onConflictDoUpdate({
          target: file.digest,
          set: {
            storedAt: sql`now()`,
            discardedAt: null,
            // only a verdict takes the place of what was known
            scan: sql`CASE WHEN excluded.scan = 'clean' THEN 'clean' ELSE ${file.scan} END`,
            scannedAt: sql`coalesce(excluded.scanned_at, ${file.scannedAt})`,
            threat: sql`CASE WHEN excluded.scan = 'clean' THEN NULL ELSE ${file.threat} END`,
            // the sweep may have taken the one it had
            thumbnail: sql`CASE WHEN ${file.discardedAt} IS NULL THEN ${file.thumbnail} ELSE excluded.thumbnail END`,
          },
        })
        .returning(),
    )
    return present(entered!)
  }

  return {
    put: (content, { mediaType, maxBytes, ownWork = false }) =>
      withTemporary(async (temporary) => {
        const scan = ownWork ? undefined : scanner?.begin()
        const { digest, bytes, head, verdict } = await gather(content, temporary, maxBytes, scan)
        const type = mediaTypeOf(mediaType, head)
        if (!type) throw new Problem(fileErrors.file_type_mismatch, { detail: mediaType })
        const state = await judge(digest, verdict, ownWork)
        const stored = await enter({
          ...{ digest: addressOf(digest), bytes, mediaType: type, scan: state },
          scannedAt: state === 'clean' ? new Date() : null,
          thumbnail: isImage(type) ? 'waiting' : 'none',
        })
        try {
          const isNew = !(await objects.has(keyOf(digest)))
          if (isNew) await objects.put(keyOf(digest), temporary)
          if (stored.thumbnail === 'waiting') await tellOfImage(database, digest)
          return { ...stored, isNew }
        } catch (error) {
          throw inWords(error)
        }
      }),
    async find(digest) {
      const row = await rowOf(digest)
      if (!row) throw new Problem(fileErrors.file_not_found)
      return present(row)
    },
    read: (digest) => Readable.from(contentOf(digest), { objectMode: false }),
    async readThumbnail(digest) {
      const made = (await rowOf(digest))?.thumbnailDigest
      if (!made) throw new Problem(fileErrors.file_not_found)
      return Buffer.concat(await Array.fromAsync(verified(thumbnailKeyOf(digest), made.toString('hex'))))
    },
    async keepThumbnail(digest, made) {
      if (!Buffer.isBuffer(made))
        return void (await change(digest, { thumbnail: 'refused', thumbnailFault: made.fault }))
      await withTemporary(async (temporary) => {
        await seal(Readable.from([made]), temporary)
        await objects.put(thumbnailKeyOf(digest), temporary)
      })
      const thumbnailDigest = createHash('sm3').update(made).digest()
      const set = { thumbnail: 'made', thumbnailDigest, thumbnailFault: null } as const
      const { rowCount } = await change(digest, set)
      if (rowCount === 0) await objects.remove(thumbnailKeyOf(digest))
    },
    async rescan(digest) {
      const scan = scanner?.begin()
      if (!scan) return null
      try {
        for await (const piece of contentOf(digest)) {
          if (scan.isOver) break
          await scan.write(piece)
        }
      } catch (error) {
        scan.abandon()
        throw error
      }
      const verdict = await scan.end()
      // no verdict on the file, and one on nothing: it is the file
      if (verdict.kind === 'unscanned' && (await scanner?.begin().end())?.kind !== 'clean') return null
      const threat = verdict.kind === 'infected' ? verdict.threat : null
      await change(digest, { scan: verdict.kind, threat, scannedAt: new Date() })
      return verdict
    },
    has: (digest) => objects.has(keyOf(digest)),
    async *list() {
      for await (const { key, bytes } of objects.list()) {
        const digest = CONTENT_KEY.exec(key)?.[1]
        if (digest) yield { digest, bytes: contentLength(bytes) }
      }
    },
    async discard(digest) {
      await objects.remove(thumbnailKeyOf(digest))
      await objects.remove(keyOf(digest))
    },
  }
}

const present = (row: typeof file.$inferSelect): StoredFile => ({
  digest: row.digest.toString('hex'),
  bytes: row.bytes,
  mediaType: row.mediaType,
  scan: row.scan,
  thumbnail: row.thumbnail,
})

/** Ask for the thumbnail of an image that lies in the store. */
export const tellOfImage = (database: Database, digest: string): Promise<unknown> =>
  database.transaction(SYSTEM, (tx) =>
    tx.db.insert(outbox).values({ eventId: newId(), kind: IMAGE_STORED, payload: { digest } }),
  )
