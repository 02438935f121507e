/**
 * Content-addressed store of files (PLT-30): the address is the SM3 of the content, equal contents are kept once,
 * everything lies encrypted, and what is read is verified. On a folder by default, on any disk flydrive knows.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { newId, scopeOf, systemActor } from '@hengjian/platform/context'
import type { Keys } from '@hengjian/platform/crypto'
import type { Database } from '@hengjian/platform/db'
import { defineErrors, Problem } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'
import { openStream, StoredFileError, sealStream } from './seal-stream.ts'
import { file } from './tables.ts'

export const fileErrors = defineErrors('files', {
  file_too_large: { status: 413, title: '文件过大' },
  file_not_found: { status: 404, title: '没有这个文件' },
  link_expired: { status: 403, title: '链接无效或已过期' },
})

/** A stored file. */
export interface StoredFile {
  /** SM3 of the content in hex: its address. */
  readonly digest: string
  readonly bytes: number
  readonly mediaType: string
}

/** The store of one process. */
export interface FileStore {
  /**
   * Store a stream. @throws Problem `files.file_too_large` as soon as more than `maxBytes` have come
   */
  put(
    content: Readable,
    options: { mediaType: string; maxBytes: number },
  ): Promise<StoredFile & { readonly isNew: boolean }>
  /** Look a file up. @throws Problem `files.file_not_found` */
  find(digest: string): Promise<StoredFile>
  /** The content, verified chunk by chunk and at its end against the address. Fails with `StoredFileError`. */
  read(digest: string): Readable
}

const SYSTEM = scopeOf(systemActor('files'))

/** A disk on a local folder. */
export const folderDisk = (folder: string): Disk =>
  new Disk(new FSDriver({ location: pathToFileURL(`${folder}/`), visibility: 'private' }))

/** Key on the disk: two levels of folders, so that none grows too long. */
const keyOf = (digest: string): string => `${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`

const DIGEST = /^[0-9a-f]{64}$/

/**
 * Open the store.
 * @param options.temporaryFolder where an upload is gathered, encrypted, until its address is known; on the same file
 *   system as a folder disk it is moved into place in one step
 */
export function createFileStore(options: {
  disk: Disk
  temporaryFolder: string
  keys: Pick<Keys, 'fileKey'>
  database: Database
}): FileStore {
  const { disk, database, keys, temporaryFolder } = options

  async function* contentOf(digest: string): AsyncGenerator<Buffer> {
    if (!DIGEST.test(digest) || !(await disk.exists(keyOf(digest))))
      throw new Problem(fileErrors.file_not_found)
    const hash = createHash('sm3')
    for await (const piece of openStream(keys.fileKey, await disk.getStream(keyOf(digest)))) {
      hash.update(piece)
      yield piece
    }
    if (hash.digest('hex') !== digest) throw new StoredFileError('the content is not what its address says')
  }

  async function gather(content: Readable, temporary: string, maxBytes: number) {
    const hash = createHash('sm3')
    let bytes = 0
    const counted = (async function* () {
      for await (const piece of content as AsyncIterable<Buffer>) {
        bytes += piece.length
        if (bytes > maxBytes)
          throw new Problem(fileErrors.file_too_large, {
            detail: `最大 ${Math.floor(maxBytes / 1_048_576)} MB`,
          })
        hash.update(piece)
        yield piece
      }
    })()
    await pipeline(
      Readable.from(sealStream(keys.fileKey, counted)),
      createWriteStream(temporary, { flags: 'wx', mode: 0o600 }),
    )
    const handle = await open(temporary, 'r+')
    await handle.sync().finally(() => handle.close())
    return { digest: hash.digest('hex'), bytes }
  }

  return {
    async put(content, { mediaType, maxBytes }) {
      await mkdir(temporaryFolder, { recursive: true, mode: 0o700 })
      const temporary = join(temporaryFolder, newId())
      try {
        const { digest, bytes } = await gather(content, temporary, maxBytes)
        const isNew = !(await disk.exists(keyOf(digest)))
        if (isNew) await disk.moveFromFs(temporary, keyOf(digest))
        await database.transaction(SYSTEM, (tx) =>
          tx.db
            .insert(file)
            .values({ digest: Buffer.from(digest, 'hex'), bytes, mediaType })
            .onConflictDoNothing(),
        )
        return { digest, bytes, mediaType, isNew }
      } finally {
        await rm(temporary, { force: true })
      }
    },
    async find(digest) {
      const [row] = DIGEST.test(digest)
        ? await database.transaction(SYSTEM, (tx) =>
            tx.db
              .select()
              .from(file)
              .where(eq(file.digest, Buffer.from(digest, 'hex'))),
          )
        : []
      if (!row) throw new Problem(fileErrors.file_not_found)
      return { digest, bytes: row.bytes, mediaType: row.mediaType }
    },
    read: (digest) => Readable.from(contentOf(digest), { objectMode: false }),
  }
}
