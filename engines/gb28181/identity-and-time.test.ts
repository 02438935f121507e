import { describe, expect, it } from 'vitest'
import { formatLocalTime, readDeviceId, readLocalTime } from './index.ts'

describe('ids', () => {
  it('VID-2 twenty digits are taken apart', () => {
    expect(readDeviceId('34020000001320000001')).toEqual({
      id: '34020000001320000001',
      kind: 'camera',
      zh: '网络摄像机',
      region: '34020000',
      industry: '00',
      type: '132',
      network: '0',
      serial: '000001',
      domain: '3402000000',
    })
  })

  it.each([
    ['34020000001180000001', 'device'],
    ['34020000001370000001', 'voice-out'],
    ['34020000002000000001', 'system'],
    ['34020000002150000001', 'group'],
    ['34020000002160000001', 'organisation'],
    ['34020000009990000001', 'other'],
    ['34', 'region'],
    ['34020000', 'region'],
  ])('VID-2 %s is a %s', (id, kind) => expect(readDeviceId(id)?.kind).toBe(kind))

  it.each(['', '340', '3402000000132000000', '3402000000132000000a'])('VID-2 %j is no id', (id) => {
    expect(readDeviceId(id)).toBeNull()
  })
})

describe('local time', () => {
  it('VID-1 is Beijing’s, without a zone', () => {
    const time = Date.parse('2026-11-20T09:32:09.123Z')
    expect(formatLocalTime(time)).toBe('2026-11-20T17:32:09')
    expect(formatLocalTime(time, true)).toBe('2026-11-20T17:32:09.123')
    expect(readLocalTime('2026-11-20T17:32:09.123')).toBe(time)
  })

  it.each([
    ['2026-11-20 17:32:09', '2026-11-20T17:32:09+08:00'],
    ['2026-11-20T17:32', '2026-11-20T17:32:00+08:00'],
    ['2026/1/5 7:02:03', '2026-01-05T07:02:03+08:00'],
    ['2026-11-20T17:32:09Z', '2026-11-20T17:32:09Z'],
    ['2026-11-20T17:32:09.5+0800', '2026-11-20T17:32:09.500+08:00'],
    ['2026-11-20', '2026-11-20T00:00:00+08:00'],
  ])('VID-6 reads %s', (text, iso) => expect(readLocalTime(text)).toBe(Date.parse(iso)))

  it.each(['', 'now', '0000-00-00T00:00:00', '2026-02-30T00:00:00', '2026-11-20T25:00:00'])(
    'VID-6 %j is no time',
    (text) => expect(readLocalTime(text)).toBeNull(),
  )
})
