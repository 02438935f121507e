/**
 * What is recorded of drivers beside the windows' business: points, and slips of the pen in their files put right, none
 * of which touches what identifies or entitles a driver.
 */
import { instantAt, type Month, SEASON } from './calendar.ts'
import { ID_KIND } from './numbers.ts'
import type { OrdinaryBusiness } from './ordinary-business.ts'
import type { Population } from './population.ts'
import { Random } from './random.ts'
import type { Recorder } from './record.ts'
import type { FactBatch } from './types.ts'
import type { Window } from './world.ts'

/** A year in a city of 4 million vehicles and drivers. */
const PER_YEAR = { points: 400_000, corrections: 8000 }
const POINTS = [1, 3, 3, 3, 6, 9] as const
const SLIPS = ['name', 'address', 'id_number', 'mobile'] as const

/** Points added to or taken from a driver's record. */
export function recordPoints(
  recorder: Recorder,
  window: Window,
  personId: string,
  at: number,
  delta: number,
  cause: 'violation' | 'study',
): string {
  return recorder.fact('points_change', ID_KIND.pointsChange, at, window.unit, {
    person_id: personId,
    at: new Date(at),
    delta,
    cause,
  })
}

/** A field of a driver's file put right. */
export function recordCorrection(
  recorder: Recorder,
  window: Window,
  personId: string,
  field: string,
  at: number,
): string {
  return recorder.fact('correction', ID_KIND.correction, at, window.unit, {
    target_kind: 'person',
    target: personId,
    field,
    at: new Date(at),
    operator_id: window.handlers[0]!.id,
  })
}

export class DriverRecords {
  private readonly population: Population
  private readonly recorder: Recorder
  private readonly drivers: (k: number) => number
  private readonly due = { points: 0, corrections: 0 }
  private turn = 0

  constructor(population: Population, recorder: Recorder, business: OrdinaryBusiness) {
    this.population = population
    this.recorder = recorder
    this.drivers = business.driverPicks(47)
  }

  *month(month: Month): Generator<FactBatch> {
    const { calendar, scale, seed } = this.population.world
    const random = new Random(seed, 47, month.index)
    const days = calendar.workingDaysOf(month)
    for (const what of ['points', 'corrections'] as const) {
      this.due[what] += ((PER_YEAR[what] * scale) / 12) * SEASON[month.number - 1]!
      for (; this.due[what] >= 1; this.due[what]--) {
        const driver = this.drivers(this.turn++)
        const { windows } = this.population.cityOfPerson(driver)
        const window = windows[this.turn % windows.length]!
        const personId = this.population.personId(driver)
        if (what === 'points') {
          const day = month.first + random.below(month.end - month.first)
          const at = instantAt(day, random.below(1440))
          recordPoints(this.recorder, window, personId, at, random.pick(POINTS), 'violation')
        } else {
          const at = instantAt(random.pick(days), 540 + random.below(160))
          recordCorrection(this.recorder, window, personId, random.pick(SLIPS), at)
        }
        if (this.recorder.full) yield* this.recorder.drain()
      }
    }
  }
}
