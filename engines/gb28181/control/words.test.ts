import { describe, expect, it } from 'vitest'
import {
  alarmWords,
  explanationOf,
  makeResponse,
  needsReset,
  positionsOf,
  readManscdp,
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

describe('positions of either edition', () => {
  const positions = (inner: string) => {
    const { message } = readManscdp(
      Buffer.from(
        `<Notify><CmdType>MobilePosition</CmdType><SN>1</SN><DeviceID>1</DeviceID>${inner}</Notify>`,
      ),
    )
    return message.name === 'Notify/MobilePosition' ? positionsOf(message.deviceId, message.body) : null
  }
  const place = '<Longitude>108.5</Longitude><Latitude>22.25</Latitude><Speed>40</Speed>'

  it('VID-7 flat, as in 2016', () => {
    expect(positions(`<Time>2026-11-20T17:32:09</Time>${place}<Direction>90</Direction>`)).toEqual([
      {
        deviceId: '1',
        atMs: Date.parse('2026-11-20T17:32:09+08:00'),
        longitude: 108.5,
        latitude: 22.25,
        speed: 40,
        direction: 90,
        altitude: null,
      },
    ])
  })

  it('VID-7 a list, as in 2022; places that are none are left out', () => {
    const item = (id: number, inner: string) => `<Item><DeviceID>${id}</DeviceID>${inner}</Item>`
    const list = [
      item(2, `<CaptureTime>2026-11-20T17:32:10</CaptureTime>${place}`),
      item(3, place),
      item(4, '<Longitude>0</Longitude><Latitude>0</Latitude>'),
      item(5, '<Longitude>200</Longitude><Latitude>1</Latitude>'),
      item(6, '<Longitude>108</Longitude>'),
    ]
    const found = positions(
      `<Time>2026-11-20T17:32:09</Time><DeviceList Num="5">${list.join('')}</DeviceList>`,
    )
    expect(found?.map(({ deviceId, atMs }) => [deviceId, new Date(atMs!).toISOString()])).toEqual([
      ['2', '2026-11-20T09:32:10.000Z'],
      ['3', '2026-11-20T09:32:09.000Z'],
    ])
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
