import { describe, expect, it } from 'vitest'
import { AudioTrack } from '../audio-track.ts'
import type { AudioFrame } from '../frame.ts'
import { RtpSequencer } from '../rtp/packetiser.ts'
import { CollectedFrames } from '../testing/collect.ts'
import { decodedHashes, hashesIn, talkingFfmpeg } from '../testing/ffmpeg.ts'
import { aacSample, g711Sample, videoSample } from '../testing/samples.ts'
import { framesOf, soundOf } from '../testing/sender.ts'
import { whileListening } from '../testing/tcp-server.ts'
import { Timeline } from '../timeline.ts'
import { authorizationFor } from './authorization.ts'
import { RtspClientSession } from './client-session.ts'
import { type RtspMessage, RtspReader, writeRtspResponse } from './message.ts'
import { packetiseAudio, packetiseVideo } from './packetiser.ts'
import { audioPayloadType, writeSdp } from './sdp.ts'
import { RtspServerSession } from './server-session.ts'

const SAMPLE = { size: '640x480', rate: '2M' }

/** A camera with our server's side: plays the sample to whoever asks. */
function camera(send: (bytes: Buffer) => void, codec: 'h264' | 'h265', done: () => void = () => {}) {
  const frames = framesOf(videoSample(codec, SAMPLE))
  const sounds = soundOf(g711Sample('alaw'))
  const session: RtspServerSession = new RtspServerSession('secret', {
    send,
    describe: (uri) =>
      uri.endsWith('/none')
        ? session.refuse(404, 'Not Found')
        : session.offer(writeSdp('127.0.0.1', frames[0]!.config, sounds[0]!.config)),
    play: () => {
      const video = new RtpSequencer({ ssrc: 1, payloadType: 96 })
      const audio = new RtpSequencer({ ssrc: 2, payloadType: 8 })
      for (const [i, frame] of frames.entries()) {
        for (const packet of packetiseVideo(frame, frame.dts, video)) session.packet(0, packet)
        session.packet(1, packetiseAudio(sounds[i]!, i * 320, audio))
      }
      done()
    },
    ended: () => {},
  })
  return { session, frames, sounds }
}

/** Both sides without a network. */
function connected(url = 'rtsp://camera/live') {
  const out = new CollectedFrames()
  const told: string[] = []
  const toClient: Buffer[] = []
  const { session, frames, sounds } = camera((bytes) => toClient.push(bytes), 'h264')
  const client = new RtspClientSession(
    { url },
    {
      send: (bytes) => session.push(bytes),
      playing: () => told.push('playing'),
      failed: (reason) => told.push(reason),
    },
    out,
  )
  const deliver = () => {
    for (let bytes = toClient.shift(); bytes; bytes = toClient.shift()) client.push(bytes, 0)
  }
  return { client, deliver, out, told, frames, sounds }
}

/** A camera written by hand: answers each request with what `answer` says. */
function scripted(
  answer: (request: RtspMessage, count: number) => Buffer,
  credentials = { user: 'admin', password: 'x' },
) {
  const requests: RtspMessage[] = []
  const told: string[] = []
  const queue: Buffer[] = []
  const reader = new RtspReader({
    message: (request) => {
      requests.push(request)
      queue.push(answer(request, requests.length))
    },
    packet() {},
  })
  const client = new RtspClientSession(
    { url: 'rtsp://10.0.0.9/h264', credentials },
    {
      send: (bytes) => reader.push(bytes),
      playing: () => told.push('playing'),
      failed: (reason) => told.push(reason),
    },
    new CollectedFrames(),
  )
  client.start()
  for (let bytes = queue.shift(); bytes && requests.length < 20; bytes = queue.shift()) client.push(bytes, 0)
  return { requests, told, client }
}

