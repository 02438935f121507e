/**
 * Who lives in the cities and what drives there. Traits follow from an index by arithmetic and `hash`, so that any part
 * of the generator can refer to vehicle 123,456 or its owner without a table of them:
 *
 * - Vehicles 0 … `standing`−1 were registered before the history begins, oldest first; later ones enter by a
 *   registration or a transfer in, in that order. Vehicles whose index ends in 3 belong to organisations.
 * - Personal vehicles are ranked; rank mod 10 says what may happen to one: 0 deregistration, 1–3 a change of owner,
 *   4–9 anything else. Standing vehicles therefore have at most one change of owner.
 */
import { dateOf, instantAt } from './calendar.ts'
import { addressIn, organisationName, personName } from './names.ts'
import {
  creditCode,
  ID_KIND,
  identityNumber,
  mobileOf,
  PLATES_PER_PREFIX,
  plateOf,
  vinOf,
} from './numbers.ts'
import { hash } from './random.ts'
import type { FactRow } from './types.ts'
import { type CityPlan, ELSEWHERE, isLocal, type World } from './world.ts'

/** Part of first-time indexes that is reserved for visitors' vehicles and planted entities. */
const VISITOR_BASE = 500_000_000

const MODELS: readonly (readonly [brand: string, model: string, type: string])[] = [
  ['大众牌', 'SVW71525CL', 'K33'],
  ['五菱牌', 'LZW6440BAY', 'K31'],
  ['比亚迪牌', 'BYD7003BEV', 'K33'],
  ['别克牌', 'SGM7150LAA', 'K33'],
  ['丰田牌', 'GTM7200CV', 'K33'],
  ['本田牌', 'DHW7151R', 'K33'],
  ['日产牌', 'DFL7168VBN', 'K33'],
  ['吉利美日牌', 'MR7152D09', 'K33'],
  ['长安牌', 'SC6474AAA6', 'K32'],
  ['哈弗牌', 'CC6463UM20', 'K32'],
  ['宝骏牌', 'LZW7151AVY', 'K33'],
  ['奇瑞牌', 'SQR6450J69', 'K32'],
  ['豪爵牌', 'HJ125T-9', 'M21'],
  ['五羊本田牌', 'WY110-A', 'M21'],
  ['东风牌', 'DFA1040S39', 'H31'],
]
const COMPANY_MODELS: readonly (readonly [string, string, string])[] = [
  ['宇通牌', 'ZK6122HQ', 'K11'],
  ['桂林牌', 'GL6128HC', 'K11'],
  ['东风牌', 'DFH4250D2', 'Q11'],
  ['陕汽牌', 'SX3250GB', 'H17'],
  ['大众牌', 'SVW71525CL', 'K33'],
  ['五菱牌', 'LZW6440BAY', 'K31'],
  ['福田牌', 'BJ1043V9', 'H31'],
]

export interface VehicleTraits {
  readonly index: number
  readonly id: string
  readonly personIndex: number | null
  readonly organisationIndex: number | null
  readonly ownerId: string
  readonly model: string
  readonly originRegion: string
  readonly registeredDay: number
  readonly key: boolean
  readonly accident: boolean
}

export class Population {
  readonly world: World
  readonly standing: number
  readonly organisations: number
  /** Persons 0 … owners−1 own vehicles; later ones come as candidates, new owners and newcomers. */
  readonly owners: number
  readonly rankedStanding: number
  private readonly born: number
  private readonly lastBirthDay: number

  constructor(world: World, arriving: number) {
    this.world = world
    this.standing = world.vehicles - arriving
    this.organisations = Math.max(20, Math.round(world.vehicles / 150))
    this.owners = personOfRank(rankOf(world.vehicles - 1)) + 1
    this.rankedStanding = rankOf(this.standing - 1) + 1
    this.born = instantAt(world.calendar.first - 200, 0)
    this.lastBirthDay = world.calendar.first - 6600
  }

  cityOfPerson(index: number): CityPlan {
    return this.world.cities[index % 5 === 4 ? 1 : 0]
  }

  cityOfVehicle(index: number): CityPlan {
    if (index >= VISITOR_BASE) return this.world.cities[index % 5 === 4 ? 1 : 0]
    return index % 10 === 3
      ? this.cityOfOrganisation(this.organisationOf(index))
      : this.cityOfPerson(personOfRank(rankOf(index)))
  }

  cityOfOrganisation(index: number): CityPlan {
    return this.world.cities[index % 5 === 4 ? 1 : 0]
  }

  personId(index: number): string {
    return this.world.id(ID_KIND.person, index, this.born)
  }

  organisationId(index: number): string {
    return this.world.id(ID_KIND.organisation, index, this.born)
  }

  vehicleId(index: number): string {
    return this.world.id(ID_KIND.vehicle, index, this.born)
  }

  private organisationOf(vehicle: number): number {
    return hash(this.world.seed, 301, vehicle) % this.organisations
  }

