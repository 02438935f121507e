/**
 * Compression of JSON answers. How well an answer compresses tells something of its content to whoever can put a guess
 * into it and see its length on the wire (BREACH). So only answers are compressed
 *
 * - to reading calls that a page of this very origin made: a foreign page, and one of another host of the same site, is
 *   told apart by `Sec-Fetch-Site`, which pages cannot set;
 * - that do not hold the token of the session that asked.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)

/** Shorter answers fit into one packet anyway. */
const SHORTEST_BYTES = 1_400
/** Half a millisecond for 50 kB; higher levels cost more time than they save on a local network. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/** Compress where it may be. `secretOf` gives the token that must not be in a compressed answer to this request. */
export function addCompression(
  app: FastifyInstance,
  secretOf: (request: FastifyRequest) => string | null,
): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = reply.getHeader('content-type')
    if (typeof payload !== 'string' || typeof type !== 'string' || !type.startsWith('application/json'))
      return payload
    void reply.header('vary', 'accept-encoding, sec-fetch-site')
    const secret = secretOf(request)
    const may =
      request.method === 'GET' &&
      request.headers['sec-fetch-site'] === 'same-origin' &&
      payload.length >= SHORTEST_BYTES &&
      !(secret && payload.includes(secret))
    const encoding = may ? encodingOf(request.headers['accept-encoding'] ?? '') : null
    if (!encoding) return payload
    void reply.header('content-encoding', encoding).removeHeader('content-length')
    return encoding === 'br' ? compressBrotli(payload, BROTLI) : compressGzip(payload)
  })
}

/** The best that the caller takes; `;q=0` says that he does not. */
function encodingOf(accepted: string): 'br' | 'gzip' | null {
  const taken = new Set(
    accepted
      .split(',')
      .filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
      .map((one) => one.split(';')[0]!.trim().toLowerCase()),
  )
  if (taken.has('br')) return 'br'
  return taken.has('gzip') ? 'gzip' : null
}
