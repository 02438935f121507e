/** A file of the local disk as the source of an import. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { newId } from '@hengjian/platform/context'
import type { ImportFile } from './record-source.ts'

/** Open `path`; reads it once for its SM3. @throws Error of the file system where it cannot be read */
export async function fileOnDisk(path: string): Promise<ImportFile> {
  const { size } = await stat(path)
  const hash = createHash('sm3')
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer)
  return {
    name: basename(path),
    bytes: size,
    digest: hash.digest('hex'),
    stream: () => createReadStream(path, { highWaterMark: 1 << 18 }),
    async materialise(folder) {
      const copy = join(folder, `${newId()}.parquet`)
      await copyFile(path, copy)
      return copy
    },
  }
}
