import { describe, expect, it } from 'vitest'
import {
  MalformedError,
  PTZ_STOP,
  type PtzCommand,
  ptzSpeed,
  readPlaybackAnswer,
  readPlaybackControl,
  readPtz,
  UnwritableError,
  writePlaybackAnswer,
  writePlaybackControl,
  writePtz,
} from '../index.ts'
import { mutate, randomFrom } from '../testing/mutate.ts'

const move = (pan: number, tilt: number, zoom = 0): PtzCommand => ({ kind: 'move', pan, tilt, zoom })

/** The first two are checked against a foreign implementation, the others follow the tables of A.3 byte by byte. */
const VECTORS: [string, PtzCommand][] = [
  ['A50F0100000000B5', PTZ_STOP],
  ['A50F010800640021', move(0, 0x64)],
  ['A50F01040064001D', move(0, -0x64)],
  ['A50F0102FF0000B6', move(-255, 0)],
  ['A50F0101010000B7', move(1, 0)],
  ['A50F010A1F1F00FD', move(-0x1f, 0x1f)],
  ['A50F01100000F0B5', move(0, 0, 15)],
  ['A50F0120000010E5', move(0, 0, -1)],
  ['A50F0148001F001C', { kind: 'lens', iris: -0x1f, focus: 0 }],
  ['A50F0144001F0018', { kind: 'lens', iris: 0x1f, focus: 0 }],
  ['A50F01421F000016', { kind: 'lens', iris: 0, focus: -0x1f }],
  ['A50F01411F000015', { kind: 'lens', iris: 0, focus: 0x1f }],
  ['A50F0140000000F5', { kind: 'lens', iris: 0, focus: 0 }],
  ['A50F018100010037', { kind: 'preset', action: 'set', preset: 1 }],
  ['A50F018200FF0036', { kind: 'preset', action: 'call', preset: 255 }],
  ['A50F018300010039', { kind: 'preset', action: 'delete', preset: 1 }],
  ['A50F01840103003D', { kind: 'cruise', action: 'add-point', group: 1, value: 3 }],
  ['A50F01850100003B', { kind: 'cruise', action: 'delete-point', group: 1, value: 0 }],
  ['A50F018601FF104B', { kind: 'cruise', action: 'speed', group: 1, value: 0x1ff }],
  ['A50F0187011E005B', { kind: 'cruise', action: 'dwell', group: 1, value: 30 }],
  ['A50F01880100003E', { kind: 'cruise', action: 'start', group: 1, value: 0 }],
  ['A50F01890100003F', { kind: 'scan', action: 'start', group: 1, value: 0 }],
  ['A50F018901020041', { kind: 'scan', action: 'right-edge', group: 1, value: 0 }],
  ['A50F018A01400080', { kind: 'scan', action: 'speed', group: 1, value: 64 }],
  ['A50F018C01000042', { kind: 'auxiliary', on: true, number: 1 }],
  ['A50F018D01000043', { kind: 'auxiliary', on: false, number: 1 }],
]

describe('front-end commands, A.3', () => {
  it.each(VECTORS)('VID-4 %s', (hex, command) => {
    expect(writePtz(command)).toBe(hex)
    expect(readPtz(hex)).toEqual({ command, address: 1 })
  })

  it('VID-4 addresses of twelve bits, small letters, blanks', () => {
    const hex = writePtz(move(0, 0, 3), 0xabc)
    expect(hex.slice(4, 6)).toBe('BC')
    expect(hex.slice(12, 14)).toBe('3A')
    expect(readPtz(` ${hex.toLowerCase()} `)).toEqual({ command: move(0, 0, 3), address: 0xabc })
  })

  it('VID-4 a direction without a speed is the slowest movement', () => {
    expect(readPtz('A50F0108000000BD').command).toEqual(move(0, 1))
  })

  it('VID-4 speeds of per cent reach both ends and never stop by rounding', () => {
    expect([0, 0.1, 1, 50, 100, 120].map((it) => ptzSpeed(it))).toEqual([0, 1, 3, 128, 255, 255])
    expect([0, 1, 50, 100].map((it) => ptzSpeed(it, 15))).toEqual([0, 1, 8, 15])
  })

  it.each([
    '',
    'A50F01',
    'A40F0100000000B4',
    'A50F0100000000B6',
    'A50F01FF000000B4',
    'A50F018901090048',
    'zz',
  ])('VID-4 refuses %j', (text) => expect(() => readPtz(text)).toThrow(MalformedError))

  it.each<PtzCommand>([
    move(256, 0),
    move(0, 0, 16),
    { kind: 'preset', action: 'set', preset: 0 },
    { kind: 'cruise', action: 'speed', group: 1, value: 4096 },
  ])('VID-4 does not write %j', (command) => expect(() => writePtz(command)).toThrow(UnwritableError))
})

