/** The least RTSP server to which FFmpeg publishes: one client, TCP only. */
import { type RtspMessage, RtspReader, writeRtspResponse } from '../rtsp/message.ts'
import { whileListening } from './tcp-server.ts'

export interface Announced {
  readonly announced: (sdp: string) => void
  readonly packet: (channel: number, bytes: Buffer, start: number, end: number) => void
}

/** Takes what `client` publishes to the address it is given. */
export function whileRecording<T>(events: Announced, client: (url: string) => Promise<T>): Promise<T> {
  return whileListening(
    (socket) => {
      const answer = ({ method, headers, body }: RtspMessage) => {
        if (method === 'ANNOUNCE') events.announced(body)
        const { cseq = '', transport = '' } = headers
        socket.write(writeRtspResponse(200, 'OK', { CSeq: cseq, Session: '1', Transport: transport }))
      }
      const reader = new RtspReader({ message: answer, packet: events.packet })
      socket.on('data', (chunk: Buffer) => reader.push(chunk))
    },
    (address) => client(`rtsp://${address}/camera`),
  )
}