describe('RTSP sessions', () => {
  it('VID-8 a camera is pulled: pictures and sound as it sent them', () => {
    const { client, deliver, out, told, frames, sounds } = connected()
    client.start()
    deliver()
    for (const source of client.sources) source.flush()
    expect(told).toEqual(['playing'])
    expect(out.pictures.map(({ data }) => data)).toEqual(frames.map(({ data }) => data))
    expect(out.sounds.map(({ data }) => data)).toEqual(sounds.map(({ data }) => data))
    expect(out.sounds.at(-1)!.pts - out.sounds[0]!.pts).toBe(49 * 3600)
    expect(client.timeoutSeconds).toBe(60)
    client.keepAlive()
    client.stop()
    deliver()
    expect(told).toEqual(['playing'])
  })

  it('VID-8 a camera that refuses is told of in its words', () => {
    const { client, deliver, told } = connected('rtsp://camera/none')
    client.start()
    deliver()
    expect(told).toEqual(['404 Not Found'])
  })

  it.each(['h264', 'h265'] as const)(
    'VID-11 FFmpeg plays %s from us, also when it first asks for UDP',
    async (codec) => {
      const listing = await whileListening(
        (socket) => {
          const { session } = camera(
            (bytes) => socket.write(bytes),
            codec,
            () => socket.end(),
          )
          socket.on('data', (chunk: Buffer) => session.push(chunk))
        },
        (address) =>
          talkingFfmpeg([
            ...['-threads', '1', '-i', `rtsp://${address}/camera`, '-map', '0:v', '-vsync', 'passthrough'],
            ...['-f', 'framemd5', '-'],
          ]),
      )
      const source = videoSample(codec, SAMPLE).stream
      expect(hashesIn(listing)).toEqual(decodedHashes(source, codec === 'h264' ? 'h264' : 'hevc'))
    },
  )

  it('VID-11 FFmpeg hears AAC from us as it was', async () => {
    const frames: AudioFrame[] = []
    const sample = aacSample()
    new AudioTrack(new Timeline()).push('aac', sample, 0, sample.length, 0, (frame) => frames.push(frame))
    const adts = await whileListening(
      (socket) => {
        const session: RtspServerSession = new RtspServerSession('secret', {
          send: (bytes) => socket.write(bytes),
          describe: () => session.offer(writeSdp('127.0.0.1', undefined, frames[0]!.config)),
          play: () => {
            const audio = new RtpSequencer({ ssrc: 2, payloadType: audioPayloadType(frames[0]!.config)! })
            for (const [i, frame] of frames.entries())
              session.packet(1, packetiseAudio(frame, i * 1024, audio))
            socket.end()
          },
          ended: () => {},
        })
        socket.on('data', (chunk: Buffer) => session.push(chunk))
      },
      (address) =>
        talkingFfmpeg([
          '-rtsp_transport',
          'tcp',
          '-i',
          `rtsp://${address}/a`,
          '-c',
          'copy',
          '-f',
          'adts',
          '-',
        ]),
    )
    expect(adts.equals(sample)).toBe(true)
  })

  it('VID-11 a player that is out of order is told so', () => {
    const answers: RtspMessage[] = []
    const reader = new RtspReader({ message: (message) => answers.push(message), packet() {} })
    const { session } = camera((bytes) => reader.push(bytes), 'h264')
    for (const [method, more] of [
      ['PLAY', ''],
      ['RECORD', ''],
      ['SETUP', 'Transport: RTP/AVP;unicast;client_port=5-6\r\n'],
      ['OPTIONS', ''],
    ])
      session.push(Buffer.from(`${method} rtsp://a/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n${more}\r\n`))
    session.push(Buffer.from('SETUP rtsp://a/trackID=7 RTSP/1.0\r\nCSeq: 1\r\n\r\n'))
    expect(answers.map(({ status }) => status)).toEqual([455, 501, 461, 200, 404])
  })
})

describe('challenges', () => {
  it('VID-8 the example of RFC 2617 §3.5 without qop, computed by hand', () => {
    const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    const answer = authorizationFor(challenge, 'GET', '/dir/index.html', {
      user: 'Mufasa',
      password: 'Circle Of Life',
    })
    // HA1 939e7578ed9e3c518a452acee763bce9 and HA2 39aff3a2bab6126f332b942af96d3366 stand in the RFC
    expect(answer).toContain('response="670fd8c2df070c60b045671b8b24ff02"')
    expect(authorizationFor('Basic realm="x"', 'GET', '/', { user: 'a', password: 'b' })).toBe('Basic YTpi')
    expect(authorizationFor('Negotiate', 'GET', '/', { user: 'a', password: 'b' })).toBeUndefined()
  })

  it('VID-8 a challenge is answered once, then with each request', () => {
    const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'
    const { requests, told } = scripted((request, count) => {
      const headers = { CSeq: request.headers['cseq']! }
      if (count === 1)
        return writeRtspResponse(401, 'Unauthorized', {
          ...headers,
          'WWW-Authenticate': 'Basic realm="c", Digest realm="c", nonce="n", qop="auth"',
        })
      return writeRtspResponse(
        200,
        'OK',
        { ...headers, Session: '77;timeout=30' },
        request.method === 'DESCRIBE' ? sdp : '',
      )
    })
    expect(requests.map(({ method, uri }) => `${method} ${uri}`)).toEqual([
      'DESCRIBE rtsp://10.0.0.9/h264',
      'DESCRIBE rtsp://10.0.0.9/h264',
      'SETUP rtsp://10.0.0.9/h264/track1',
      'PLAY rtsp://10.0.0.9/h264',
    ])
    expect(
      requests
        .slice(1)
        .every(({ headers }) => headers['authorization']?.startsWith('Digest username="admin"')),
    ).toBe(true)
    expect(requests[3]!.headers).toMatchObject({ session: '77' })
    expect(told).toEqual(['playing'])
  })

  it('VID-8 a wrong password, a missing one, and an offer of nothing we carry are told', () => {
    const denied = (request: RtspMessage) =>
      writeRtspResponse(401, 'Unauthorized', {
        CSeq: request.headers['cseq']!,
        'WWW-Authenticate': 'Digest realm="c", nonce="n"',
      })
    expect(scripted(denied)).toMatchObject({ told: ['401 Unauthorized'], requests: { length: 2 } })
    const none = scripted((request) =>
      writeRtspResponse(200, 'OK', { CSeq: request.headers['cseq']! }, 'v=0\r\n'),
    )
    expect(none.told).toEqual(['no stream that can be carried'])
  })
})
