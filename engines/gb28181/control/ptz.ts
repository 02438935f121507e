import { MalformedError, UnwritableError } from '../errors.ts'

/**
 * A front-end command (GB/T 28181-2022 A.3). Speeds are those of the wire, 0–255, zoom 0–15; `ptzSpeed` makes them of
 * per cent.
 */
export type PtzCommand =
  | {
      readonly kind: 'move'
      /** −255 … 255, left is negative; all three 0: stop. */
      readonly pan: number
      /** −255 … 255, down is negative. */
      readonly tilt: number
      /** −15 … 15, out is negative. */
      readonly zoom: number
    }
  | {
      readonly kind: 'lens'
      /** −255 … 255, close is negative; both 0: stop. */
      readonly iris: number
      /** −255 … 255, near is negative. */
      readonly focus: number
    }
  /** Presets 1–255. */
  | { readonly kind: 'preset'; readonly action: PresetAction; readonly preset: number }
  /**
   * Group 0–255. Value: preset for points (0 deletes the whole group), speed, seconds of dwell; 0 for start. A cruise is
   * stopped by a move of 0.
   */
  | { readonly kind: 'cruise'; readonly action: CruiseAction; readonly group: number; readonly value: number }
  /** Group 0–255. Value: speed 0–4095; 0 for the others. */
  | { readonly kind: 'scan'; readonly action: ScanAction; readonly group: number; readonly value: number }
  /** Switch 1: wiper. */
  | { readonly kind: 'auxiliary'; readonly on: boolean; readonly number: number }

export type PresetAction = 'set' | 'call' | 'delete'
export type CruiseAction = 'add-point' | 'delete-point' | 'speed' | 'dwell' | 'start'
export type ScanAction = 'start' | 'left-edge' | 'right-edge' | 'speed'

/** Stops movement, zoom and cruise: A50F0100000000B5. */
export const PTZ_STOP: PtzCommand = { kind: 'move', pan: 0, tilt: 0, zoom: 0 }

const PRESETS: readonly PresetAction[] = ['set', 'call', 'delete']
const CRUISES: readonly CruiseAction[] = ['add-point', 'delete-point', 'speed', 'dwell', 'start']
const SCANS: readonly ScanAction[] = ['start', 'left-edge', 'right-edge']

const PRESET = 0x81
const CRUISE = 0x84
const SCAN = 0x89
const SCAN_SPEED = 0x8a
const AUXILIARY_ON = 0x8c
const AUXILIARY_OFF = 0x8d
const LENS = 0x40

/** Bytes 4 to 7 of a code, the last with its high four bits only. */
type Code = readonly [command: number, data1: number, data2: number, data3: number]

/**
 * Eight bytes as 16 hexadecimal digits, for `PTZCmd`.
 *
 * @param address of the front end, 0–4095; 1 as a rule
 * @throws UnwritableError for values out of range
 */
export function writePtz(command: PtzCommand, address = 1): string {
  const [code, data1, data2, data3] = codeOf(command)
  requireRange('address', address, 0xfff)
  const bytes = [0xa5, 0x0f, address & 0xff, code, data1, data2, (data3 << 4) | (address >> 8)]
  return Buffer.from([...bytes, checksum(bytes)])
    .toString('hex')
    .toUpperCase()
}

function checksum(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) & 0xff
}

function codeOf(command: PtzCommand): Code {
  switch (command.kind) {
    case 'move':
      return codeOfMove(command)
    case 'lens':
      return codeOfLens(command)
    case 'preset':
      requireRange('preset', command.preset, 255, 1)
      return [PRESET + PRESETS.indexOf(command.action), 0, command.preset, 0]
    case 'cruise':
      return codeOfGroup(CRUISE + CRUISES.indexOf(command.action), command)
    case 'scan':
      if (command.action === 'speed') return codeOfGroup(SCAN_SPEED, command)
      return codeOfGroup(SCAN, { group: command.group, value: SCANS.indexOf(command.action) })
    case 'auxiliary':
      requireRange('switch', command.number, 255)
      return [command.on ? AUXILIARY_ON : AUXILIARY_OFF, command.number, 0, 0]
  }
}

