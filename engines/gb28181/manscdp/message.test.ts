import { describe, expect, it } from 'vitest'
import {
  type CommandName,
  configTypesOf,
  deviceControlName,
  editionOf,
  isControlAnswered,
  isKeepAlive,
  isKnownTo,
  type KnownManscdp,
  type ManscdpStyle,
  readGbVersion,
  readManscdp,
  readSipMessage,
  UnwritableError,
  writeManscdp,
  writeRefusal,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'
import { DEVICE, SERVER } from '../testing/sip-text.ts'

const head = { sn: '17', deviceId: DEVICE }
const edition2016: ManscdpStyle = { edition: '2016' }
const edition2022: ManscdpStyle = { edition: '2022' }

/** One message of every kind, with every sort of field in it. */
const MESSAGES: KnownManscdp[] = [
  { name: 'Query/Catalog', ...head, body: { startTime: '2026-11-20T00:00:00' } },
  { name: 'Query/DeviceInfo', ...head, body: {} },
  { name: 'Query/DeviceStatus', ...head, body: {} },
  {
    name: 'Query/RecordInfo',
    ...head,
    body: { startTime: '2026-11-20T00:00:00', endTime: '2026-11-21T00:00:00', secrecy: 0, type: 'all' },
  },
  { name: 'Query/Alarm', ...head, body: { startAlarmPriority: 1, endAlarmPriority: 4, alarmMethod: '0' } },
  { name: 'Query/ConfigDownload', ...head, body: { configType: 'BasicParam/VideoParamOpt' } },
  { name: 'Query/PresetQuery', ...head, body: {} },
  { name: 'Query/MobilePosition', ...head, body: { interval: 5 } },
  { name: 'Query/HomePositionQuery', ...head, body: {} },
  { name: 'Query/CruiseTrackListQuery', ...head, body: {} },
  { name: 'Query/CruiseTrackQuery', ...head, body: { number: 1 } },
  { name: 'Query/PTZPosition', ...head, body: {} },
  { name: 'Query/SDCardStatus', ...head, body: {} },
  {
    name: 'Control/DeviceControl',
    ...head,
    body: { ptzCmd: 'A50F0100000000B5', info: { controlPriority: 5 } },
  },
  {
    name: 'Control/DeviceControl',
    ...head,
    body: {
      dragZoomIn: { length: 1280, width: 720, midPointX: 100, midPointY: 80, lengthX: 20, lengthY: 10 },
    },
  },
  {
    name: 'Control/DeviceControl',
    ...head,
    body: { homePosition: { enabled: 1, resetTime: 60, presetIndex: 2 } },
  },
  {
    name: 'Control/DeviceControl',
    ...head,
    body: { ptzPreciseCtrl: { pan: 123.5, tilt: -12.25, zoom: 4.5 } },
  },
  { name: 'Control/DeviceConfig', ...head, body: { basicParam: { name: '东门', heartBeatInterval: 60 } } },
  {
    name: 'Control/DeviceConfig',
    ...head,
    body: {
      snapShotConfig: {
        snapNum: 3,
        interval: 2,
        uploadUrl: 'http://192.0.2.1/a?b=1&c=2',
        sessionId: 'a'.repeat(32),
      },
      frameMirror: 3,
      videoRecordPlan: {
        recordEnable: 1,
        recordSchedules: [{ weekDayNum: 1, timeSegments: [{ startHour: 8 }, { startHour: 14 }] }],
      },
    },
  },
  { name: 'Notify/Keepalive', ...head, body: { status: 'OK', info: { faultyIds: ['1', '2'] } } },
  {
    name: 'Notify/Alarm',
    ...head,
    body: {
      alarmPriority: '1',
      alarmMethod: '5',
      alarmTime: '2026-11-20T17:32:09',
      longitude: 108.5,
      info: { alarmType: 6, alarmTypeParam: { eventType: 1 } },
    },
  },
  { name: 'Notify/MediaStatus', ...head, body: { notifyType: '121' } },
  { name: 'Notify/Catalog', ...head, body: { sumNum: 1, items: [{ deviceId: DEVICE, event: 'OFF' }] } },
  {
    name: 'Notify/MobilePosition',
    ...head,
    body: { time: '2026-11-20T17:32:09', longitude: 108.1, speed: 40.5 },
  },
  {
    name: 'Notify/MobilePosition',
    ...head,
    body: { sumNum: 1, positions: [{ deviceId: DEVICE, captureTime: '2026-11-20T17:32:09', height: 3 }] },
  },
  { name: 'Notify/Broadcast', sn: '1', deviceId: '', body: { sourceId: SERVER, targetId: DEVICE } },
  {
    name: 'Notify/UploadSnapShotFinished',
    ...head,
    body: { sessionId: 's', snapShotList: { fileIds: ['a', 'b'] } },
  },
  {
    name: 'Notify/DeviceUpgradeResult',
    ...head,
    body: { sessionId: 's', upgradeResult: 'OK', firmware: 'V2' },
  },
  {
    name: 'Response/Catalog',
    ...head,
    body: {
      sumNum: 2,
      items: [
        {
          deviceId: DEVICE,
          name: '东门𠀀',
          parental: 0,
          parentId: `${SERVER}/34020000002160000001`,
          status: 'ON',
          longitude: -108.25,
          info: { ptzType: 1, streamNumberList: '0/1' },
        },
        { deviceId: '3402', name: '某区' },
      ],
    },
  },
  { name: 'Response/DeviceInfo', ...head, body: { deviceName: 'IP DOME', result: 'OK', channel: 1 } },
  {
    name: 'Response/DeviceStatus',
    ...head,
    body: {
      result: 'OK',
      online: 'ONLINE',
      status: 'OK',
      alarmStatus: [{ deviceId: DEVICE, dutyStatus: 'ALARM' }],
    },
  },
  {
    name: 'Response/RecordInfo',
    ...head,
    body: { sumNum: 1, items: [{ deviceId: DEVICE, startTime: 'a', endTime: 'b', fileSize: 5_000_000_000 }] },
  },
  { name: 'Response/Alarm', ...head, body: { result: 'OK' } },
  { name: 'Response/ConfigDownload', ...head, body: { result: 'OK', basicParam: { expiration: 86400 } } },
  { name: 'Response/PresetQuery', ...head, body: { presets: [{ presetId: '1', presetName: '门口' }] } },
  { name: 'Response/DeviceControl', ...head, body: { result: 'ERROR' } },
  { name: 'Response/DeviceConfig', ...head, body: { result: 'OK' } },
  { name: 'Response/Broadcast', ...head, body: { result: 'OK' } },
  { name: 'Response/HomePositionQuery', ...head, body: { homePosition: { enabled: 1 } } },
  {
    name: 'Response/CruiseTrackListQuery',
    ...head,
    body: { sumNum: 1, tracks: [{ number: 0, name: '白天' }] },
  },
  {
    name: 'Response/CruiseTrackQuery',
    ...head,
    body: { number: 0, sumNum: 1, points: [{ presetIndex: 1, stayTime: 5, speed: 8 }] },
  },
  { name: 'Response/PTZPosition', ...head, body: { pan: 123.5, tilt: -12.25, zoom: 4.5 } },
  {
    name: 'Response/SDCardStatus',
    ...head,
    body: { sumNum: 1, cards: [{ id: 0, status: 'ok', capacity: 31914 }] },
  },
]

describe('every command both ways', () => {
  it.each(MESSAGES.map((message) => [message.name, message] as const))(
    'VID-4 VID-7 %s comes back as it was written',
    (_, message) => {
      for (const encoding of ['GB2312', 'GB18030', 'UTF-8'] as const) {
        const { message: read, faults } = readManscdp(writeManscdp(message, { edition: '2022', encoding }))
        expect(read).toEqual(message)
        expect(faults).toEqual([])
      }
    },
  )

  it('VID-2 writes elements in wire order, one a line', () => {
    const message = MESSAGES.find((it) => it.name === 'Notify/Broadcast')!
    expect(writeManscdp(message, edition2016).toString()).toBe(
      [
        '<?xml version="1.0" encoding="GB2312"?>',
        '<Notify>',
        '<CmdType>Broadcast</CmdType>',
        '<SN>1</SN>',
        `<SourceID>${SERVER}</SourceID>`,
        `<TargetID>${DEVICE}</TargetID>`,
        '</Notify>',
        '',
      ].join('\r\n'),
    )
  })
})

describe('two editions (pain 2)', () => {
  const write = (body: KnownManscdp<'Control/DeviceControl'>['body'], style: ManscdpStyle) =>
    writeManscdp({ name: 'Control/DeviceControl', ...head, body }, style).toString()

  it('VID-PAIN-02 IFameCmd in 2016, IFrameCmd in 2022, both read', () => {
    expect(write({ iFrame: 'Send' }, edition2016)).toContain('<IFameCmd>Send</IFameCmd>')
    expect(write({ iFrame: 'Send' }, edition2022)).toContain('<IFrameCmd>Send</IFrameCmd>')
    for (const style of [edition2016, edition2022]) {
      const { message } = readManscdp(Buffer.from(write({ iFrame: 'Send' }, style)))
      expect(message).toMatchObject({ body: { iFrame: 'Send' } })
    }
  })

  it('VID-PAIN-02 the charset is declared as the edition names it', () => {
    expect(write({}, edition2016)).toMatch(/^<\?xml version="1.0" encoding="GB2312"\?>/)
    expect(write({}, edition2022)).toMatch(/^<\?xml version="1.0" encoding="GB18030"\?>/)
  })

  it('VID-PAIN-02 what a peer cannot know is not sent to it', () => {
    expect(() => writeManscdp(MESSAGES.find((it) => it.name === 'Query/SDCardStatus')!, edition2016)).toThrow(
      UnwritableError,
    )
    expect(isKnownTo('2016', 'Query/Catalog')).toBe(true)
    const item = {
      deviceId: DEVICE,
      owner: 'o',
      safetyWay: 0,
      securityLevelCode: 'A',
      info: { mac: 'm', useType: 1 },
    }
    const write = (style: ManscdpStyle) =>
      writeManscdp({ name: 'Response/Catalog', ...head, body: { items: [item] } }, style).toString()
    expect(write(edition2016)).toMatch(/<Owner>o<.*<SafetyWay>0<.*<UseType>1</s)
    expect(write(edition2016)).not.toMatch(/SecurityLevelCode|MAC/)
    expect(write(edition2022)).toMatch(/<SecurityLevelCode>A<.*<MAC>m</s)
    expect(write(edition2022)).not.toMatch(/Owner|SafetyWay|UseType/)
  })

  it('VID-PAIN-02 reads X-GB-ver', () => {
    expect([' 3.0', '2.0', '1.1', undefined, '4.0'].map((it) => editionOf(readGbVersion(it)))).toEqual([
      '2022',
      '2016',
      '2016',
      '2016',
      '2016',
    ])
    expect(configTypesOf('2016')).toEqual([
      'BasicParam',
      'VideoParamOpt',
      'SVACEncodeConfig',
      'SVACDecodeConfig',
    ])
    expect(configTypesOf('2022')).toHaveLength(12)
  })
})

describe('commands not known', () => {
  const strange = Buffer.from(
    '<Query><CmdType>Weather</CmdType><SN>9</SN><DeviceID>1</DeviceID><A>b</A></Query>',
  )

  it('VID-1 are given by name and refused by name', () => {
    const { message } = readManscdp(strange)
    expect(message).toMatchObject({ name: 'unknown', root: 'Query', cmdType: 'Weather', sn: '9' })
    expect(writeRefusal(message, edition2016).toString()).toContain(
      '<CmdType>Weather</CmdType>\r\n<SN>9</SN>\r\n<DeviceID>1</DeviceID>\r\n<Result>ERROR</Result>',
    )
  })

  it('VID-4 a control names itself, and whether it is answered', () => {
    const named = (body: KnownManscdp<'Control/DeviceControl'>['body']) => deviceControlName(body)
    expect(named({ ptzCmd: 'A5' })).toBe('PTZCmd')
    expect(named({ guardCmd: 'SetGuard' })).toBe('GuardCmd')
    expect(named({ formatSdCard: 0 })).toBe('FormatSDCard')
    expect(named({})).toBeNull()
    expect([isControlAnswered('PTZCmd'), isControlAnswered('GuardCmd')]).toEqual([false, true])
  })
})

describe('as devices write it', () => {
  const body = (text: string) => {
    const { message } = readManscdp(Buffer.from(text))
    return { name: message.name, ...('body' in message ? message.body : {}) }
  }

  it('VID-5 an alarm with lower-case info', () => {
    expect(
      body('<Notify><CmdType>Alarm</CmdType><SN>1</SN><info><AlarmType>2</AlarmType></info></Notify>'),
    ).toEqual({ name: 'Notify/Alarm', info: { alarmType: 2 } })
  })

  it('VID-6 SumNum 0 without a list, numbers with a fraction', () => {
    expect(body('<Response><CmdType>RecordInfo</CmdType><SN>1</SN><SumNum>0</SumNum></Response>')).toEqual({
      name: 'Response/RecordInfo',
      sumNum: 0,
    })
  })

  it('VID-7 CmdType and SN as attributes, a snapshot section by its other name', () => {
    expect(body('<Response CmdType="PTZPosition" SN="7"><Pan>1.5</Pan></Response>')).toEqual({
      name: 'Response/PTZPosition',
      pan: 1.5,
    })
    expect(
      body('<Response><CmdType>ConfigDownload</CmdType><SnapShot><SnapNum>3</SnapNum></SnapShot></Response>'),
    ).toEqual({ name: 'Response/ConfigDownload', snapShotConfig: { snapNum: 3 } })
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  const bodies = (name: string) =>
    readCapture(name)
      .filter((it) => (it.sourcePort === 5060 || it.targetPort === 5060) && !isKeepAlive(it.payload))
      .map(({ payload }) => Buffer.from(readSipMessage(payload).body))
      .filter((it) => it.includes('CmdType'))
      .map(readManscdp)

  it('VID-2 a catalogue of 24 items: every item, every field', () => {
    const readings = bodies('sip_udp_catalog')
    const items = readings.flatMap(({ message }) =>
      message.name === 'Response/Catalog' ? (message.body.items ?? []) : [],
    )
    expect(readings.flatMap(({ faults }) => faults)).toEqual([])
    expect(items).toHaveLength(24)
    expect(items[4]).toEqual({
      deviceId: '34020000001310000001',
      name: '测试摄像机1',
      manufacturer: 'Fri',
      model: 'Fri SIP Agent 1.0',
      owner: '调测软件',
      civilCode: '3402',
      address: '测试单位',
      parental: 0,
      parentId: '34020000002000000001/34020000002160000001',
      registerWay: 1,
      secrecy: 0,
      status: 'ON',
      info: {
        ptzType: 1,
        positionType: 1,
        roomType: 1,
        useType: 1,
        supplyLightType: 1,
        directionType: 1,
        resolution: '4/5/6',
      },
    })
  })

  it('VID-1 a Hikvision camera: information, catalogue, keep-alives, broadcast', () => {
    const count = new Map<CommandName | 'unknown', number>()
    for (const { message, faults } of bodies('sip')) {
      expect(faults).toEqual([])
      count.set(message.name, (count.get(message.name) ?? 0) + 1)
    }
    expect(Object.fromEntries(count)).toMatchObject({
      'Query/DeviceInfo': 1,
      'Query/Catalog': 1,
      'Response/DeviceInfo': 1,
      'Response/Catalog': 1,
      'Notify/Broadcast': 1,
      'Response/Broadcast': 1,
    })
    expect(count.get('unknown')).toBeUndefined()
  })
})
