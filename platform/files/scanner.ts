/** Asking clamd about a stream while it passes (protocol: clamd(8), `INSTREAM`). */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { ScannerSettings } from '@hengjian/platform/config'

/** What the scanner says of a whole stream. */
export type Verdict =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly threat: string }
  /** Not reached, silent, or unable to scan this stream (too long for it). */
  | { readonly kind: 'unscanned'; readonly reason: string }

/** One stream under way to the scanner. Never throws: what goes wrong is the verdict. */
export interface Scan {
  /** The scanner has heard enough, or has gone. */
  readonly isOver: boolean
  /** Hand on a piece; resolves when the next may come. */
  write(piece: Buffer): Promise<void>
  /** The stream has ended: the verdict. */
  end(): Promise<Verdict>
  /** Nobody wants the verdict any more. */
  abandon(): void
}

export interface Scanner {
  readonly whenUnreachable: ScannerSettings['whenUnreachable']
  begin(): Scan
}

export interface ScannerTiming {
  readonly connectMs: number
  /** Silence after which the scanner counts as unreachable; clamd itself waits 120 s for the next piece. */
  readonly idleMs: number
}

const TIMING: ScannerTiming = { connectMs: 5_000, idleMs: 120_000 }
const LONGEST_REPLY = 4_096

/** The clamd at `settings.address`. */
export const clamdScanner = (settings: ScannerSettings, timing: ScannerTiming = TIMING): Scanner => ({
  whenUnreachable: settings.whenUnreachable,
  begin: () => beginScan(dial(settings.address), timing),
})

function dial(address: string): Socket {
  if (address.startsWith('unix:')) return connect({ path: address.slice('unix:'.length) })
  const { hostname, port } = new URL(address)
  return connect({ host: hostname, port: Number(port) })
}

function beginScan(socket: Socket, timing: ScannerTiming): Scan {
  let reply = ''
  let fault = ''
  const closed = once(socket, 'close').catch(() => {})
  socket.on('error', (error) => {
    fault ||= error.message
  })
  socket.setTimeout(timing.connectMs, () => socket.destroy(new Error('the scanner is silent')))
  socket.once('connect', () => socket.setTimeout(timing.idleMs))
  socket.setEncoding('utf8').on('data', (text: string) => {
    reply += text
    // the answer may come before the end of the stream: too long for the scanner
    if (reply.includes('\0') || reply.length > LONGEST_REPLY) socket.destroy()
  })
  socket.write('zINSTREAM\0')
  return {
    get isOver() {
      return socket.destroyed
    },
    async write(piece) {
      if (socket.destroyed || piece.length === 0) return
      const length = Buffer.alloc(4)
      length.writeUInt32BE(piece.length)
      socket.write(length)
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), closed])
    },
    async end() {
      if (!socket.destroyed) socket.write(Buffer.alloc(4))
      await closed
      return verdictOf(reply, fault)
    },
    abandon: () => void socket.destroy(),
  }
}

/** `stream: OK`, `stream: <threat> FOUND`, or an error. */
function verdictOf(reply: string, fault: string): Verdict {
  const text = reply.split('\0')[0]!.trim()
  if (text === 'stream: OK') return { kind: 'clean' }
  const threat = /^stream: (.{1,200}) FOUND$/.exec(text)?.[1]
  if (threat) return { kind: 'infected', threat }
  return { kind: 'unscanned', reason: text || fault || 'the scanner ended the connection without an answer' }
}
