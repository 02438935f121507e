/**
 * The standing parts of the sample: two cities of Guangxi (45) with their units, institutions, staff, agents and the
 * national list of non-compliant products. How many there are of each follows from the number of vehicles.
 */
import { Calendar, instantAt } from './calendar.ts'
import { addressIn, organisationName, personName } from './names.ts'
import { ID_KIND, identityNumber, idMaker, mobileOf } from './numbers.ts'
import type {
  Agent,
  AgentQuota,
  CityOptions,
  Institution,
  InstitutionKind,
  NonCompliantProduct,
  Reference,
  Staff,
  StaffPost,
  Unit,
  UnitLevel,
} from './types.ts'

/** A window with the people behind its posts. */
export interface Window {
  readonly unit: Unit
  readonly handlers: Staff[]
  readonly reviewers: Staff[]
  readonly issuers: Staff[]
  readonly archivists: Staff[]
}

export interface CityPlan {
  readonly index: number
  readonly code: string
  readonly name: string
  readonly platePrefixes: readonly string[]
  readonly regions: readonly (readonly [code: string, name: string])[]
  /** Share of all business of the sample. */
  readonly share: number
  readonly detachment: Unit
  readonly windows: Window[]
  readonly stations: Institution[]
  readonly sites: Institution[]
  readonly schools: Institution[]
  readonly examiners: Staff[]
  readonly auditors: Staff[]
  readonly agents: Agent[]
  /** Small parties that carry plants only. */
  readonly plantSchools: Institution[]
  readonly plantExaminers: Staff[]
  readonly plantAgents: Agent[]
  /** Windows that carry plants of licence business only. */
  readonly plantWindows: Window[]
}

export interface World {
  readonly seed: number
  readonly vehicles: number
  readonly years: number
  /** Size against the city of NFR-3 (4 million vehicles and drivers). */
  readonly scale: number
  readonly calendar: Calendar
  /** Instant at which the history ends. */
  readonly end: number
  readonly id: (kind: number, index: number, ms: number) => string
  readonly cities: readonly [CityPlan, CityPlan]
  readonly reference: Reference
}

const GUILIN = [
  ['450302', '秀峰区'],
  ['450303', '叠彩区'],
  ['450304', '象山区'],
  ['450305', '七星区'],
  ['450312', '临桂区'],
  ['450321', '阳朔县'],
  ['450323', '灵川县'],
  ['450324', '全州县'],
  ['450325', '兴安县'],
  ['450332', '恭城瑶族自治县'],
] as const
const NANNING = [
  ['450102', '兴宁区'],
  ['450103', '青秀区'],
  ['450105', '江南区'],
  ['450107', '西乡塘区'],
  ['450110', '武鸣区'],
] as const

/** Places that people and vehicles from elsewhere come from: region at city level, name. */
export const ELSEWHERE = [
  ['450200', '广西柳州市'],
  ['431100', '湖南省永州市'],
  ['440100', '广东省广州市'],
  ['520100', '贵州省贵阳市'],
  ['430100', '湖南省长沙市'],
  ['510100', '四川省成都市'],
] as const

/** Agents without a plant stay far below these. */
const QUOTA = { day: 10, month: 100 }
/** Limits of the agents that plants bring to them. */
export const PLANT_QUOTA = { day: 5, month: 20 }

export function buildWorld(
  options: Required<Pick<CityOptions, 'vehicles' | 'years' | 'seed' | 'until'>>,
): World {
  const { vehicles, years, seed } = options
  const calendar = new Calendar(options.until, years)
  const builder = new ReferenceBuilder(seed, instantAt(calendar.first - 365, 0))
  const corps = builder.unit('45', null, 'corps', '广西壮族自治区公安厅交通警察总队', ['45'])
  const cities: [CityPlan, CityPlan] = [
    builder.city(0, '4503', '桂林', ['桂C'], GUILIN, 0.8, corps, vehicles),
    builder.city(1, '4501', '南宁', ['桂A'], NANNING, 0.2, corps, vehicles),
  ]
  builder.products()
  return {
    seed,
    vehicles,
    years,
    scale: vehicles / 4_000_000,
    calendar,
    end: instantAt(calendar.until, 0),
    id: builder.id,
    cities,
    reference: builder.reference,
  }
}