  /** Region of the person's identity number: 9 of 10 come from their city. */
  regionOfPerson(index: number): string {
    const h = hash(this.world.seed, 302, index)
    if (h % 10 === 0)
      return `${ELSEWHERE[(h >>> 8) % ELSEWHERE.length]![0].slice(0, 4)}${(h >>> 16) % 2 ? '02' : '03'}`
    const { regions } = this.cityOfPerson(index)
    return regions[(h >>> 8) % regions.length]![0]
  }

  isLocalPerson(index: number): boolean {
    return isLocal(this.cityOfPerson(index), this.regionOfPerson(index))
  }

  /** City that issued the person's licence: one driver in twenty brought it from where he comes from. */
  issuedRegion(index: number): string {
    const elsewhere =
      index < this.owners && !this.isLocalPerson(index) && hash(this.world.seed, 308, index) % 2 === 0
    return `${elsewhere ? this.regionOfPerson(index).slice(0, 4) : this.cityOfPerson(index).code}00`
  }

  hasLicence(index: number): boolean {
    return index % 4 !== 3
  }

  traits(index: number): VehicleTraits {
    const company = index % 10 === 3 || index % 97 === 0
    const byOrganisation = index < VISITOR_BASE && index % 10 === 3
    const organisationIndex = byOrganisation ? this.organisationOf(index) : null
    const personIndex = byOrganisation || index >= VISITOR_BASE ? null : personOfRank(rankOf(index))
    const model = (byOrganisation ? COMPANY_MODELS : MODELS)[
      hash(this.world.seed, 303, index) % (byOrganisation ? COMPANY_MODELS.length : MODELS.length)
    ]!
    return {
      index,
      id: this.vehicleId(index),
      personIndex,
      organisationIndex,
      ownerId:
        organisationIndex !== null
          ? this.organisationId(organisationIndex)
          : personIndex !== null
            ? this.personId(personIndex)
            : this.personId(index),
      model: model[1],
      originRegion:
        index >= VISITOR_BASE
          ? ELSEWHERE[Math.floor((index - VISITOR_BASE) / 5) % ELSEWHERE.length]![0]
          : `${this.cityOfVehicle(index).code}00`,
      registeredDay: this.registeredDay(index),
      key: company && byOrganisation,
      accident: !byOrganisation && index % 41 === 5,
    }
  }

  /** Standing vehicles date from 20 years before the history on, most of them recent; visitors from 3 to 12 years. */
  registeredDay(index: number): number {
    const { first } = this.world.calendar
    if (index >= VISITOR_BASE) return first - 1100 - (hash(this.world.seed, 304, index) % 3200)
    const part = Math.min(1, index / this.standing)
    return first - 1 - Math.floor(7300 * (1 - part) ** 3)
  }

  /** Smallest standing index whose vehicle was registered on or after the day. */
  firstRegisteredSince(day: number): number {
    const age = this.world.calendar.first - 1 - day
    if (age <= 0) return this.standing
    if (age >= 7300) return 0
    return Math.ceil((1 - (age / 7300) ** (1 / 3)) * this.standing)
  }

  /** Index of the number-th vehicle from elsewhere that comes to the city; its home is `ELSEWHERE[number mod 6]`. */
  visitor(city: CityPlan, number: number): number {
    return VISITOR_BASE + number * 5 + (city.index === 1 ? 4 : number % 4)
  }

  personRow(index: number, at = this.born): FactRow {
    const { world } = this
    const city = this.cityOfPerson(index)
    const h = hash(world.seed, 305, index)
    const [addressRegion, addressName] = city.regions[h % city.regions.length]!
    const region = this.regionOfPerson(index)
    const number = identityNumber(region, index, this.lastBirthDay)
    return this.row(this.personId(index), at, city.detachment.id, city.detachment.path, {
      kind: 'person',
      id_region: region,
      address_region: addressRegion,
      birth_year: Number(number.slice(6, 10)),
      personal: {
        name: personName(world.seed, index),
        id_number: number,
        mobile: mobileOf(index),
        address: addressIn(`${city.name}市${addressName}`, world.seed, index),
      },
    })
  }

  /** Someone from the vehicle's own region. */
  visitorOwnerRow(traits: VehicleTraits): FactRow {
    const { world } = this
    const city = this.cityOfVehicle(traits.index)
    const number = traits.index - VISITOR_BASE
    const home = `${traits.originRegion.slice(0, 4)}02`
    return this.row(traits.ownerId, this.born, city.detachment.id, city.detachment.path, {
      kind: 'person',
      id_region: home,
      address_region: home,
      birth_year: null,
      personal: {
        name: personName(world.seed, traits.index),
        id_number: identityNumber(home, 8_000_000 + number, this.lastBirthDay),
        mobile: mobileOf(30_000_000 + number),
        address: addressIn(
          ELSEWHERE.find(([code]) => code === traits.originRegion)![1],
          world.seed,
          traits.index,
        ),
      },
    })
  }

