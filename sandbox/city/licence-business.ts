/**
 * Ordinary licence business that indicators compare with last year: first licences of non-locals, exchanges of foreign
 * and military licences. Each window, handler and country has its steady number a month, whatever the size of the city:
 * few of something would else be twice as many next month. Also the licences that other cities ask for.
 */
import { inSeason, instantAt, type Month } from './calendar.ts'
import { recordTransferOut } from './licences-kept.ts'
import type { OrdinaryBusiness } from './ordinary-business.ts'
import type { Population } from './population.ts'
import { hash, Random } from './random.ts'
import type { Recorder } from './record.ts'
import type { FactBatch } from './types.ts'
import type { CityPlan, World } from './world.ts'

/** A year of a city of 4 million (NFR-3). */
const PER_YEAR = {
  smallVehicles: 20_000,
  motorcycles: 2000,
  foreign: 1000,
  military: 2000,
  transfersOut: 20_000,
} as const
/** Where foreign licences come from, and the share of each. */
const COUNTRIES = [
  ['VNM', 0.3],
  ['KOR', 0.2],
  ['USA', 0.15],
  ['JPN', 0.15],
  ['THA', 0.1],
  ['MYS', 0.1],
] as const

/** An average month's number at `parts` equal places, one at least. */
const steady = (world: World, city: CityPlan, perYear: number, parts: number): number =>
  Math.max(1, Math.round((perYear * world.scale * city.share) / 12 / parts))

const smallVehicles = (world: World, city: CityPlan) =>
  steady(world, city, PER_YEAR.smallVehicles, city.windows.length)
const motorcycles = (world: World, city: CityPlan) => steady(world, city, PER_YEAR.motorcycles, 1)

/** First licences of non-locals in a whole history. */
export function nonLocalApplicants(world: World): number {
  return world.cities.reduce(
    (sum, city) =>
      sum + world.years * 12 * (smallVehicles(world, city) * city.windows.length + motorcycles(world, city)),
    0,
  )
}

export class LicenceBusiness {
  private readonly population: Population
  private readonly recorder: Recorder
  private readonly business: OrdinaryBusiness
  private readonly leaving: (k: number) => number
  private left = 0

  constructor(population: Population, recorder: Recorder, business: OrdinaryBusiness) {
    this.population = population
    this.recorder = recorder
    this.business = business
    this.leaving = business.driverPicks(hash(population.world.seed, 44, 0) % 1_000_000)
  }

  *month(month: Month): Generator<FactBatch> {
    const { world } = this.population
    for (const city of world.cities) {
      const random = new Random(world.seed, 45, month.index, city.index)
      this.firstLicences(city, month, random)
      yield* this.drain()
      this.foreign(city, month, random)
      this.military(city, month, random)
      yield* this.drain()
    }
    this.transfersOut(month)
    yield* this.drain()
  }

  private *drain(): Generator<FactBatch> {
    if (this.recorder.full) yield* this.recorder.drain()
  }

  private firstLicences(city: CityPlan, month: Month, random: Random): void {
    const { world } = this.population
    const first = (windowAt: number, licenceClass: string) =>
      this.accept(city, month, random, { kind: 'first_licence', windowAt, licenceClass, local: false })
    for (const windowAt of city.windows.keys())
      for (let n = inSeason(smallVehicles(world, city), month); n > 0; n--)
        first(windowAt, n % 5 === 0 ? 'C2' : 'C1')
    for (let n = inSeason(motorcycles(world, city), month); n > 0; n--) first(0, 'DEF'[n % 3]!)
  }

  /** One window of the city exchanges foreign licences, each of its people those of some countries. */
  private foreign(city: CityPlan, month: Month, random: Random): void {
    for (const [at, [issuingCountry, share]] of COUNTRIES.entries()) {
      const average = (PER_YEAR.foreign * this.population.world.scale * city.share * share) / 12
      const number = at === 0 ? Math.max(1, Math.round(average)) : Math.round(average)
      for (let n = inSeason(number, month, 1 / 3); n > 0; n--)
        this.accept(city, month, random, {
          kind: 'foreign_exchange',
          windowAt: 0,
          handlerAt: at,
          issuingCountry,
        })
    }
  }

  /** Another one exchanges those of the army and the police. */
  private military(city: CityPlan, month: Month, random: Random): void {
    const number = steady(this.population.world, city, PER_YEAR.military, 1)
    for (let n = inSeason(number, month); n > 0; n--)
      this.accept(city, month, random, { kind: 'military_exchange', windowAt: 1, handlerAt: 0 })
  }

  private accept(
    city: CityPlan,
    month: Month,
    random: Random,
    one: {
      kind: string
      windowAt: number
      handlerAt?: number
      licenceClass?: string
      issuingCountry?: string
      local?: false
    },
  ): void {
    const { population, business } = this
    const window = city.windows[one.windowAt]!
    const { kind, handlerAt, licenceClass = 'C1', issuingCountry } = one
    const fits = (index: number) => one.local === undefined || !population.isLocalPerson(index)
    business.acceptLicence(
      {
        kind,
        person: business.newPerson(city, fits),
        city,
        window,
        ...(handlerAt === undefined ? {} : { handler: window.handlers[handlerAt % window.handlers.length]! }),
        licenceClass,
        ...(issuingCountry ? { issuingCountry } : {}),
        channel: 'window',
      },
      random.pick(population.world.calendar.workingDaysOf(month)),
      random,
    )
  }

  private transfersOut(month: Month): void {
    const { population, recorder } = this
    const { calendar, scale, seed } = population.world
    const random = new Random(seed, 46, month.index)
    const days = calendar.workingDaysOf(month)
    for (let n = inSeason((PER_YEAR.transfersOut * scale) / 12, month); n > 0; n--)
      recordTransferOut(
        population,
        recorder,
        this.leaving(this.left++),
        instantAt(random.pick(days), 540 + random.below(170)),
      )
  }
}
