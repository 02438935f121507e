/** Parquet as records, read through DuckDB as a stream; every value comes as its text. */

import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Problem } from '@hengjian/platform/errors'
import { importErrors } from './mapping.ts'
import type { RecordReader, SourceRecord } from './record-source.ts'

/** Open the file at `path`, which lies in `temporaryFolder` and is removed at the end. */
export async function readParquet(path: string, temporaryFolder: string): Promise<RecordReader> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '512MB',
    temp_directory: temporaryFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  const quotedPath = `'${path.replaceAll("'", "''")}'`
  await connection.run(`SET allowed_directories = ['${dirname(path).replaceAll("'", "''")}']`)
  await connection.run('SET enable_external_access = false')
  await connection.run(`SET TimeZone = 'UTC'`)
  const close = async () => {
    connection.closeSync()
    instance.closeSync()
    await rm(path, { force: true })
  }
  try {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quotedPath})`)
    const header = described.getRows().map(([name]) => String(name))
    const texts = header.map((name) => `CAST("${name.replaceAll('"', '""')}" AS VARCHAR)`)
    const result = await connection.stream(`SELECT ${texts.join(', ')} FROM read_parquet(${quotedPath})`)
    return {
      header,
      bytesRead: () => null,
      pieces: (async function* () {
        let line = 0
        for (;;) {
          const chunk = await result.fetchChunk()
          if (!chunk || chunk.rowCount === 0) return
          const records: SourceRecord[] = []
          for (const row of chunk.getRows()) {
            line += 1
            records.push({ line, fields: row as (string | null)[] })
          }
          yield records
        }
      })(),
      close,
    }
  } catch (error) {
    await close()
    throw new Problem(importErrors.import_format, {
      detail: `不是 Parquet 文件：${(error as Error).message}`,
      cause: error,
    })
  }
}
