/** What plants are made of: people, companies and vehicles of their own, so that no ordinary business disturbs them. */
import { dateOf, dayOfInstant, instantAt } from '../calendar.ts'
import { addressIn, organisationName, personName } from '../names.ts'
import { creditCode, ID_KIND, identityNumber, mobileOf, plateOf, vinOf } from '../numbers.ts'
import type { Population, VehicleTraits } from '../population.ts'
import { promptTimeline, type Recorder, type TransactionSpec } from '../record.ts'
import type { TruthList } from '../truth.ts'
import { type CityPlan, isLocal, type World } from '../world.ts'

/** Indexes of planted entities in the spaces of numbers, clear of all ordinary ones. */
const NUMBER_BASE = 12_000_000
const VIN_BASE = 990_000_000
const PLATE_BASE = 6_900_000

export interface PlantedPerson {
  readonly id: string
  readonly local: boolean
  readonly mobile: string
  readonly address: string
}

export interface PlantedVehicle {
  readonly id: string
  readonly plate: string
  readonly model: string
  readonly registeredDay: number
}

export class Stage {
  readonly world: World
  readonly population: Population
  readonly recorder: Recorder
  readonly truth: TruthList
  private made = 0
  private agentTurn = [0, 0]

  constructor(population: Population, recorder: Recorder, truth: TruthList) {
    this.population = population
    this.recorder = recorder
    this.truth = truth
    this.world = population.world
  }

  /** The last opening hour of the last working day of the history: when what is replayed is accepted. */
  get closingTime(): number {
    return instantAt(this.workingDayBefore(1), 1015)
  }

  /** The n-th working day before the history ends. */
  workingDayBefore(n: number): number {
    return this.world.calendar.workingDayBefore(this.world.calendar.until, n)
  }

  /** `days` before an instant, at mid-morning, moved back to a working day. */
  daysBefore(at: number, days: number): number {
    let day = dayOfInstant(at) - days
    while (!this.world.calendar.isWorking(day)) day--
    return instantAt(day, 600 + (days % 60))
  }

  person(
    city: CityPlan,
    more: {
      region?: string
      addressRegion?: string
      mobile?: string
      address?: string
      licence?: boolean
    } = {},
  ): PlantedPerson {
    const index = NUMBER_BASE + this.made++
    const at = instantAt(this.world.calendar.first - 100, 600)
    const id = this.world.id(ID_KIND.plantedPerson, index, at)
    const region = more.region ?? city.regions[index % city.regions.length]![0]
    const number = identityNumber(region, index, this.world.calendar.first - 7000)
    const mobile = more.mobile ?? mobileOf(index)
    const address = more.address ?? addressIn(`${city.name}市`, this.world.seed, index)
    const { detachment } = city
    this.recorder.push(
      'person',
      this.population.row(id, at, detachment.id, detachment.path, {
        kind: 'person',
        id_region: region,
        address_region: more.addressRegion ?? city.regions[0]![0],
        birth_year: Number(number.slice(6, 10)),
        personal: { name: personName(this.world.seed, index), id_number: number, mobile, address },
      }),
    )
    if (more.licence)
      this.recorder.fact('licence', ID_KIND.plantedLicence, at, detachment, {
        person_id: id,
        file_number: `${city.code}${String(index).padStart(8, '0')}`,
        classes: 'C1',
        state: 'valid',
        first_issued_at: dateOf(this.world.calendar.first - 900),
        valid_until: dateOf(this.world.calendar.first - 900 + 2191),
        issued_region: `${city.code}00`,
        points: 0,
      })
    return { id, local: isLocal(city, region), mobile, address }
  }

  organisation(city: CityPlan): string {
    const index = NUMBER_BASE + this.made++
    const at = instantAt(this.world.calendar.first - 100, 600)
    const id = this.world.id(ID_KIND.plantedPerson, index, at)
    const region = city.regions[0]![0]
    this.recorder.push(
      'person',
      this.population.row(id, at, city.detachment.id, city.detachment.path, {
        kind: 'organisation',
        id_region: region,
        address_region: region,
        birth_year: null,
        personal: {
          name: organisationName(this.world.seed, index, city.name),
          id_number: creditCode('450000', index),
          mobile: mobileOf(index),
          address: addressIn(`${city.name}市`, this.world.seed, index),
        },
      }),
    )
    return id
  }

  vehicle(
    city: CityPlan,
    more: {
      type?: string
      use?: string
      brand?: string
      model?: string
      registeredDay?: number
      accident?: boolean
      /** Region where it is registered; default the city. */
      origin?: string
      scrapDue?: string
    } = {},
  ): PlantedVehicle {
    const number = this.made++
    const registeredDay = more.registeredDay ?? this.world.calendar.first - 800 - (number % 700)
    const at = instantAt(registeredDay, 600)
    const id = this.world.id(ID_KIND.plantedVehicle, number, at)
    const plate = plateOf(city.platePrefixes[0]!, PLATE_BASE + number)
    const vin = vinOf(VIN_BASE + number, Number(dateOf(registeredDay).slice(0, 4)))
    const type = more.type ?? 'K33'
    const model = more.model ?? 'SVW71525CL'
    this.recorder.push(
      'vehicle',
      this.population.row(id, at, city.detachment.id, city.detachment.path, {
        plate_kind: type.startsWith('M') ? '07' : type.startsWith('K1') ? '01' : '02',
        plate,
        vin,
        vehicle_type: type,
        use_nature: more.use ?? 'A',
        brand: more.brand ?? '大众牌',
        model,
        colour: 'A',
        first_registered_at: dateOf(registeredDay),
        scrap_due_at: more.scrapDue ?? null,
        status: 'A',
        accident: more.accident ?? false,
        key_vehicle: false,
        origin_region: more.origin ?? `${city.code}00`,
        personal: { plate, vin },
      }),
    )
    return { id, plate, model, registeredDay }
  }

  own(
    city: CityPlan,
    vehicle: PlantedVehicle,
    owner: { person?: string; organisation?: string },
    more: { from?: number; to?: number; co?: boolean } = {},
  ): string {
    const from = more.from ?? instantAt(vehicle.registeredDay, 600)
    return this.recorder.owner(city.detachment, vehicle.id, owner, from, more.to ?? null, more.co ?? false)
  }

  agent(city: CityPlan): string {
    const agent = city.plantAgents[this.agentTurn[city.index]!++]
    if (!agent) throw new Error(`city ${city.code} has too few agents for its plants`)
    return agent.id
  }

  transaction(
    city: CityPlan,
    spec: Omit<TransactionSpec, 'window' | 'timeline'> &
      Partial<Pick<TransactionSpec, 'window' | 'timeline'>>,
  ): string {
    return this.recorder.transaction({ window: city.windows[0]!, timeline: promptTimeline(spec.at), ...spec })
  }

  /** Traits under which a planted vehicle comes to an inspection. */
  traits(city: CityPlan, vehicle: PlantedVehicle, ownerId: string): VehicleTraits {
    return {
      index: -1,
      id: vehicle.id,
      personIndex: null,
      organisationIndex: null,
      ownerId,
      model: vehicle.model,
      originRegion: `${city.code}00`,
      registeredDay: vehicle.registeredDay,
      key: false,
      accident: false,
    }
  }
}