  organisationRow(index: number): FactRow {
    const { world } = this
    const city = this.cityOfOrganisation(index)
    const [region, name] = city.regions[index % city.regions.length]!
    return this.row(this.organisationId(index), this.born, city.detachment.id, city.detachment.path, {
      kind: 'organisation',
      id_region: region,
      address_region: region,
      birth_year: null,
      personal: {
        name: organisationName(world.seed, index, city.name),
        id_number: creditCode(region, index),
        mobile: mobileOf(20_000_000 + index),
        address: addressIn(`${city.name}市${name}`, world.seed, 20_000_000 + index),
      },
    })
  }

  /** The vehicle as it stands at the end of the history. */
  vehicleRow(traits: VehicleTraits, registeredDay: number, deregistered: boolean): FactRow {
    const { world } = this
    const { index, originRegion } = traits
    const city = this.cityOfVehicle(index)
    const company = traits.organisationIndex !== null
    const models = company ? COMPANY_MODELS : MODELS
    const [brand, model, type] = models[hash(world.seed, 303, index) % models.length]!
    const motorcycle = type.startsWith('M')
    const large = type === 'K11' || type === 'Q11' || type === 'H17'
    const visitor = index >= VISITOR_BASE
    const number = visitor ? index - VISITOR_BASE : index
    const prefix = visitor
      ? (VISITOR_PLATES[originRegion] ?? '湘M')
      : city.platePrefixes[Math.floor(number / PLATES_PER_PREFIX) % city.platePrefixes.length]!
    const plate = plateOf(prefix, number % PLATES_PER_PREFIX)
    const vin = vinOf(visitor ? 900_000_000 + number : number, Number(dateOf(registeredDay).slice(0, 4)))
    return this.row(traits.id, instantAt(registeredDay, 600), city.detachment.id, city.detachment.path, {
      plate_kind: motorcycle ? '07' : large ? '01' : '02',
      plate,
      vin,
      vehicle_type: type,
      use_nature: company ? (type === 'K11' ? 'E' : type === 'K33' || type === 'K31' ? 'A' : 'F') : 'A',
      brand,
      model,
      colour: 'AHJBEGCI'[hash(world.seed, 306, index) & 7],
      first_registered_at: dateOf(registeredDay),
      scrap_due_at: company
        ? dateOf(registeredDay + 15 * 365)
        : motorcycle
          ? dateOf(registeredDay + 13 * 365)
          : null,
      status: deregistered ? 'E' : 'A',
      accident: traits.accident,
      key_vehicle: traits.key,
      origin_region: originRegion,
      personal: { plate, vin },
    })
  }

  licenceRow(index: number, firstIssued: number, at = this.born): FactRow {
    const city = this.cityOfPerson(index)
    const h = hash(this.world.seed, 307, index)
    const issued = dateOf(firstIssued)
    const years = firstIssued < this.world.calendar.first - 2190 ? 16 : 6
    return this.row(
      this.world.id(ID_KIND.licence, index, this.born),
      at,
      city.detachment.id,
      city.detachment.path,
      {
        person_id: this.personId(index),
        file_number: `${city.code}${String(index).padStart(8, '0')}`,
        classes: h % 9 === 0 ? 'B2' : h % 5 === 0 ? 'C1E' : h % 4 === 0 ? 'C2' : 'C1',
        state: 'valid',
        first_issued_at: issued,
        valid_until: `${Number(issued.slice(0, 4)) + years}${issued.slice(4) === '-02-29' ? '-02-28' : issued.slice(4)}`,
        issued_region: this.issuedRegion(index),
        points: h % 7 === 0 ? 3 : 0,
      },
    )
  }

  /** A row of the city with the columns every fact has. */
  row(id: string, ms: number, unitId: string, unitPath: string, columns: Record<string, unknown>): FactRow {
    return {
      id,
      source: 'sample',
      source_key: id,
      occurred_at: new Date(ms),
      unit_id: unitId,
      unit_path: unitPath,
      version: 1,
      ...columns,
    }
  }
}

const VISITOR_PLATES: Readonly<Record<string, string>> = {
  '450200': '桂B',
  '431100': '湘M',
  '440100': '粤A',
  '520100': '贵A',
  '430100': '湘A',
  '510100': '川A',
}

/** Rank of a personal vehicle among personal vehicles (every tenth belongs to an organisation). */
function rankOf(vehicle: number): number {
  const rest = vehicle % 10
  return Math.floor(vehicle / 10) * 9 + (rest < 3 ? rest : rest - 1)
}

export function vehicleOfRank(rank: number): number {
  const rest = rank % 9
  return Math.floor(rank / 9) * 10 + (rest < 3 ? rest : rest + 1)
}

/** Some people own two vehicles. */
export function personOfRank(rank: number): number {
  return Math.floor(rank * 0.85)
}
