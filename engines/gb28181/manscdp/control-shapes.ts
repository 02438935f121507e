import { also, decimal, type Field, nested, only, text, texts, whole, word } from './shape.ts'

const DRAG_ZOOM = {
  /** Pixels of the window in which the picture is played, origin top left. */
  length: whole('Length'),
  width: whole('Width'),
  midPointX: whole('MidPointX'),
  midPointY: whole('MidPointY'),
  lengthX: whole('LengthX'),
  lengthY: whole('LengthY'),
}

/** 看守位. */
export const HOME_POSITION = {
  /** 1 on, 0 off. */
  enabled: whole('Enabled'),
  /** Seconds without use until it returns. */
  resetTime: whole('ResetTime'),
  /** 0–255. */
  presetIndex: whole('PresetIndex'),
}

/** `IFameCmd` in 2016 (so spelt there), `IFrameCmd` in 2022; both are read. */
const iFrame: Field<'Send'> = {
  ...also(word('IFrameCmd', ['Send'], { SEND: 'Send' }), 'IFameCmd'),
  write: (value, _, edition) => [{ name: edition === '2016' ? 'IFameCmd' : 'IFrameCmd', content: value }],
}

/** Body of `Control/DeviceControl`: one of the commands, and what goes with it (2022: A.2.3.1). */
export const DEVICE_CONTROL = {
  /** Eight bytes as 16 hexadecimal digits: see `readPtz`. */
  ptzCmd: text('PTZCmd'),
  ptzCmdParams: only(
    '2022',
    nested('PTZCmdParams', { presetName: text('PresetName'), cruiseTrackName: text('CruiseTrackName') }),
  ),
  teleBoot: word('TeleBoot', ['Boot'], { BOOT: 'Boot' }),
  recordCmd: word('RecordCmd', ['Record', 'StopRecord'], { RECORD: 'Record', STOPRECORD: 'StopRecord' }),
  streamNumber: only('2022', whole('StreamNumber')),
  guardCmd: word('GuardCmd', ['SetGuard', 'ResetGuard'], { SETGUARD: 'SetGuard', RESETGUARD: 'ResetGuard' }),
  alarmCmd: word('AlarmCmd', ['ResetAlarm'], { RESETALARM: 'ResetAlarm' }),
  iFrame,
  dragZoomIn: nested('DragZoomIn', DRAG_ZOOM),
  dragZoomOut: nested('DragZoomOut', DRAG_ZOOM),
  homePosition: nested('HomePosition', HOME_POSITION),
  /** Degrees; zoom as a factor. */
  ptzPreciseCtrl: only(
    '2022',
    nested('PTZPreciseCtrl', { pan: decimal('Pan'), tilt: decimal('Tilt'), zoom: decimal('Zoom') }),
  ),
  deviceUpgrade: only(
    '2022',
    nested('DeviceUpgrade', {
      firmware: text('Firmware'),
      fileUrl: text('FileURL'),
      manufacturer: text('Manufacturer'),
      /** 32–128 characters. */
      sessionId: text('SessionID'),
    }),
  ),
  /** Number of the card, 0 = all. */
  formatSdCard: only('2022', whole('FormatSDCard')),
  targetTrack: only(
    '2022',
    word('TargetTrack', ['Auto', 'Manual', 'Stop'], { AUTO: 'Auto', MANUAL: 'Manual', STOP: 'Stop' }),
  ),
  deviceId2: only('2022', text('DeviceID2')),
  targetArea: only('2022', nested('TargetArea', DRAG_ZOOM)),
  info: nested('Info', {
    controlPriority: whole('ControlPriority'),
    /** Of ResetAlarm: methods listed by `/`. */
    alarmMethod: text('AlarmMethod'),
    alarmType: text('AlarmType'),
  }),
}

/** Name of a device control, as its element has it. */
export type DeviceControlName =
  | 'PTZCmd'
  | 'TeleBoot'
  | 'RecordCmd'
  | 'GuardCmd'
  | 'AlarmCmd'
  | 'IFrameCmd'
  | 'DragZoomIn'
  | 'DragZoomOut'
  | 'HomePosition'
  | 'PTZPreciseCtrl'
  | 'DeviceUpgrade'
  | 'FormatSDCard'
  | 'TargetTrack'

const CONTROL_NAMES: readonly (readonly [keyof typeof DEVICE_CONTROL, DeviceControlName])[] = [
  ['ptzCmd', 'PTZCmd'],
  ['teleBoot', 'TeleBoot'],
  ['recordCmd', 'RecordCmd'],
  ['guardCmd', 'GuardCmd'],
  ['alarmCmd', 'AlarmCmd'],
  ['iFrame', 'IFrameCmd'],
  ['dragZoomIn', 'DragZoomIn'],
  ['dragZoomOut', 'DragZoomOut'],
  ['homePosition', 'HomePosition'],
  ['ptzPreciseCtrl', 'PTZPreciseCtrl'],
  ['deviceUpgrade', 'DeviceUpgrade'],
  ['formatSdCard', 'FormatSDCard'],
  ['targetTrack', 'TargetTrack'],
]

/** Which control a body names; `null` for one not known here, which is to be refused by name. */
export function deviceControlName(
  body: {
    readonly [K in keyof typeof DEVICE_CONTROL]?: unknown
  },
): DeviceControlName | null {
  return CONTROL_NAMES.find(([property]) => body[property] !== undefined)?.[1] ?? null
}

const ANSWERED: ReadonlySet<DeviceControlName> = new Set([
  'RecordCmd',
  'GuardCmd',
  'AlarmCmd',
  'HomePosition',
  'DeviceUpgrade',
])

/** Whether a device answers this control by a Response (2022: 9.3.2); of the others only the 200 comes. */
export function isControlAnswered(control: DeviceControlName): boolean {
  return ANSWERED.has(control)
}

/** Body of `Notify/UploadSnapShotFinished` (2022: A.2.5.7). */
export const SNAPSHOT_FINISHED = {
  sessionId: text('SessionID'),
  snapShotList: nested('SnapShotList', { fileIds: texts('SnapShotFileID') }),
}
