import { also, decimal, list, nested, only, repeated, text, tree, type ValuesOf, whole } from './shape.ts'

const BASIC_PARAM = {
  name: text('Name'),
  deviceId: text('DeviceID'),
  sipServerId: text('SIPServerID'),
  sipServerIp: text('SIPServerIP'),
  sipServerPort: whole('SIPServerPort'),
  domainName: text('DomainName'),
  /** Seconds. */
  expiration: whole('Expiration'),
  password: text('Password'),
  /** Seconds. */
  heartBeatInterval: whole('HeartBeatInterval'),
  heartBeatCount: whole('HeartBeatCount'),
  positionCapability: whole('PositionCapability'),
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
}

const TIME_SEGMENT = {
  startHour: whole('StartHour'),
  startMin: whole('StartMin'),
  startSec: whole('StartSec'),
  stopHour: whole('StopHour'),
  stopMin: whole('StopMin'),
  stopSec: whole('StopSec'),
}

/** Sections of a device's configuration (2022: A.2.1.12–A.2.1.24), named by their ConfigType. */
export const CONFIG_SECTIONS = {
  basicParam: nested('BasicParam', BASIC_PARAM),
  videoParamOpt: nested('VideoParamOpt', {
    downloadSpeed: text('DownloadSpeed'),
    resolution: text('Resolution'),
  }),
  svacEncodeConfig: tree('SVACEncodeConfig'),
  svacDecodeConfig: tree('SVACDecodeConfig'),
  videoParamAttribute: only(
    '2022',
    list('VideoParamAttribute', 'Item', {
      streamNumber: whole('StreamNumber'),
      videoFormat: text('VideoFormat'),
      resolution: text('Resolution'),
      frameRate: whole('FrameRate'),
      /** 1 constant, 2 variable. */
      bitRateType: whole('BitRateType'),
      /** kbit/s. */
      videoBitRate: whole('VideoBitRate'),
    }),
  ),
  videoRecordPlan: only(
    '2022',
    nested('VideoRecordPlan', {
      recordEnable: whole('RecordEnable'),
      recordScheduleSumNum: whole('RecordScheduleSumNum'),
      recordSchedules: repeated('RecordSchedule', {
        weekDayNum: whole('WeekDayNum'),
        timeSegmentSumNum: whole('TimeSegmentSumNum'),
        timeSegments: repeated('TimeSegment', TIME_SEGMENT),
      }),
      streamNumber: whole('StreamNumber'),
    }),
  ),
  videoAlarmRecord: only(
    '2022',
    nested('VideoAlarmRecord', {
      recordEnable: whole('RecordEnable'),
      /** Seconds after and before. */
      recordTime: whole('RecordTime'),
      preRecordTime: whole('PreRecordTime'),
      streamNumber: whole('StreamNumber'),
    }),
  ),
  pictureMask: only(
    '2022',
    nested('PictureMask', {
      on: whole('On'),
      sumNum: whole('SumNum'),
      /** Points: `left,top,right,bottom`. */
      regions: list('RegionList', 'Item', { seq: whole('Seq'), point: text('Point') }),
    }),
  ),
  /** 0 as is, 1 left-right, 2 up-down, 3 both. */
  frameMirror: only('2022', whole('FrameMirror')),
  alarmReport: only(
    '2022',
    nested('AlarmReport', {
      motionDetection: whole('MotionDetection'),
      fieldDetection: whole('FieldDetection'),
    }),
  ),
  osdConfig: only(
    '2022',
    nested('OSDConfig', {
      length: whole('Length'),
      width: whole('Width'),
      timeX: whole('TimeX'),
      timeY: whole('TimeY'),
      timeEnable: whole('TimeEnable'),
      timeType: whole('TimeType'),
      textEnable: whole('TextEnable'),
      sumNum: whole('SumNum'),
      items: repeated('Item', { text: text('Text'), x: whole('X'), y: whole('Y') }),
    }),
  ),
  /** `SnapShot` in the answer to a query, by the text. */
  snapShotConfig: only(
    '2022',
    also(
      nested('SnapShotConfig', {
        /** 1–10. */
        snapNum: whole('SnapNum'),
        /** Seconds, at least 1. */
        interval: whole('Interval'),
        uploadUrl: text('UploadURL'),
        /** 32–128 characters. */
        sessionId: text('SessionID'),
      }),
      'SnapShot',
    ),
  ),
}

/** Configuration sections as values. */
export type ConfigSections = ValuesOf<typeof CONFIG_SECTIONS>

const ALL_TYPES = Object.values(CONFIG_SECTIONS).map(({ element, edition }) => ({ element, edition }))

/** ConfigTypes a peer of the edition may be asked for, listed by `/` in a query. */
export function configTypesOf(edition: '2016' | '2022'): string[] {
  return ALL_TYPES.filter((it) => it.edition === undefined || it.edition === edition).map((it) => it.element)
}
