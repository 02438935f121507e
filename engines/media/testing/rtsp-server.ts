/** The least RTSP server with which FFmpeg talks: one client, TCP only. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type RtspMessage, RtspReader, writeInterleaved, writeRtspResponse } from '../rtsp/message.ts'

export interface RtspServing {
  /** Description for players; packets by channel follow `PLAY`. */
  readonly sdp?: string
  readonly packets?: readonly (readonly [channel: number, packet: Buffer])[]
  /** For a client that announces. */
  readonly announced?: (sdp: string) => void
  readonly packet?: (channel: number, bytes: Buffer, start: number, end: number) => void
}

/** Serves while `client` runs, which is given the address. */
export async function whileServing<T>(serving: RtspServing, client: (url: string) => Promise<T>): Promise<T> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    const reader = new RtspReader({
      message: (message) => answer(socket, message, serving),
      packet: (...packet) => serving.packet?.(...packet),
    })
    socket.on('data', (chunk: Buffer) => reader.push(chunk))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const result = await client(`rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/camera`)
    // what the client sent last may still be on its way
    await Promise.all(
      sockets.map((socket) => socket.closed || new Promise((resolve) => socket.once('close', resolve))),
    )
    return result
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
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
