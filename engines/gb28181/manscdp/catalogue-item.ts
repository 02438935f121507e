import { decimal, nested, only, text, type ValuesOf, whole, word } from './shape.ts'

const info2022 = <T>(field: Parameters<typeof only<T>>[1]) => only('2022', field)

/** `Info` of an item. 2016: A.2.1 d; 2022: A.2.1.9. */
const ITEM_INFO = {
  /** 1 dome 2 half dome 3 fixed 4 remote-controlled; 2022 also 5 6 7. */
  ptzType: whole('PTZType'),
  positionType: only('2016', whole('PositionType')),
  roomType: whole('RoomType'),
  useType: only('2016', whole('UseType')),
  /** 1 none 2 infrared 3 white 4 laser 9 other. */
  supplyLightType: whole('SupplyLightType'),
  /** 1 east 2 west 3 south 4 north 5 south-east 6 north-east 7 south-west 8 north-west. */
  directionType: whole('DirectionType'),
  /** Numbers or `WxH`, listed by `/`. */
  resolution: text('Resolution'),
  businessGroupId: only('2016', text('BusinessGroupID')),
  photoelectricImagingType: info2022(text('PhotoelectricImagingType')),
  capturePositionType: info2022(text('CapturePositionType')),
  /** Streams offered, `0/1/2`: 0 main, 1 sub, … */
  streamNumberList: info2022(text('StreamNumberList')),
  downloadSpeed: text('DownloadSpeed'),
  svcSpaceSupportMode: whole('SVCSpaceSupportMode'),
  svcTimeSupportMode: whole('SVCTimeSupportMode'),
  ssvcRatioSupportList: info2022(text('SSVCRatioSupportList')),
  mobileDeviceType: info2022(whole('MobileDeviceType')),
  /** Degrees. */
  horizontalFieldAngle: info2022(decimal('HorizontalFieldAngle')),
  verticalFieldAngle: info2022(decimal('VerticalFieldAngle')),
  /** Metres. */
  maxViewDistance: info2022(decimal('MaxViewDistance')),
  grassrootsCode: info2022(text('GrassrootsCode')),
  pointType: info2022(whole('PointType')),
  pointCommonName: info2022(text('PointCommonName')),
  mac: info2022(text('MAC')),
  functionType: info2022(text('FunctionType')),
  encodeType: info2022(text('EncodeType')),
  installTime: info2022(text('InstallTime')),
  managementUnit: info2022(text('ManagementUnit')),
  contactInfo: info2022(text('ContactInfo')),
  recordSaveDays: info2022(whole('RecordSaveDays')),
  industrialClassification: info2022(text('IndustrialClassification')),
}

/** What happened to an item of a catalogue NOTIFY (2022 annex N). */
export const CATALOGUE_EVENTS = ['ON', 'OFF', 'VLOST', 'DEFECT', 'ADD', 'DEL', 'UPDATE'] as const
export type CatalogueEvent = (typeof CATALOGUE_EVENTS)[number]

/** An item of a catalogue. 2016: A.2.1 d; 2022: A.2.1.9. */
export const CATALOGUE_ITEM = {
  /** 20 digits, or 2, 4, 6 or 8 of a region. */
  deviceId: text('DeviceID'),
  event: word('Event', CATALOGUE_EVENTS),
  name: text('Name'),
  manufacturer: text('Manufacturer'),
  model: text('Model'),
  owner: only('2016', text('Owner')),
  civilCode: text('CivilCode'),
  block: text('Block'),
  address: text('Address'),
  /** 1: has items below it. */
  parental: whole('Parental'),
  /** One id, or several listed by `/`. */
  parentId: text('ParentID'),
  safetyWay: only('2016', whole('SafetyWay')),
  registerWay: whole('RegisterWay'),
  certNum: only('2016', text('CertNum')),
  certifiable: only('2016', whole('Certifiable')),
  errCode: only('2016', whole('ErrCode')),
  endTime: only('2016', text('EndTime')),
  securityLevelCode: only('2022', text('SecurityLevelCode')),
  /** 0 not secret, 1 secret. */
  secrecy: whole('Secrecy'),
  ipAddress: text('IPAddress'),
  port: whole('Port'),
  password: text('Password'),
  status: word('Status', ['ON', 'OFF'], { OK: 'ON', ONLINE: 'ON', OFFLINE: 'OFF', '1': 'ON', '0': 'OFF' }),
  /** Degrees, WGS 84 (2022: CGCS2000). */
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
  /** Beside the item in what devices send, in `Info` by the text of 2016: both are read. */
  businessGroupId: text('BusinessGroupID'),
  info: nested('Info', ITEM_INFO),
}

export type CatalogueItem = ValuesOf<typeof CATALOGUE_ITEM> & { readonly deviceId: string }

/** An item of a record list. 2016: A.2.1 h; 2022: A.2.1.10. */
export const RECORD_ITEM = {
  deviceId: text('DeviceID'),
  name: text('Name'),
  filePath: text('FilePath'),
  address: text('Address'),
  /** Local time, `2026-11-20T00:00:00`. */
  startTime: text('StartTime'),
  endTime: text('EndTime'),
  secrecy: whole('Secrecy'),
  /** `time`, `alarm`, `manual`. */
  type: text('Type'),
  recorderId: text('RecorderID'),
  /** Bytes. */
  fileSize: whole('FileSize'),
  recordLocation: only('2022', text('RecordLocation')),
  streamNumber: only('2022', whole('StreamNumber')),
}

export type RecordItem = ValuesOf<typeof RECORD_ITEM>