export const isLocal = (city: CityPlan, region: string): boolean => region.startsWith(city.code)

/** The window of an institution's unit. */
export const windowOf = (city: CityPlan, institution: Institution): Window =>
  city.windows.find((window) => window.unit.path === institution.unit_path)!

const between = (low: number, value: number, high: number) => Math.min(high, Math.max(low, Math.round(value)))

class ReferenceBuilder {
  readonly id: World['id']
  readonly reference: Reference = {
    units: [],
    institutions: [],
    staff: [],
    agents: [],
    agent_quota: [],
    non_compliant_product: [],
  }
  private readonly seed: number
  private readonly born: number

  constructor(seed: number, born: number) {
    this.seed = seed
    this.born = born
    this.id = idMaker(seed)
  }

  unit(
    code: string,
    parent: Unit | null,
    level: UnitLevel,
    name: string,
    localRegions: readonly string[],
  ): Unit {
    const { units } = this.reference
    const unit: Unit = {
      id: this.id(ID_KIND.unit, units.length, this.born),
      code,
      parent_code: parent?.code ?? null,
      path: `${parent?.path ?? '/'}${code}/`,
      level,
      name,
      local_regions: localRegions,
    }
    units.push(unit)
    return unit
  }

  city(
    index: number,
    code: string,
    name: string,
    platePrefixes: readonly string[],
    regions: CityPlan['regions'],
    share: number,
    corps: Unit,
    vehicles: number,
  ): CityPlan {
    const large = index === 0
    const local = [code, `${code}00`, ...regions.map(([region]) => region)]
    const detachment = this.unit(code, corps, 'detachment', `${name}市公安局交通警察支队`, local)
    const windows = this.windows(detachment, name, regions.slice(0, large ? 6 : 3), local, vehicles)
    const party = (kind: InstitutionKind, label: string, count: number) =>
      Array.from({ length: count }, (_, i) =>
        this.institution(kind, label, i, name, windows[i % windows.length]!.unit),
      )
    const stations = party(
      'inspection_station',
      '机动车检测站',
      large ? between(3, vehicles / 40_000, 60) : between(1, vehicles / 100_000, 15),
    )
    const sites = party(
      'exam_site',
      '驾驶人考场',
      large ? between(3, vehicles / 25_000 + 2, 40) : between(1, vehicles / 100_000, 12),
    )
    const schools = party(
      'driving_school',
      '驾驶培训学校',
      large ? Math.max(3, Math.round(vehicles / 8000)) : Math.max(2, Math.round(vehicles / 30_000)),
    )
    party('hospital', '体检医院', 3)
    party('dealer', '汽车销售服务有限公司', 3)
    party('post_office', '邮政车驾管服务点', 2)
    party('registration_station', '机动车登记服务站', 3)
    const people = (post: StaffPost, count: number) =>
      Array.from({ length: count }, () => this.staff(post, detachment, null))
    return {
      index,
      code,
      name,
      platePrefixes,
      regions,
      share,
      detachment,
      windows,
      stations,
      sites,
      schools,
      examiners: people(
        'examiner',
        large ? Math.max(3, Math.round(vehicles / 9000)) : Math.max(2, Math.round(vehicles / 36_000)),
      ),
      auditors: people(
        'auditor',
        large ? Math.max(3, Math.ceil(stations.length / 3)) : Math.max(1, Math.ceil(stations.length / 3)),
      ),
      agents: this.agents(detachment, name, Math.max(6, Math.round((vehicles * share) / 4000)), QUOTA),
      plantSchools: large ? party('driving_school', '驾驶人培训分校', 8) : [],
      plantExaminers: large ? people('examiner', 8) : [],
      plantAgents: this.agents(detachment, name, 16, PLANT_QUOTA),
      plantWindows: large ? this.plantWindows(detachment, name, local, 7) : [],
    }
  }

