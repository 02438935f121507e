/** A list as a file: the server makes and records it, the browser only saves it. */
import { csrfHeaders, errorOf, problemOf } from '../client.ts'
import { today } from '../formats.ts'

/** `pdf`: of lists that have a report. */
export type ExportFormat = 'csv' | 'xlsx' | 'pdf'

/**
 * Have `path` (the list's own, `/transactions`) exported under these filters, this order and these columns (all when left out), and save
 * it. Answers the number of rows. Throws what the server says, as an error that `problemOf` reads.
 */
export async function exportList(
  path: string,
  title: string,
  asked: { format: ExportFormat; columns?: readonly string[]; [filter: string]: unknown },
): Promise<number> {
  const response = await fetch(`/api${path}/export`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { ...csrfHeaders(), 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  })
  if (!response.ok) throw errorOf(await response.json().catch(() => null)) ?? problemOf(null)
  save(`${title}-${today()}.${asked.format}`, await response.blob())
  return Number(response.headers.get('x-export-rows'))
}

function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