function codeOfMove({ pan, tilt, zoom }: Extract<PtzCommand, { kind: 'move' }>): Code {
  requireRange('pan', Math.abs(pan), 255)
  requireRange('tilt', Math.abs(tilt), 255)
  requireRange('zoom', Math.abs(zoom), 15)
  const bits = bit(zoom, 0x10, 0x20) | bit(tilt, 0x08, 0x04) | bit(pan, 0x01, 0x02)
  return [bits, Math.abs(pan), Math.abs(tilt), Math.abs(zoom)]
}

function codeOfLens({ iris, focus }: Extract<PtzCommand, { kind: 'lens' }>): Code {
  requireRange('iris', Math.abs(iris), 255)
  requireRange('focus', Math.abs(focus), 255)
  return [LENS | bit(iris, 0x04, 0x08) | bit(focus, 0x01, 0x02), Math.abs(focus), Math.abs(iris), 0]
}

const bit = (value: number, positive: number, negative: number) =>
  value > 0 ? positive : value < 0 ? negative : 0

function codeOfGroup(code: number, { group, value }: { group: number; value: number }): Code {
  requireRange('group', group, 255)
  requireRange('value', value, 0xfff)
  return [code, group, value & 0xff, value >> 8]
}

function requireRange(name: string, value: number, most: number, least = 0): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UnwritableError(`${name} must be a whole number from ${least} to ${most}, got ${value}`)
  }
}

/** A code as read. */
export interface PtzReading {
  readonly command: PtzCommand
  readonly address: number
}

/**
 * Reads `PTZCmd`; blanks and small letters are forgiven.
 *
 * @throws MalformedError for another length or first byte, a wrong checksum, a command not defined
 */
export function readPtz(text: string): PtzReading {
  const hex = text.replace(/\s/g, '')
  if (!/^[0-9a-f]{16}$/i.test(hex)) throw new MalformedError('ptz', 0, 'not 16 hexadecimal digits')
  const bytes = [...Buffer.from(hex, 'hex')]
  const [first, , low, code, data1, data2, last, sum] = bytes as [
    ...[number, number, number, number, number, number, number, number],
  ]
  if (first !== 0xa5) throw new MalformedError('ptz', 0, 'does not begin with A5')
  if (checksum(bytes.slice(0, 7)) !== sum) throw new MalformedError('ptz', 7, 'wrong checksum')
  const command = commandOf([code, data1, data2, last >> 4])
  if (!command) throw new MalformedError('ptz', 3, `command ${code.toString(16)}H is not defined`)
  return { command, address: low | ((last & 0x0f) << 8) }
}

function commandOf([code, data1, data2, data3]: Code): PtzCommand | null {
  if (code < LENS) {
    const zoom = signed(code, 0x10, 0x20, data3)
    return { kind: 'move', pan: signed(code, 0x01, 0x02, data1), tilt: signed(code, 0x08, 0x04, data2), zoom }
  }
  if (code < LENS + 0x10) {
    return { kind: 'lens', iris: signed(code, 0x04, 0x08, data2), focus: signed(code, 0x01, 0x02, data1) }
  }
  const value = data2 | (data3 << 8)
  const preset = PRESETS[code - PRESET]
  if (preset) return { kind: 'preset', action: preset, preset: data2 }
  const cruise = CRUISES[code - CRUISE]
  if (cruise) return { kind: 'cruise', action: cruise, group: data1, value }
  if (code === SCAN_SPEED) return { kind: 'scan', action: 'speed', group: data1, value }
  const scan = code === SCAN ? SCANS[data2] : undefined
  if (scan) return { kind: 'scan', action: scan, group: data1, value: 0 }
  if (code === AUXILIARY_ON || code === AUXILIARY_OFF) {
    return { kind: 'auxiliary', on: code === AUXILIARY_ON, number: data1 }
  }
  return null
}

/** Speed with its sign; both directions at once cancel, a direction without a speed moves at the slowest. */
function signed(code: number, positive: number, negative: number, speed: number): number {
  const direction = Math.sign((code & positive) - (code & negative))
  return direction === 0 ? 0 : direction * Math.max(speed, 1)
}

/** Speed on the wire for per cent of the greatest (`most`: 255, for zoom 15): 0 stays 0, all else is at least 1. */
export function ptzSpeed(percent: number, most: 255 | 15 = 255): number {
  if (!(percent > 0)) return 0
  return Math.min(most, Math.max(1, Math.round((percent * most) / 100)))
}
