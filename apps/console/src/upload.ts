/** Send a file's bytes with progress; `fetch` tells nothing about what was sent so far. */
import type { ProblemDocument } from '@hengjian/platform/contract'
import { csrfHeaders, errorOf } from './client.ts'

export interface UploadProgress {
  readonly sent: number
  readonly total: number
  readonly bytesPerSecond: number
}

/** `PUT <path>?name=`; answers the receipt that an operation takes. Rejects with the server's problem. */
export function uploadFile(
  path: string,
  file: File,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = new XMLHttpRequest()
  const began = Date.now()
  request.open('PUT', `${path}?name=${encodeURIComponent(file.name)}`)
  request.setRequestHeader('content-type', 'application/octet-stream')
  for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value)
  request.upload.onprogress = ({ loaded, total }) =>
    onProgress({ sent: loaded, total, bytesPerSecond: (loaded / Math.max(1, Date.now() - began)) * 1000 })
  request.onload = () => {
    const body = parsed(request.responseText)
    if (request.status < 300 && typeof body['upload'] === 'string') resolve(body['upload'])
    else reject(errorOf(body as unknown as ProblemDocument) ?? new Error(`${request.status}`))
  }
  request.onerror = () => reject(new TypeError('network'))
  request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
  signal.addEventListener('abort', () => request.abort())
  request.send(file)
  return promise
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
