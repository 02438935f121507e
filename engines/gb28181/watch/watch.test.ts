import { describe, expect, it } from 'vitest'
import {
  checkPresence,
  DEFAULT_HEARTBEAT,
  hear,
  heartbeatOf,
  isRegistered,
  logOff,
  type PlayEvent,
  type PlayTrace,
  playDueMs,
  playFaultWords,
  playWords,
  presenceDueMs,
  renew,
  startPlay,
  startPresence,
  stepPlay,
} from '../index.ts'
import { DEVICE } from '../testing/sip-text.ts'

const source = { transport: 'UDP', address: '203.0.113.9', port: 40123 } as const

describe('presence (pain 13)', () => {
  const begun = startPresence(source, 0, 3600)

  it('VID-PAIN-13 offline after three missed beats and a half, not before', () => {
    expect(presenceDueMs(begun)).toBe(210_000)
    expect(checkPresence(begun, 209_999).changes).toEqual([])
    const { presence, changes } = checkPresence(begun, 210_000)
    expect(changes).toEqual([{ kind: 'offline', why: 'unheard' }])
    expect([presence.online, presence.sinceMs, presenceDueMs(presence)]).toEqual([false, 210_000, null])
    expect(checkPresence(presence, 999_999).changes).toEqual([])
  })

  it('VID-PAIN-13 any valid request refreshes, and brings it back', () => {
    const later = hear(begun, source, 200_000).presence
    expect(checkPresence(later, 210_000).changes).toEqual([])
    const gone = checkPresence(begun, 300_000).presence
    expect(hear(gone, source, 400_000)).toMatchObject({
      presence: { online: true, sinceMs: 400_000 },
      changes: [{ kind: 'online' }],
    })
  })

  it('VID-PAIN-13 the address follows the packet', () => {
    const moved = { ...source, port: 51000 }
    const step = hear(begun, moved, 1000)
    expect(step.changes).toEqual([{ kind: 'moved', from: source, to: moved }])
    expect(step.presence.address).toEqual(moved)
    expect(hear(step.presence, moved, 2000).changes).toEqual([])
  })

  it.each([
    [null, null],
    [undefined, undefined],
    [0, 0],
    [-1, -5],
    [Number.NaN, Number.POSITIVE_INFINITY],
    [86_400, 1000],
  ])('VID-PAIN-13 heartbeat parameters %s and %s fall back to 60 s, three times', (interval, count) => {
    expect(heartbeatOf(interval, count)).toEqual(DEFAULT_HEARTBEAT)
  })

  it('VID-PAIN-13 parameters that can be meant hold', () => {
    expect(heartbeatOf(20, 5)).toEqual({ intervalMs: 20_000, misses: 5 })
  })

  it('VID-PAIN-13 a registration that ran out asks for another; logging off is offline at once', () => {
    expect([isRegistered(begun, 3_660_000), isRegistered(begun, 3_660_001)]).toEqual([true, false])
    expect(isRegistered(renew(begun, 3_600_000, 3600), 7_200_000)).toBe(true)
    const { presence, changes } = logOff(begun, 1000)
    expect(changes).toEqual([{ kind: 'offline', why: 'unregistered' }])
    expect(isRegistered(presence, 100_000)).toBe(false)
    expect(logOff(presence, 2000).changes).toEqual([])
  })
})

