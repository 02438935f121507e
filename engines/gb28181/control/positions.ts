import { readLocalTime } from '../local-time.ts'
import type { BodyOf } from '../manscdp/message.ts'

/** Where something was, and when. */
export interface Position {
  readonly deviceId: string
  /** Unix milliseconds; `null` when the device told no readable time. */
  readonly atMs: number | null
  /** Degrees. */
  readonly longitude: number
  readonly latitude: number
  /** km/h. */
  readonly speed: number | null
  /** Degrees clockwise from north. */
  readonly direction: number | null
  /** Metres. */
  readonly altitude: number | null
}

/**
 * Positions of a MobilePosition notification of either edition: flat (2016), or a list of several devices (2022). Those
 * without coordinates, or with ones that are nowhere on Earth, are left out; so is 0, 0, which receivers without a fix
 * tell.
 */
export function positionsOf(deviceId: string, body: BodyOf<'Notify/MobilePosition'>): Position[] {
  const flat = { deviceId, captureTime: body.time, ...body }
  return [flat, ...(body.positions ?? [])].flatMap((it) => {
    const { longitude, latitude } = it
    if (longitude === undefined || latitude === undefined || !isOnEarth(longitude, latitude)) return []
    const time = it.captureTime ?? body.time
    return [
      {
        deviceId: it.deviceId ?? deviceId,
        atMs: time === undefined ? null : readLocalTime(time),
        longitude,
        latitude,
        speed: it.speed ?? null,
        direction: it.direction ?? null,
        altitude: it.altitude ?? null,
      },
    ]
  })
}

function isOnEarth(longitude: number, latitude: number): boolean {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && (longitude !== 0 || latitude !== 0)
}
