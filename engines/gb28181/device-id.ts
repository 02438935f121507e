/** What a 20-digit id stands for, by its type code (digits 11–13; GB/T 28181-2022 annex E). */
export type DeviceKind =
  | 'region'
  | 'system'
  | 'group'
  | 'organisation'
  | 'device'
  | 'camera'
  | 'alarm-in'
  | 'alarm-out'
  | 'voice-in'
  | 'voice-out'
  | 'other'

const TYPES: readonly (readonly [code: string, kind: DeviceKind, zh: string])[] = [
  ['111', 'device', '硬盘录像机'],
  ['112', 'device', '视频服务器'],
  ['113', 'device', '编码器'],
  ['114', 'device', '解码器'],
  ['115', 'device', '视频切换矩阵'],
  ['116', 'device', '音频切换矩阵'],
  ['117', 'device', '报警控制器'],
  ['118', 'device', '网络视频录像机'],
  ['122', 'device', '多目设备'],
  ['130', 'device', '混合硬盘录像机'],
  ['131', 'camera', '摄像机'],
  ['132', 'camera', '网络摄像机'],
  ['133', 'other', '显示器'],
  ['134', 'alarm-in', '报警输入'],
  ['135', 'alarm-out', '报警输出'],
  ['136', 'voice-in', '语音输入'],
  ['137', 'voice-out', '语音输出'],
  ['138', 'device', '移动传输设备'],
  ['141', 'other', '出入口闸机'],
  ['142', 'other', '智能门'],
  ['200', 'system', '信令服务器'],
  ['209', 'system', '安全网关'],
  ['215', 'group', '业务分组'],
  ['216', 'organisation', '虚拟组织'],
]

const BY_CODE = new Map(TYPES.map(([code, kind, zh]) => [code, { kind, zh }]))

/** An id taken apart (GB/T 28181-2022 annex E). */
export interface DeviceId {
  readonly id: string
  readonly kind: DeviceKind
  /** What it is, in the user's words; `类型码 nnn` for codes not named here. */
  readonly zh: string
  /** Administrative division: up to 8 digits. */
  readonly region: string
  /** Digits 9–10; empty for a region. */
  readonly industry: string
  /** Digits 11–13; empty for a region. */
  readonly type: string
  /** Digit 14; empty for a region. */
  readonly network: string
  /** Digits 15–20; empty for a region. */
  readonly serial: string
  /** SIP domain: the first ten digits; empty for a region. */
  readonly domain: string
}

/** Takes an id apart; `null` for what is neither 20 digits nor 2, 4, 6 or 8 (a region). */
export function readDeviceId(id: string): DeviceId | null {
  if (/^(\d{2}){1,4}$/.test(id)) {
    const empty = { industry: '', type: '', network: '', serial: '', domain: '' }
    return { id, kind: 'region', zh: '行政区划', region: id, ...empty }
  }
  if (!/^\d{20}$/.test(id)) return null
  const type = id.slice(10, 13)
  const { kind, zh } = BY_CODE.get(type) ?? { kind: 'other' as const, zh: `类型码 ${type}` }
  return {
    id,
    kind,
    zh,
    region: id.slice(0, 8),
    industry: id.slice(8, 10),
    type,
    network: id.slice(13, 14),
    serial: id.slice(14),
    domain: id.slice(0, 10),
  }
}
