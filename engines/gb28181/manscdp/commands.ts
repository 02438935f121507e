import type { Edition } from '../version.ts'
import { CATALOGUE_ITEM, RECORD_ITEM } from './catalogue-item.ts'
import { CONFIG_SECTIONS } from './config-shapes.ts'
import { DEVICE_CONTROL, HOME_POSITION, SNAPSHOT_FINISHED } from './control-shapes.ts'
import { also, decimal, list, nested, only, type Shape, text, texts, whole, word } from './shape.ts'

const result = word('Result', ['OK', 'ERROR'], { SUCCESS: 'OK', FAIL: 'ERROR', FAILED: 'ERROR' })

const ALARM_FILTER = {
  startAlarmPriority: whole('StartAlarmPriority'),
  endAlarmPriority: whole('EndAlarmPriority'),
  /** Methods listed by `/`; 0 all. */
  alarmMethod: text('AlarmMethod'),
  alarmType: text('AlarmType'),
  startAlarmTime: also(text('StartAlarmTime'), 'StartTime'),
  endAlarmTime: also(text('EndAlarmTime'), 'EndTime'),
}

const POSITION = {
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
  /** km/h. */
  speed: decimal('Speed'),
  /** Degrees clockwise from north. */
  direction: decimal('Direction'),
  /** Metres. */
  altitude: decimal('Altitude'),
}

const ALARM = {
  /** 1–4, 1 the highest. */
  alarmPriority: text('AlarmPriority'),
  /** 1 phone 2 device 3 SMS 4 GPS 5 video 6 fault 7 other. */
  alarmMethod: text('AlarmMethod'),
  alarmTime: text('AlarmTime'),
  alarmDescription: text('AlarmDescription'),
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
  info: nested('Info', {
    alarmType: whole('AlarmType'),
    /** 1 enter, 2 leave. */
    alarmTypeParam: nested('AlarmTypeParam', { eventType: whole('EventType') }),
  }),
}

const RECORD_QUERY = {
  startTime: text('StartTime'),
  endTime: text('EndTime'),
  filePath: text('FilePath'),
  address: text('Address'),
  secrecy: whole('Secrecy'),
  /** `time`, `alarm`, `manual`, `all`. */
  type: text('Type'),
  recorderId: text('RecorderID'),
  indistinctQuery: whole('IndistinctQuery'),
  streamNumber: only('2022', whole('StreamNumber')),
  alarmMethod: only('2022', text('AlarmMethod')),
  alarmType: only('2022', text('AlarmType')),
}

const DEVICE_STATUS = {
  result,
  online: word('Online', ['ONLINE', 'OFFLINE']),
  status: word('Status', ['OK', 'ERROR']),
  reason: text('Reason'),
  encode: word('Encode', ['ON', 'OFF']),
  record: word('Record', ['ON', 'OFF']),
  /** Local time of the device. */
  deviceTime: text('DeviceTime'),
  alarmStatus: list('Alarmstatus', 'Item', {
    deviceId: text('DeviceID'),
    dutyStatus: word('DutyStatus', ['ONDUTY', 'OFFDUTY', 'ALARM']),
  }),
}

const since2022 = <S extends Shape>(body: S) => ({ body, since: '2022' as Edition })
const common = <S extends Shape>(body: S) => ({ body, since: '2016' as Edition })

/**
 * Every command known, by root and CmdType, with the shape of its body (2022 annex A; 2016 A.2). `SN` and `DeviceID`
 * belong to all and stand beside the body.
 */
