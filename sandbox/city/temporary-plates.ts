/**
 * Temporary plates of the windows: as many each month as the season wants, the same every year. What the business of
 * the month did not issue is issued without one (by dealers, on line), so that a window's volume can be compared with
 * its own past at any size of city.
 */
import { inSeason, instantAt, type Month } from './calendar.ts'
import type { Population } from './population.ts'
import { hash } from './random.ts'
import { countKey, type Recorder } from './record.ts'
import type { Unit } from './types.ts'
import type { CityPlan } from './world.ts'

/** Plates a year in a city of 4 million vehicles: those of business and a quarter more. */
const PER_YEAR = 125_000
/** Fewer than this a month and window cannot be told from chance. */
const LEAST = 20

export class TemporaryPlates {
  private readonly population: Population
  private readonly recorder: Recorder
  private readonly wanted = new Map<string, number>()

  constructor(population: Population, recorder: Recorder) {
    this.population = population
    this.recorder = recorder
  }

  /** Plates that a window of the city issues in an ordinary month. */
  usual(city: CityPlan, month: Month): number {
    const { scale } = this.population.world
    const level = Math.max(LEAST, (PER_YEAR * scale * city.share) / 12 / city.windows.length)
    return inSeason(level, month)
  }

  /** Make this unit issue so many in a month. */
  want(unit: Unit, month: Month, plates: number): void {
    this.wanted.set(countKey(unit, instantAt(month.first, 600)), plates)
  }

  /** Issues what the month lacks. */
  month(month: Month): void {
    const { world } = this.population
    const days = world.calendar.workingDaysOf(month)
    for (const city of world.cities)
      for (const { unit } of city.windows) {
        const key = countKey(unit, instantAt(month.first, 600))
        const target = this.wanted.get(key) ?? this.usual(city, month)
        for (let n = this.recorder.temporaryPlates.size(key); n < target; n++)
          this.issue(unit, Number(unit.code), month, n, days[n % days.length]!)
      }
  }

  private issue(unit: Unit, code: number, month: Month, n: number, day: number): void {
    const { population } = this
    const mixed = hash(population.world.seed, 401, code, month.index * 100_000 + n)
    let index = mixed % population.standing
    while (population.traits(index).personIndex === null) index = (index + 1) % population.standing
    const { id, ownerId } = population.traits(index)
    this.recorder.temporaryPlate(unit, instantAt(day, 600 + (mixed % 300)), {
      transactionId: null,
      vehicleId: id,
      personId: ownerId,
      crossDistrict: mixed % 5 === 0,
    })
  }
}

/** Mean of the months of a year that the history holds. */
export function monthlyMean(months: readonly Month[], year: number, of: (month: Month) => number): number {
  const own = months.filter((month) => month.year === year)
  return own.reduce((sum, month) => sum + of(month), 0) / own.length
}

/** The last month of this number that has its like a year before in the history; null in a short one. */
export function comparableMonth(months: readonly Month[], number: number): Month | null {
  return months.findLast((month) => month.number === number && month.index >= 12) ?? null
}