describe('playback control (pain 14)', () => {
  const written = (wish: Parameters<typeof writePlaybackControl>[0]) =>
    writePlaybackControl(wish, 2).toString()

  it('VID-PAIN-14 one header for one wish', () => {
    expect(written({ kind: 'resume' })).toBe('PLAY RTSP/1.0\r\nCSeq: 2\r\nRange: npt=now-\r\n\r\n')
    expect(written({ kind: 'pause' })).toBe('PAUSE RTSP/1.0\r\nCSeq: 2\r\nPauseTime: now\r\n\r\n')
    expect(written({ kind: 'speed', scale: 2 })).toBe('PLAY RTSP/1.0\r\nCSeq: 2\r\nScale: 2.0\r\n\r\n')
    expect(written({ kind: 'speed', scale: 0.25 })).toContain('\r\nScale: 0.25\r\n\r\n')
    expect(written({ kind: 'speed', scale: -1 })).toContain('\r\nScale: -1.0\r\n\r\n')
    expect(written({ kind: 'seek', seconds: 100 })).toBe(
      'PLAY RTSP/1.0\r\nCSeq: 2\r\nRange: npt=100-\r\n\r\n',
    )
    expect(written({ kind: 'teardown' })).toBe('TEARDOWN RTSP/1.0\r\nCSeq: 2\r\n\r\n')
  })

  it('VID-PAIN-14 reads what others write: ntp for npt, Range beside Scale, six decimals, bare LF', () => {
    expect(
      readPlaybackControl(Buffer.from('PLAY MANSRTSP/1.0\nCSeq: 7\nScale: 2.000000\nRange: ntp=now-')),
    ).toEqual({ method: 'PLAY', cseq: 7, scale: 2, range: { from: 'now', to: null } })
    expect(readPlaybackControl(Buffer.from('play RTSP/1.0\r\nrange:npt=12.5-60\r\n'))).toEqual({
      method: 'PLAY',
      cseq: 0,
      range: { from: 12.5, to: 60 },
    })
    expect(readPlaybackControl(writePlaybackControl({ kind: 'pause' }, 3))).toEqual({
      method: 'PAUSE',
      cseq: 3,
      pauseTime: 'now',
    })
  })

  it('VID-6 reads an answer, and none', () => {
    const answer = 'RTSP/1.0 200 OK\r\nCSeq: 2\r\nRange: npt=0-\r\nRTP-Info: seq=17;rtptime=9000\r\n'
    expect(readPlaybackAnswer(Buffer.from(answer))).toEqual({
      status: 200,
      cseq: 2,
      range: { from: 0, to: null },
      rtpInfo: { seq: 17, rtptime: 9000 },
    })
    expect(readPlaybackAnswer(Buffer.from(''))).toBeNull()
    expect(readPlaybackAnswer(writePlaybackAnswer(200, 4))).toEqual({ status: 200, cseq: 4 })
  })

  it('VID-6 damaged bodies end in MalformedError or are read', () => {
    const random = randomFrom(14)
    const sound = writePlaybackControl({ kind: 'seek', seconds: 5 }, 1)
    for (let round = 0; round < 1000; round += 1) {
      const bytes = mutate(sound, random)
      readPlaybackAnswer(bytes)
      try {
        readPlaybackControl(bytes)
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
      }
    }
  })
})
