/**
 * A virus scanner for development and tests: speaks clamd's protocol (`PING`, `INSTREAM`) and knows one signature, the
 * EICAR test file.
 */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** The EICAR test file: harmless, and found by every scanner. Kept turned around, lest one finds it here. */
export const eicar = (): Buffer =>
  Buffer.from(
    [...'*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X'].reverse().join(''),
    'latin1',
  )

/** A running scanner. */
export interface ClamdSandbox {
  /** As `CLAMD` takes it. */
  readonly address: string
  /** Streams that were scanned to their end. */
  readonly scanned: number
  /** `silent`: takes everything and never answers. */
  behave(as: 'well' | 'silent'): void
  close(): Promise<void>
}

/** Start on a Unix socket, or on a free loopback port. `largest`: bytes of a stream before it is refused. */
export async function startClamdSandbox(
  options: { path?: string; largest?: number } = {},
): Promise<ClamdSandbox> {
  const state = { scanned: 0, silent: false }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    void converse(socket, options.largest ?? 25 * 1024 ** 2, state)
  })
  await new Promise<void>((resolve) => {
    if (options.path) server.listen(options.path, resolve)
    else server.listen(0, '127.0.0.1', resolve)
  })
  return {
    address: options.path
      ? `unix:${options.path}`
      : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get scanned() {
      return state.scanned
    },
    behave: (as) => {
      state.silent = as === 'silent'
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** One command of one connection: `z…` ends with NUL, `n…` with a line feed, and so does the answer. */
async function converse(
  socket: Socket,
  largest: number,
  state: { scanned: number; silent: boolean },
): Promise<void> {
  let waiting = Buffer.alloc(0)
  const pieces: Buffer[] = []
  let command: string | null = null
  let end = '\0'
  let length = 0
  const reply = async (text: string): Promise<void> => {
    if (state.silent) await once(socket, 'close')
    else socket.end(text + end)
  }
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      waiting = Buffer.concat([waiting, piece])
      if (command === null) {
        end = waiting[0] === 0x7a ? '\0' : '\n'
        const at = waiting.indexOf(end)
        if (at < 0) continue
        command = waiting.subarray(1, at).toString()
        waiting = waiting.subarray(at + 1)
        if (command === 'PING') return await reply('PONG')
        if (command !== 'INSTREAM') return await reply('UNKNOWN COMMAND')
      }
      while (waiting.length >= 4) {
        const size = waiting.readUInt32BE(0)
        if (size === 0) {
          state.scanned += 1
          return await reply(
            Buffer.concat(pieces).includes(eicar()) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK',
          )
        }
        if (waiting.length < 4 + size) break
        length += size
        if (length > largest) return await reply('INSTREAM size limit exceeded. ERROR')
        pieces.push(waiting.subarray(4, 4 + size))
        waiting = waiting.subarray(4 + size)
      }
    }
  } catch {
    // the other side went away
  }
}
