import { describe, expect, it } from 'vitest'
import {
  alarmWords,
  explanationOf,
  makeResponse,
  needsReset,
  readSipMessage,
  readSnapshotFileId,
  type SipRequest,
} from '../index.ts'
import { keepaliveLines, sipBytes } from '../testing/sip-text.ts'

describe('alarms in words', () => {
  it.each([
    ['2', 1, '视频丢失'],
    ['5', 6, '入侵检测'],
    ['5', 13, '图像遮挡'],
    ['6', 2, '存储设备风扇故障'],
    ['4', undefined, 'GPS 报警'],
    ['5', 99, '视频报警（类型 99）'],
    ['9', undefined, '报警方式 9'],
  ])('VID-5 method %s, type %s: %s', (method, type, words) => expect(alarmWords(method, type)).toBe(words))

  it('VID-PAIN-18 after a device alarm the device waits for ResetAlarm', () => {
    expect([needsReset('2'), needsReset('5'), needsReset(undefined)]).toEqual([true, false, false])
  })
})

describe('pictures uploaded', () => {
  it('VID-7 their names tell device, time and serial', () => {
    expect(readSnapshotFileId('34020000001310000001022025081609220800012.jpg')).toEqual({
      deviceId: '34020000001310000001',
      takenMs: Date.parse('2025-08-16T09:22:08.000+08:00'),
      serial: 12,
    })
    expect(readSnapshotFileId('34020000001310000001022025991609220800012')).toBeNull()
    expect(readSnapshotFileId('a.jpg')).toBeNull()
  })
})

describe('what a refusal says for itself', () => {
  const request = readSipMessage(sipBytes(keepaliveLines())) as SipRequest
  const refused = (warning?: string) =>
    explanationOf(
      makeResponse(request, 400, warning ? { headers: [{ name: 'Warning', value: warning }] } : {}),
    )

  it('VID-PAIN-22 its reason, and the text of Warning', () => {
    expect(refused()).toBe('Bad Request')
    expect(refused('399 192.0.2.1 "no free channel"')).toBe('Bad Request：no free channel')
    expect(refused('no free channel')).toBe('Bad Request：no free channel')
  })
})
