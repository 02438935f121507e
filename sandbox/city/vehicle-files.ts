/**
 * Vehicles with a story, month by month: those registered elsewhere that are scrapped here, owners who keep their
 * number for a new vehicle, and slips put right in the file. None of it is remarkable.
 */
import { inSeason, instantAt, type Month } from './calendar.ts'
import type { Stage } from './plants/stage.ts'
import { hash } from './random.ts'
import { type CityPlan, ELSEWHERE } from './world.ts'

/** Scrapping feels little of the season. */
const SCRAP_SEASON = 0.25
/** A year in a city of 4 million vehicles. */
const SCRAPPED_PER_YEAR = 2500
const LEAST_SCRAPPED = [10, 1] as const
const ORIGINAL_PER_YEAR = 1500
const CORRECTED_PER_YEAR = 2000
/** Fields of the file that nobody minds. */
const SLIPS = ['colour', 'brand', 'address', 'mobile']

export class VehicleFiles {
  private readonly stage: Stage
  private readonly wanted = new Map<string, number>()

  constructor(stage: Stage) {
    this.stage = stage
  }

  /** Vehicles from elsewhere that the city scraps in an ordinary month. */
  usuallyScrapped(city: CityPlan, month: Month): number {
    const yearly = SCRAPPED_PER_YEAR * this.stage.world.scale * city.share
    return inSeason(Math.max(LEAST_SCRAPPED[city.index]!, yearly / 12), month, SCRAP_SEASON)
  }

  /** Make this city scrap so many from elsewhere in a month. */
  wantScrapped(city: CityPlan, month: Month, vehicles: number): void {
    this.wanted.set(`${city.code} ${month.key}`, vehicles)
  }

  month(month: Month): void {
    const { world } = this.stage
    const days = world.calendar.workingDaysOf(month)
    // Business of the last two days might be completed in the next month.
    const at = (n: number) => instantAt(days[n % (days.length - 2)]!, 550 + (n % 90))
    const part = (perYear: number) => Math.max(1, Math.round((perYear * world.scale) / 12))
    for (const city of world.cities) {
      const scrapped = this.wanted.get(`${city.code} ${month.key}`) ?? this.usuallyScrapped(city, month)
      for (let n = 0; n < scrapped; n++) this.scrap(city, month, n, at(n))
    }
    for (let n = 0; n < part(ORIGINAL_PER_YEAR); n++)
      this.keepNumber(world.cities[(n + month.index) % 5 === 4 ? 1 : 0], at(n))
    for (let n = 0; n < part(CORRECTED_PER_YEAR); n++) this.correct(month, n, at(n))
  }

  private scrap(city: CityPlan, month: Month, n: number, at: number): void {
    const { stage } = this
    const [origin] = ELSEWHERE[(n + month.index) % ELSEWHERE.length]!
    const owner = stage.person(city, { region: `${origin.slice(0, 4)}02` })
    const vehicle = stage.vehicle(city, { origin })
    stage.own(city, vehicle, { person: owner.id }, { to: at })
    stage.transaction(city, {
      subject: 'vehicle',
      kind: 'deregistration',
      reason: 'scrap',
      at,
      window: city.windows[n % city.windows.length]!,
      vehicleId: vehicle.id,
      personId: owner.id,
      local: false,
      originRegion: origin,
    })
  }

  /** The first owner sells his vehicle and takes its number along to the next. */
  private keepNumber(city: CityPlan, at: number): void {
    const { stage } = this
    const owner = stage.person(city)
    const former = stage.vehicle(city)
    const sold = stage.daysBefore(at, 40)
    stage.own(city, former, { person: owner.id }, { to: sold })
    stage.own(city, former, { person: stage.person(city).id }, { from: sold })
    const vehicle = stage.vehicle(city)
    const bought = stage.person(city)
    stage.own(city, vehicle, { person: bought.id }, { to: at })
    stage.own(city, vehicle, { person: owner.id }, { from: at })
    const transaction = stage.transaction(city, {
      subject: 'vehicle',
      kind: 'transfer_registration',
      at,
      vehicleId: vehicle.id,
      personId: owner.id,
      local: true,
    })
    stage.recorder.selection(
      city.windows[0]!.unit,
      transaction,
      vehicle.id,
      former.plate,
      at + 60_000,
      null,
      {
        formerVehicleId: former.id,
        ground: 'trade_in',
      },
    )
  }

  private correct(month: Month, n: number, at: number): void {
    const { population, recorder } = this.stage
    const index = hash(population.world.seed, 402, month.index, n) % population.standing
    const window = population.cityOfVehicle(index).windows[0]!
    const field = SLIPS[n % SLIPS.length]!
    recorder.correction(window.unit, window.archivists[0]!, population.vehicleId(index), field, at)
  }
}
