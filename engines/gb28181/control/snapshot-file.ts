import { readLocalTime } from '../local-time.ts'

/** Name of a picture a device uploads (2022: 9.14, table 4): 41 digits. */
export interface SnapshotFileId {
  readonly deviceId: string
  /** Unix milliseconds. */
  readonly takenMs: number
  /** 1–99 within the second. */
  readonly serial: number
}

const FILE_ID = /^(\d{20})02(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{3})(\d{2})(?:\.\w{1,5})?$/

/** Reads 20 digits of the device, `02`, local time to the millisecond, serial; an ending such as `.jpg` is passed over. */
export function readSnapshotFileId(text: string): SnapshotFileId | null {
  const match = FILE_ID.exec(text.trim())
  if (!match) return null
  const [, deviceId, year, month, day, hour, minute, second, millisecond, serial] = match
  const takenMs = readLocalTime(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}`)
  return takenMs === null ? null : { deviceId: deviceId!, takenMs, serial: Number(serial) }
}
