/** The least RTSP server with which FFmpeg talks: one client, TCP only. */
import type { Socket } from 'node:net'
import { type RtspMessage, RtspReader, writeInterleaved, writeRtspResponse } from '../rtsp/message.ts'
import { whileListening } from './tcp-server.ts'

export interface RtspServing {
  /** Description for players; packets by channel follow `PLAY`. */
  readonly sdp?: string
  readonly packets?: readonly (readonly [channel: number, packet: Buffer])[]
  /** For a client that announces. */
  readonly announced?: (sdp: string) => void
  readonly packet?: (channel: number, bytes: Buffer, start: number, end: number) => void
}

/** Serves while `client` runs, which is given the address. */
export function whileServing<T>(serving: RtspServing, client: (url: string) => Promise<T>): Promise<T> {
  const serve = (socket: Socket) => {
    const reader = new RtspReader({
      message: (message) => answer(socket, message, serving),
      packet: (...packet) => serving.packet?.(...packet),
    })
    socket.on('data', (chunk: Buffer) => reader.push(chunk))
  }
  return whileListening(serve, (address) => client(`rtsp://${address}/camera`))
}

function answer(socket: Socket, request: RtspMessage, serving: RtspServing): void {
  const reply = (headers: Record<string, string> = {}, body = '') =>
    socket.write(
      writeRtspResponse(200, 'OK', { CSeq: request.headers['cseq'] ?? '', Session: '1', ...headers }, body),
    )
  switch (request.method) {
    case 'OPTIONS':
      return void reply({ Public: 'OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, TEARDOWN' })
    case 'DESCRIBE':
      return void reply({ 'Content-Type': 'application/sdp', 'Content-Base': `${request.uri}/` }, serving.sdp)
    case 'ANNOUNCE':
      serving.announced?.(request.body)
      return void reply()
    case 'SETUP':
      return void reply({ Transport: request.headers['transport'] ?? '' })
    case 'PLAY':
      reply()
      for (const [channel, packet] of serving.packets ?? []) socket.write(writeInterleaved(channel, packet))
      socket.end()
      return
    default:
      reply()
  }
}