  private windows(
    detachment: Unit,
    city: string,
    regions: CityPlan['regions'],
    local: string[],
    vehicles: number,
  ): Window[] {
    const windows: Window[] = []
    const handlers = between(2, vehicles / 60_000, 20)
    for (const [code, name] of regions) {
      const brigade = this.unit(code, detachment, 'brigade', `${city}市${name}交通警察大队`, local)
      for (let n = 1; n <= (windows.length < 2 ? 2 : 1); n++)
        windows.push(this.window(`${code}0${n}`, brigade, `${name}车驾管业务第${n}窗口`, local, handlers))
      this.staff('leader', brigade, null)
    }
    this.staff('leader', detachment, null)
    return windows
  }

  private window(
    code: string,
    brigade: Unit,
    name: string,
    local: readonly string[],
    handlers: number,
  ): Window {
    const unit = this.unit(code, brigade, 'window', name, local)
    const people = (post: StaffPost, count: number) =>
      Array.from({ length: count }, () => this.staff(post, unit, null))
    return {
      unit,
      handlers: people('handler', handlers),
      reviewers: people('reviewer', Math.ceil(handlers / 3)),
      issuers: people('issuer', Math.ceil(handlers / 3)),
      archivists: people('archivist', Math.ceil(handlers / 3)),
    }
  }

  /** A brigade of its own for windows whose every transaction is planted. */
  private plantWindows(detachment: Unit, city: string, local: readonly string[], count: number): Window[] {
    const code = `${detachment.code}90`
    const brigade = this.unit(code, detachment, 'brigade', `${city}市交通警察支队驾驶证业务大队`, local)
    return Array.from({ length: count }, (_, i) =>
      this.window(`${code}0${i + 1}`, brigade, `驾驶证业务第${i + 1}窗口`, local, 4),
    )
  }

  private institution(
    kind: InstitutionKind,
    label: string,
    index: number,
    city: string,
    unit: Unit,
  ): Institution {
    const { institutions } = this.reference
    const number = institutions.length
    const institution: Institution = {
      id: this.id(ID_KIND.institution, number, this.born),
      code: `${unit.code.slice(0, 6)}${String(number + 1).padStart(4, '0')}`,
      name: `${city}${organisationName(this.seed, number + 900_000, '').slice(0, 2)}${label}${index + 1}`,
      kind,
      unit_path: unit.path,
      region: unit.code.slice(0, 6),
    }
    institutions.push(institution)
    return institution
  }

  private staff(post: StaffPost, unit: Unit, institution: Institution | null): Staff {
    const { staff } = this.reference
    const person: Staff = {
      id: this.id(ID_KIND.staff, staff.length, this.born),
      name: personName(this.seed, 800_000_000 + staff.length),
      staff_number: `${unit.code.slice(0, 4)}${String(staff.length + 1).padStart(5, '0')}`,
      unit_path: unit.path,
      institution_id: institution?.id ?? null,
      post,
    }
    staff.push(person)
    return person
  }

  private agents(unit: Unit, city: string, count: number, limits: { day: number; month: number }): Agent[] {
    return Array.from({ length: count }, (_, i) => {
      const index = 14_000_000 + this.reference.agents.length
      const agent: Agent = {
        id: this.id(ID_KIND.agent, index, this.born),
        name: personName(this.seed, index),
        company: organisationName(this.seed, Math.floor(i / 4) + 700_000, city),
        unit_path: unit.path,
        personal: {
          name: personName(this.seed, index),
          id_number: identityNumber('450302', index, 12_000),
          mobile: mobileOf(index),
          address: addressIn(`${city}市`, this.seed, index),
        },
      }
      const quota: AgentQuota = { agent_id: agent.id, day_limit: limits.day, month_limit: limits.month }
      this.reference.agents.push(agent)
      this.reference.agent_quota.push(quota)
      return agent
    })
  }

  products(): void {
    for (let i = 0; i < 24; i++) {
      const product: NonCompliantProduct = {
        id: this.id(ID_KIND.product, i, this.born),
        model: NON_COMPLIANT[i] ?? `WG${6400 + i * 17}X${i}`,
        notice: `违规车辆产品公告 第${Math.floor(i / 8) + 1}批`,
        valid_from: '2020-01-01',
      }
      this.reference.non_compliant_product.push(product)
    }
  }
}

/** Models of the list that plants use. */
export const NON_COMPLIANT = ['HX6480W5', 'JD5040XXY', 'SLQ9402GRY'] as const
