/** DuckDB as the lake uses it: in memory, bounded, and shut off from everything but the lake's own folder. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { literal } from './catalogue.ts'

/** Bounds of analysis on this machine. */
export interface EngineLimits {
  /** DuckDB spills to disk above it; default `1GB`, with which the process stays below 2 GB. */
  readonly memory?: string
  /** Default 2. */
  readonly threads?: number
}

/** A running DuckDB. */
export interface Engine {
  /** Run `work` on a connection of its own: its temporary tables and views are nobody else's. */
  connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>
  close(): void
}

/** Start DuckDB for the lake in `folder` (made where missing). Extensions are never fetched nor loaded by themselves. */
export async function openEngine(folder: string, limits: EngineLimits = {}): Promise<Engine> {
  const spill = join(folder, '.tmp', 'spill')
  await mkdir(spill, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads ?? 2),
    memory_limit: limits.memory ?? '1GB',
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'false',
  })
  const setup = await instance.connect()
  await setup.run(`SET allowed_directories = [${literal(folder)}]`)
  // a listed file never changes
  await setup.run('SET parquet_metadata_cache = true')
  await setup.run('SET enable_external_access = false')
  await setup.run('SET lock_configuration = true')
  setup.closeSync()
  return {
    async connected(work) {
      const connection = await instance.connect()
      try {
        return await work(connection)
      } finally {
        connection.closeSync()
      }
    },
    close: () => instance.closeSync(),
  }
}
