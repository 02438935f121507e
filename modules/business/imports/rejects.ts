/**
 * Rejected records: a CSV with line, column, reason and the record itself. The file may hold personal values and is
 * readable by the program alone; what lies behind the length that the run has committed is cut off when it goes on.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Fields, RecordFault } from './compile-mapping.ts'

/** A reject. */
export interface Reject {
  readonly line: number
  readonly faults: readonly RecordFault[]
  readonly fields: Fields
}

const TITLE = '\uFEFFline,column,reason,raw\r\n'

/** The rejects of one run. */
export interface RejectFile {
  /** Write rejects so that they outlive a kill. Answers the length of the file from then on. */
  append(rejects: readonly Reject[]): Promise<number>
  close(): Promise<void>
}

/** Open the file at `path`, cut to `bytes` (0 = a new one). */
export async function openRejects(path: string, bytes: number): Promise<RejectFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file: FileHandle = await open(path, bytes === 0 ? 'w' : 'r+', 0o600)
  let length = bytes
  const write = async (text: string) => {
    const buffer = Buffer.from(text)
    await file.write(buffer, 0, buffer.length, length)
    length += buffer.length
  }
  if (bytes === 0) await write(TITLE)
  else await file.truncate(bytes)
  return {
    async append(rejects) {
      if (rejects.length > 0) {
        await write(rejects.map(linesOf).join(''))
        await file.datasync()
      }
      return length
    },
    close: () => file.close(),
  }
}

function linesOf({ line, faults, fields }: Reject): string {
  const raw = fields.map((field) => quote(field ?? '')).join(',')
  return faults
    .map(({ column, reason }) => `${line},${quote(column)},${quote(reason)},${quote(raw)}\r\n`)
    .join('')
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