describe('from wish to picture (pain 6)', () => {
  const WAY: PlayEvent[] = [
    { kind: 'port', note: '30000' },
    { kind: 'invited' },
    { kind: 'trying' },
    { kind: 'answered', note: '0200000002' },
    { kind: 'acknowledged' },
    { kind: 'connected' },
    { kind: 'packet' },
    { kind: 'key-frame' },
  ]

  function follow(events: readonly PlayEvent[], transport: 'udp' | 'tcp' = 'tcp'): PlayTrace {
    return events.reduce(
      (trace, event, at) => stepPlay(trace, event, (at + 1) * 10),
      startPlay(DEVICE, transport, 0),
    )
  }

  it('VID-PAIN-06 all steps: playing, each with its time', () => {
    const trace = follow(WAY)
    expect(trace.state).toBe('playing')
    expect(trace.steps.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80])
    expect(playDueMs(trace)).toBeNull()
    expect(playWords(trace)).toEqual([
      '已请求 +0 毫秒',
      '已分配收流端口（30000） +10 毫秒',
      '已发送邀请 +20 毫秒',
      '设备已收到邀请 +30 毫秒',
      '设备已应答（0200000002） +40 毫秒',
      '已确认 +50 毫秒',
      '媒体连接已建立 +60 毫秒',
      '收到首个数据包 +70 毫秒',
      '收到首个关键帧 +80 毫秒',
      '正在播放',
    ])
  })

  it.each([
    [0, 'no-port'],
    [1, 'not-sent'],
    [2, 'no-100'],
    [3, 'no-200'],
    [4, 'ack-not-sent'],
    [5, 'no-tcp'],
    [6, 'no-rtp'],
    [7, 'no-key-frame'],
  ] as const)('VID-PAIN-06 after %i steps in time: %s', (steps, fault) => {
    const begun = follow(WAY.slice(0, steps))
    expect(playDueMs(begun)).toBeGreaterThan(steps * 10)
    const trace = stepPlay(begun, { kind: 'deadline' }, 9000)
    expect(trace).toMatchObject({ state: 'failed', fault, endedMs: 9000 })
    expect(playWords(trace).at(-1)).toMatch(/^失败：.+。.+。$/)
  })

  it('VID-PAIN-06 over UDP no connection is waited for; a device may leave out 100; packets may outrun the answer', () => {
    const without = WAY.filter(({ kind }) => kind !== 'connected' && kind !== 'trying')
    expect(follow(without, 'udp').state).toBe('playing')
    const early = [WAY[0]!, WAY[1]!, WAY[6]!, WAY[7]!]
    expect(follow(early, 'udp').state).toBe('starting')
    expect(follow([...early, WAY[3]!, WAY[4]!], 'udp').state).toBe('playing')
    expect(follow(without.slice(0, 4), 'udp').steps.at(-1)?.step).toBe('acknowledged')
    expect(stepPlay(follow(without.slice(0, 4), 'udp'), { kind: 'deadline' }, 99).fault).toBe('no-rtp')
  })

  it.each([
    [486, 'busy'],
    [488, 'not-supported'],
    [415, 'not-supported'],
    [404, 'unknown-channel'],
    [403, 'forbidden'],
    [480, 'unavailable'],
    [503, 'unavailable'],
    [400, 'refused'],
    [500, 'refused'],
  ] as const)('VID-PAIN-06 status %i: %s, with the device’s words', (status, fault) => {
    const trace = stepPlay(follow(WAY.slice(0, 3)), { kind: 'refused', status, said: '超出最大路数' }, 50)
    expect(trace).toMatchObject({ state: 'failed', fault, said: `${status} 超出最大路数` })
    expect(playWords(trace).at(-1)).toContain(`${playFaultWords(fault).what}（${status} 超出最大路数）`)
  })

  it('VID-PAIN-06 a picture that ends says why; what has ended changes no more', () => {
    const playing = follow(WAY)
    expect(stepPlay(playing, { kind: 'deadline' }, 99)).toBe(playing)
    const lost = stepPlay(playing, { kind: 'media-lost' }, 100)
    expect(lost).toMatchObject({ state: 'failed', fault: 'media-lost' })
    expect(stepPlay(lost, { kind: 'packet' }, 101)).toBe(lost)
    const stopped = stepPlay(playing, { kind: 'stopped' }, 100)
    expect(playWords(stopped).at(-1)).toBe('已停止')
    expect(stepPlay(playing, { kind: 'device-ended' }, 100).fault).toBe('device-ended')
    expect(stepPlay(playing, { kind: 'packet' }, 100)).toBe(playing)
  })
})
