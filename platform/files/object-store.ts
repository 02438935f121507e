/** Where sealed files lie: named objects, written whole or not at all, never changed. On a folder, or in S3. */
import type { Readable } from 'node:stream'

/** An object as a listing tells it. */
export interface StoredObject {
  readonly key: string
  readonly bytes: number
}

/** A place for objects. Keys are paths of `[0-9a-z.-]` and `/`. */
export interface ObjectStore {
  has(key: string): Promise<boolean>
  /** Content of an object, or null where there is none. */
  read(key: string): Promise<Readable | null>
  /** Put the local file `path` under `key`, whole or not at all. The file may be moved away. */
  put(key: string, path: string): Promise<void>
  /** Remove an object; one that is not there is no fault. */
  remove(key: string): Promise<void>
  /** All objects in the order of their keys. */
  list(): AsyncIterable<StoredObject>
}

/** The store could not be reached, or answered that it cannot serve now. Trying later may help. */
export class StorageUnavailable extends Error {}
