/** Objects as files of a folder. */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ObjectStore, StoredObject } from './object-store.ts'

/** For what is not there: null. */
function nothing(error: unknown): null {
  if ((error as { code?: unknown }).code === 'ENOENT') return null
  throw error
}

/** Objects under `folder`. What is put must lie on the same file system, for it is moved into place in one step. */
export function folderStore(folder: string): ObjectStore {
  const pathOf = (key: string) => join(folder, key)
  return {
    has: async (key) => (await stat(pathOf(key)).catch(nothing)) !== null,
    async read(key) {
      const handle = await open(pathOf(key)).catch(nothing)
      return handle?.createReadStream() ?? null
    },
    async put(key, path) {
      const target = pathOf(key)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await rename(path, target)
      await syncFolder(dirname(target))
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    list: () => walk(folder, ''),
  }
}

/** A new name survives a loss of power only when the folder that holds it is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

async function* walk(folder: string, prefix: string): AsyncGenerator<StoredObject> {
  const entries = (await readdir(join(folder, prefix), { withFileTypes: true }).catch(nothing)) ?? []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const key = `${prefix}${entry.name}`
    // what begins with a dot is not ours, or not yet an object
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) yield* walk(folder, `${key}/`)
    else {
      const found = await stat(join(folder, key)).catch(nothing)
      if (found) yield { key, bytes: found.size }
    }
  }
}
