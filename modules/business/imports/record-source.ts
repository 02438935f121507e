/** Files as records: a header, then records in bounded pieces. Every format reads the same way twice. */
import type { Readable } from 'node:stream'
import { Problem } from '@hengjian/platform/errors'
import type { Fields } from './compile-mapping.ts'
import { importErrors } from './mapping.ts'
import { readCsv } from './read-csv.ts'
import { readNdjson } from './read-ndjson.ts'
import { readParquet } from './read-parquet.ts'

/** One record and where it stands in the file. */
export interface SourceRecord {
  /** Line in the file, from 1; in Parquet the row, from 1. */
  readonly line: number
  readonly fields: Fields
  /** What is wrong with the record as such (not JSON, for example). */
  readonly fault?: string
}

/** A file being read. */
export interface RecordReader {
  readonly header: readonly string[]
  /** Pieces of some thousand records. */
  readonly pieces: AsyncIterable<readonly SourceRecord[]>
  /** Bytes read so far; null where the format does not tell. */
  bytesRead(): number | null
  close(): Promise<void>
}

/** A file to import. */
export interface ImportFile {
  /** Name as the user knows it; its ending tells the format. */
  readonly name: string
  readonly bytes: number
  /** SM3 of the content, hex. */
  readonly digest: string
  /** The content from its beginning. */
  stream(): Readable
  /** Put the content into a file in `folder`, for formats that cannot be streamed; answers its path. */
  materialise(folder: string): Promise<string>
}

export type ImportFormat = 'csv' | 'ndjson' | 'parquet'

/** Format by the ending of the name. @throws Problem `business.import_format` */
export function formatOf(name: string): ImportFormat {
  if (/\.(csv|tsv|txt)$/i.test(name)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'ndjson'
  if (/\.parquet$/i.test(name)) return 'parquet'
  throw new Problem(importErrors.import_format, { detail: `${name}：应为 .csv、.ndjson 或 .parquet` })
}

/** Open a file for reading. `wanted` are the columns that NDJSON, which has no header, is read for. */
export async function openRecords(
  file: ImportFile,
  options: { delimiter: string; wanted: readonly string[]; temporaryFolder: string },
): Promise<RecordReader> {
  const format = formatOf(file.name)
  if (format === 'csv') return readCsv(file.stream(), options.delimiter)
  if (format === 'ndjson') return readNdjson(file.stream(), options.wanted)
  return readParquet(await file.materialise(options.temporaryFolder), options.temporaryFolder)
}