export const COMMANDS = {
  'Query/Catalog': common({ startTime: text('StartTime'), endTime: text('EndTime') }),
  'Query/DeviceInfo': common({}),
  'Query/DeviceStatus': common({}),
  'Query/RecordInfo': common(RECORD_QUERY),
  'Query/Alarm': common(ALARM_FILTER),
  /** ConfigType lists sections by `/`. */
  'Query/ConfigDownload': common({ configType: text('ConfigType') }),
  'Query/PresetQuery': common({}),
  /** Seconds between positions. */
  'Query/MobilePosition': common({ interval: whole('Interval') }),
  'Query/HomePositionQuery': since2022({}),
  'Query/CruiseTrackListQuery': since2022({}),
  'Query/CruiseTrackQuery': since2022({ number: whole('Number') }),
  'Query/PTZPosition': since2022({}),
  'Query/SDCardStatus': since2022({}),

  'Control/DeviceControl': common(DEVICE_CONTROL),
  'Control/DeviceConfig': common(CONFIG_SECTIONS),

  'Notify/Keepalive': common({
    status: text('Status'),
    /** Devices below that are faulty. */
    info: nested('Info', { faultyIds: texts('DeviceID') }),
  }),
  'Notify/Alarm': common(ALARM),
  /** 121: history was sent to its end. */
  'Notify/MediaStatus': common({ notifyType: text('NotifyType') }),
  'Notify/Catalog': common({
    sumNum: whole('SumNum'),
    items: list('DeviceList', 'Item', CATALOGUE_ITEM, 'deviceId'),
  }),
  /** Flat in 2016; of 2022 a list of positions. */
  'Notify/MobilePosition': common({
    time: text('Time'),
    ...POSITION,
    sumNum: only('2022', whole('SumNum')),
    positions: only(
      '2022',
      list('DeviceList', 'Item', {
        deviceId: text('DeviceID'),
        captureTime: text('CaptureTime'),
        ...POSITION,
        height: decimal('Height'),
      }),
    ),
  }),
  /** Bears no DeviceID. */
  'Notify/Broadcast': common({ sourceId: text('SourceID'), targetId: text('TargetID') }),
  'Notify/UploadSnapShotFinished': since2022(SNAPSHOT_FINISHED),
  'Notify/DeviceUpgradeResult': since2022({
    sessionId: text('SessionID'),
    upgradeResult: also(result, 'UpgradeResult'),
    firmware: text('Firmware'),
    description: text('Description'),
  }),
  /** A device that records by itself has something to upload. */
  'Notify/VideoUploadNotify': since2022({ time: text('Time') }),
  'Notify/PTZPosition': since2022({ pan: decimal('Pan'), tilt: decimal('Tilt'), zoom: decimal('Zoom') }),

  'Response/Catalog': common({
    result,
    sumNum: whole('SumNum'),
    items: list('DeviceList', 'Item', CATALOGUE_ITEM, 'deviceId'),
  }),
  'Response/DeviceInfo': common({
    deviceName: text('DeviceName'),
    result,
    manufacturer: text('Manufacturer'),
    model: text('Model'),
    firmware: text('Firmware'),
    channel: whole('Channel'),
  }),
  'Response/DeviceStatus': common(DEVICE_STATUS),
  'Response/RecordInfo': common({
    name: text('Name'),
    sumNum: whole('SumNum'),
    items: list('RecordList', 'Item', RECORD_ITEM, 'startTime'),
  }),
  'Response/Alarm': common({ result }),
  'Response/ConfigDownload': common({ result, ...CONFIG_SECTIONS }),
  'Response/PresetQuery': common({
    result,
    sumNum: whole('SumNum'),
    presets: list(
      'PresetList',
      'Item',
      { presetId: text('PresetID'), presetName: text('PresetName') },
      'presetId',
    ),
  }),
  'Response/MobilePosition': common({ result }),
  'Response/DeviceControl': common({ result }),
  'Response/DeviceConfig': common({ result }),
  'Response/Broadcast': common({ result, reason: text('Reason') }),
  'Response/Keepalive': common({ result }),
  'Response/HomePositionQuery': since2022({ homePosition: nested('HomePosition', HOME_POSITION) }),
  'Response/CruiseTrackListQuery': since2022({
    sumNum: whole('SumNum'),
    tracks: list('CruiseTrackList', 'CruiseTrack', { number: whole('Number'), name: text('Name') }, 'number'),
  }),
  'Response/CruiseTrackQuery': since2022({
    number: whole('Number'),
    name: text('Name'),
    sumNum: whole('SumNum'),
    /** Seconds of stay. */
    points: list('CruisePointList', 'CruisePoint', {
      presetIndex: whole('PresetIndex'),
      stayTime: whole('StayTime'),
      speed: whole('Speed'),
    }),
  }),
  'Response/PTZPosition': since2022({
    pan: decimal('Pan'),
    tilt: decimal('Tilt'),
    zoom: decimal('Zoom'),
    horizontalFieldAngle: decimal('HorizontalFieldAngle'),
    verticalFieldAngle: decimal('VerticalFieldAngle'),
    maxViewDistance: decimal('MaxViewDistance'),
  }),
  'Response/SDCardStatus': since2022({
    result,
    sumNum: whole('SumNum'),
    cards: list('SDCardStatusInfo', 'Item', {
      id: whole('ID'),
      hddName: text('HddName'),
      /** `ok`, `formatting`, `unformatted`, `idle`, `error`. */
      status: text('Status'),
      /** Per cent. */
      formatProgress: whole('FormatProgress'),
      /** MB. */
      capacity: whole('Capacity'),
      freeSpace: whole('FreeSpace'),
    }),
  }),
}

export type CommandName = keyof typeof COMMANDS

/** Whether a peer of the edition knows a command. The higher side must not send what the lower cannot know. */
export function isKnownTo(edition: Edition, command: CommandName): boolean {
  return edition === '2022' || COMMANDS[command].since === '2016'
}
