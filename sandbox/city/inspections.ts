/**
 * Periodic inspections. Every station-month follows a plan of exact counts: how many first tests, how many of them of
 * vehicles from elsewhere, over-aged, after an accident or key vehicles, and how many of each pass. Stations differ by
 * a point or two around the city's habits, so nothing crosses a threshold by chance; plants change the plan of one
 * station-month. Vehicles from elsewhere are taken from the first whole calendar year of the history on, so that 'last
 * year' never is a stub.
 */
import { dateOf, instantAt, type Month } from './calendar.ts'
import { ID_KIND } from './numbers.ts'
import type { Population, VehicleTraits } from './population.ts'
import { hash, Random } from './random.ts'
import type { Recorder } from './record.ts'
import { Tally } from './truth.ts'
import type { FactBatch, Institution, Staff } from './types.ts'
import { type CityPlan, ELSEWHERE, type World } from './world.ts'

/** Inspection records per year in the city of NFR-3, re-tests included. */
const PER_YEAR = 770_000
const RECORDS_PER_FIRST_TEST = 1.238
const SEASON = [1.0, 0.84, 1.05, 1.02, 0.99, 0.98, 1.03, 1.02, 1.01, 0.96, 1.03, 1.07]
const FIRST_PASS = 0.72
const OVER_AGE = 15

/** Passes of tests of one group of vehicles. */
export interface Group {
  readonly count: number
  readonly passed: number
}

/** A vehicle that must be inspected on a day: planted ones come in by name. */
export interface NamedTest {
  readonly traits: VehicleTraits
  readonly day: number
  /** Fails and is tested again the same day. */
  readonly again?: boolean
}

/** What happens at one station in one month. */
export interface StationMonth {
  first: number
  passed: number
  /** First tests of vehicles from elsewhere, by region at city level. */
  elsewhere: Map<string, number>
  old: Group
  accident: Group
  key: number
  /** Of those that failed, how many come again, and how many of these pass. */
  returning: number
  returningPassed: number
  oldReturning: Group | null
  /** Tests that fail the brake or the lamp item; null: the usual share. */
  brakeFails: number | null
  lampFails: number | null
  named: NamedTest[]
  /** Audit of the n-th test: minutes from submission, or null for one still open. */
  audits: Map<number, { minutes: number | null; day: number; noted: (id: string, submitted: Date) => void }>
  /** Called with the id of each test of a named vehicle. */
  onNamed: ((id: string, test: NamedTest) => void) | null
}

/** What an auditor does with the first audit of key vehicles in one month. */
export interface AuditorMonth {
  readonly auditor: Staff
  readonly rate: number
  /** At most this many key vehicles go to the auditor. */
  readonly most: number
}

interface Test {
  traits: VehicleTraits
  origin: string
  group: 'ordinary' | 'old' | 'accident' | 'elsewhere'
  named: NamedTest | null
  day: number
  attempt: number
  passed: boolean
  key: boolean
}

export class Inspections {
  readonly tally = new Tally()
  readonly opensAt: number
  private readonly world: World
  private readonly population: Population
  private readonly recorder: Recorder
  private readonly plans = new Map<string, StationMonth>()
  private readonly auditorMonths = new Map<string, AuditorMonth>()
  private readonly turns = { old: 0, accident: 0, key: 0, ordinary: 0, visitor: 0, auditor: 0 }
  private readonly firstAudits = new Map<string, { n: number; k: number }>()

  constructor(population: Population, recorder: Recorder) {
    this.population = population
    this.recorder = recorder
    this.world = population.world
    const { months } = this.world.calendar
    this.opensAt = (months.find((month) => month.number === 1) ?? months[0]!).index
    for (const city of this.world.cities) for (const month of months) this.planMonth(city, month)
  }

  plan(station: Institution, month: Month): StationMonth {
    return this.plans.get(`${station.id} ${month.index}`)!
  }

  planAuditor(city: CityPlan, month: Month, plan: AuditorMonth): void {
    this.auditorMonths.set(`${city.index} ${month.index}`, plan)
  }

  /** Vehicles from elsewhere that stand ready for inspections. */
  visitorCount(): number {
    return Math.max(300, Math.round(this.world.vehicles / 100))
  }

  /** Average monthly first tests of vehicles from elsewhere per station of the city in a calendar year, as planned. */
  plannedElsewhere(city: CityPlan, year: number): number {
    let sum = 0
    for (const month of this.world.calendar.months)
      if (month.year === year)
        for (const station of city.stations)
          for (const n of this.plan(station, month).elsewhere.values()) sum += n
    return sum / 12 / city.stations.length
  }

  *month(month: Month): Generator<FactBatch> {
    for (const city of this.world.cities)
      for (const station of city.stations) {
        yield* this.stationMonth(city, station, month)
      }
  }

  private planMonth(city: CityPlan, month: Month): void {
    const firsts =
      ((PER_YEAR * this.world.scale * city.share) / 12 / RECORDS_PER_FIRST_TEST) * SEASON[month.number - 1]!
    const least = city.index === 0 ? 80 : 60
    for (const [at, station] of city.stations.entries()) {
      const habit = ((hash(this.world.seed, 21, at, city.index) % 401) - 200) / 10_000
      const wobble = ((hash(this.world.seed, 22, at, month.index) % 201) - 100) / 10_000
      const first = Math.max(least, Math.round((firsts / city.stations.length) * (1 + habit)))
      const passed = Math.round(first * (FIRST_PASS + habit + wobble))
      const old = Math.max(2, Math.round(first * 0.08))
      const accident = Math.max(1, Math.round(first * 0.03))
      const failed = first - passed
      this.plans.set(`${station.id} ${month.index}`, {
        first,
        passed,
        elsewhere: month.index < this.opensAt ? new Map() : this.usualElsewhere(city),
        old: { count: old, passed: Math.round(old * 0.55) },
        accident: { count: accident, passed: Math.round(accident * 0.7) },
        key: Math.round(first * 0.15),
        returning: Math.floor(failed * 0.85),
        returningPassed: Math.round(Math.floor(failed * 0.85) * 0.88),
        oldReturning: null,
        brakeFails: null,
        lampFails: null,
        named: [],
        audits: new Map(),
        onNamed: null,
      })
    }
  }

  /** The same every month and at every station, whatever the season: through traffic. */
  private usualElsewhere(city: CityPlan): Map<string, number> {
    const firsts =
      (PER_YEAR * this.world.scale * city.share) / 12 / RECORDS_PER_FIRST_TEST / city.stations.length
    const total = Math.max(30, Math.round(firsts * 0.08))
    const share = Math.floor(total / 3)
    return new Map([
      [ELSEWHERE[0][0], total - 2 * share],
      [ELSEWHERE[1][0], share],
      [ELSEWHERE[2][0], share],
    ])
  }

  private *stationMonth(city: CityPlan, station: Institution, month: Month): Generator<FactBatch> {
    const plan = this.plan(station, month)
    const random = new Random(
      this.world.seed,
      23,
      hash(0, station.id.length, Number.parseInt(station.id.slice(-8), 16)),
      month.index,
    )
    const tests = this.tests(city, plan, month, random)
    for (const [n, { day }] of plan.audits) tests[n]!.day = day
    const fails = tests.filter((test) => !test.passed)
    const faults = faultsOf(plan, tests.length, fails, random)
    for (const [n, test] of tests.entries()) {
      this.record(city, station, month, test, faults, plan, n, random)
      if (this.recorder.full) yield* this.recorder.drain()
    }
  }

  private tests(city: CityPlan, plan: StationMonth, month: Month, random: Random): Test[] {
    const days = this.openDays(month)
    const firsts: Test[] = plan.named.map((named) => this.namedTest(named))
    const add = (count: number, group: Test['group'], passed: number | null, origin: string | null) => {
      const outcomes = passed === null ? null : exactly(count, passed, random)
      for (let i = 0; i < count; i++) {
        const day = days[random.below(days.length)]!
        const traits =
          origin !== null ? this.visitor(city, origin) : this.localVehicle(city, group, month.first)
        const test: Test = {
          traits,
          origin: origin ?? traits.originRegion,
          group,
          named: null,
          day,
          attempt: 1,
          passed: outcomes?.[i] ?? false,
          key: false,
        }
        firsts.push(test)
      }
    }
    add(plan.old.count, 'old', plan.old.passed, null)
    add(plan.accident.count, 'accident', plan.accident.passed, null)
    const fixed = firsts.length
    const fixedPassed = firsts.filter((test) => test.passed).length
    for (const [region, count] of plan.elsewhere) add(count, 'elsewhere', null, region)
    const left = Math.max(0, plan.first - firsts.length)
    const key = Math.min(plan.key, left)
    add(left, 'ordinary', null, null)
    const free = firsts.slice(fixed)
    const outcomes = exactly(
      free.length,
      Math.min(free.length, Math.max(0, plan.passed - fixedPassed)),
      random,
    )
    for (const [i, test] of free.entries()) test.passed = outcomes[i]!
    this.markKey(city, firsts, key)
    return this.withReturning(firsts, plan, month, days, random)
  }

  private namedTest(named: NamedTest): Test {
    const { traits, day } = named
    return {
      traits,
      origin: traits.originRegion,
      group: 'ordinary',
      named,
      day,
      attempt: 1,
      passed: !named.again,
      key: false,
    }
  }

  /** The last `key` ordinary tests are those of key vehicles. */
  private markKey(city: CityPlan, tests: Test[], key: number): void {
    let left = key
    for (let i = tests.length - 1; i >= 0 && left > 0; i--) {
      const test = tests[i]!
      if (test.group !== 'ordinary' || test.named) continue
      test.traits = this.keyVehicle(city)
      test.key = true
      left--
    }
  }

  private withReturning(
    firsts: Test[],
    plan: StationMonth,
    month: Month,
    days: number[],
    random: Random,
  ): Test[] {
    const again: Test[] = []
    const comeBack = (failed: Test[], count: number, passed: number) => {
      const outcomes = exactly(Math.min(count, failed.length), Math.min(passed, failed.length), random)
      for (const [i, outcome] of outcomes.entries()) {
        const before = failed[i]!
        const later = days.find((day) => day > before.day + random.below(4)) ?? before.day
        again.push({
          ...before,
          attempt: 2,
          passed: outcome,
          day: before.named || later >= month.end ? before.day : later,
        })
      }
    }
    const failed = random.shuffle(firsts.filter((test) => !test.passed && !test.named))
    const named = firsts.filter((test) => !test.passed && test.named)
    comeBack(named, named.length, named.length)
    if (plan.oldReturning) {
      comeBack(
        failed.filter((test) => test.group === 'old'),
        plan.oldReturning.count,
        plan.oldReturning.passed,
      )
      comeBack(
        failed.filter((test) => test.group !== 'old'),
        plan.returning,
        plan.returningPassed,
      )
    } else comeBack(failed, plan.returning, plan.returningPassed)
    return [...firsts, ...again]
  }

  /** Stations work on working days and Saturdays. */
  private openDays(month: Month): number[] {
    const days: number[] = []
    for (let day = month.first; day < month.end; day++)
      if (this.world.calendar.isWorking(day) || ((day + 4) % 7 === 6 && day < month.end - 1)) days.push(day)
    return days
  }

  private record(
    city: CityPlan,
    station: Institution,
    month: Month,
    test: Test,
    faults: Faults,
    plan: StationMonth,
    n: number,
    random: Random,
  ): void {
    const { recorder } = this
    const window = city.windows.find((each) => each.unit.path === station.unit_path)!
    const minute = test.attempt === 2 && test.named ? 1000 : 510 + random.below(480)
    const at = instantAt(test.day, minute, random.below(60))
    const submitted = new Date(at + (10 + random.below(40)) * 60_000)
    const audit = plan.audits.get(n)
    const minutes = audit ? audit.minutes : 10 + random.below(280)
    const { auditor, passed: auditPassed } = this.audit(city, month, test, minutes !== null)
    const { origin } = test
    const id = recorder.fact('inspection', ID_KIND.inspection, at, window.unit, {
      institution_id: station.id,
      line: `${1 + (n % 3)}`,
      vehicle_id: test.traits.id,
      owner: test.traits.ownerId,
      model: test.traits.model,
      origin_region: origin,
      attempt: test.attempt,
      passed: test.passed,
      vehicle_age_years: yearsBetween(test.traits.registeredDay, test.day),
      accident: test.group === 'accident',
      key_vehicle: test.key,
      submitted_at: submitted,
      audited_at: minutes === null ? null : new Date(submitted.getTime() + minutes * 60_000),
      auditor_id: minutes === null ? null : auditor.id,
      first_audit_passed: minutes === null ? null : auditPassed,
    })
    for (const item of ['brake', 'lamp', 'emission'] as const) {
      const passed = test.passed || !faults[item].has(test)
      recorder.fact('inspection_item', ID_KIND.inspectionItem, at, window.unit, {
        inspection_id: id,
        institution_id: station.id,
        item,
        passed,
      })
      this.tally.count(`${item} ${station.id} ${month.index}`, passed)
    }
    audit?.noted(id, submitted)
    if (test.named) plan.onNamed?.(id, test.named)
    this.count(city, station, month, test, origin, auditor, auditPassed)
  }

  private count(
    city: CityPlan,
    station: Institution,
    month: Month,
    test: Test,
    origin: string,
    auditor: Staff,
    auditPassed: boolean,
  ): void {
    const where = `${station.id} ${month.index}`
    const { tally } = this
    if (test.attempt === 1) {
      tally.count(`first ${where}`, test.passed)
      tally.count(`city ${city.index} ${month.index}`, test.passed)
      if (!origin.startsWith(city.code)) {
        tally.count(`elsewhere ${where}`, true)
        tally.count(`origin ${where} ${origin}`, true)
        tally.count(`city elsewhere ${city.index} ${month.year}`, true)
      }
      if (test.group === 'accident') tally.count(`accident ${where}`, test.passed)
    } else tally.count(`again ${where}`, test.passed)
    if (yearsBetween(test.traits.registeredDay, test.day) > OVER_AGE) tally.count(`old ${where}`, test.passed)
    if (test.key) tally.count(`auditor ${auditor.id} ${month.index}`, auditPassed)
  }

  /** First audits of key vehicles pass as often as the auditor's habit says, never off by more than one. */
  private audit(
    city: CityPlan,
    month: Month,
    test: Test,
    done: boolean,
  ): { auditor: Staff; passed: boolean } {
    const auditor = city.auditors[this.turns.auditor++ % city.auditors.length]!
    if (!test.key) return { auditor, passed: this.turns.auditor % 12 !== 0 }
    const planted = this.auditorMonths.get(`${city.index} ${month.index}`)
    const key = (who: Staff) => `${who.id} ${month.index}`
    const toPlanted = planted && done && (this.firstAudits.get(key(planted.auditor))?.n ?? 0) < planted.most
    const others = planted ? city.auditors.filter((each) => each !== planted.auditor) : city.auditors
    const who = toPlanted ? planted.auditor : others[this.turns.auditor % others.length]!
    const rate = toPlanted ? planted.rate : 0.7
    const so = this.firstAudits.get(key(who)) ?? { n: 0, k: 0 }
    this.firstAudits.set(key(who), so)
    so.n++
    const passed = so.k + 1 <= rate * so.n + 1e-9
    if (passed) so.k++
    return { auditor: who, passed }
  }

  private localVehicle(
    city: CityPlan,
    group: 'ordinary' | 'old' | 'accident' | 'elsewhere',
    day: number,
  ): VehicleTraits {
    const { population } = this
    const recent = population.firstRegisteredSince(day - OVER_AGE * 366)
    if (group === 'old')
      return this.next(
        'old',
        0,
        Math.max(1, population.firstRegisteredSince(day - (OVER_AGE + 1) * 366)),
        city,
        (i) => i % 10 !== 3,
      )
    if (group === 'accident')
      return this.next('accident', recent, population.standing, city, (i) => i % 41 === 5 && i % 10 !== 3)
    return this.next('ordinary', recent, population.standing, city, (i) => i % 41 !== 5 && i % 10 !== 3)
  }

  private keyVehicle(city: CityPlan): VehicleTraits {
    const { population } = this
    const recent = population.firstRegisteredSince(this.world.calendar.first - 9 * 365)
    return this.next('key', recent, population.standing, city, (i) => i % 10 === 3)
  }

  /** The next vehicle of a range, in steps that scatter owners and years, that is of the city and fits. */
  private next(
    turn: 'old' | 'accident' | 'key' | 'ordinary',
    from: number,
    to: number,
    city: CityPlan,
    fits: (index: number) => boolean,
  ): VehicleTraits {
    const size = to - from
    for (;;) {
      const index = from + ((this.turns[turn]++ * 7919) % size)
      if (fits(index) && this.population.cityOfVehicle(index) === city) return this.population.traits(index)
    }
  }

  private visitor(city: CityPlan, region: string): VehicleTraits {
    const round = this.turns.visitor++ % Math.floor(this.visitorCount() / ELSEWHERE.length)
    const number = round * ELSEWHERE.length + ELSEWHERE.findIndex(([code]) => code === region)
    return this.population.traits(this.population.visitor(city, number))
  }
}

type Faults = Record<'brake' | 'lamp' | 'emission', Set<Test>>

/** Which failed tests fail which item; every failed test fails at least one. */
function faultsOf(plan: StationMonth, tests: number, failed: Test[], random: Random): Faults {
  const order = random.shuffle([...failed])
  const brakes = Math.min(order.length, plan.brakeFails ?? Math.ceil(tests * 0.155))
  const lamps = Math.min(order.length, plan.lampFails ?? Math.ceil(tests * 0.16))
  const brake = new Set(order.slice(0, brakes))
  const lamp = new Set(order.slice(order.length - lamps))
  return {
    brake,
    lamp,
    emission: new Set(order.filter((test, i) => (!brake.has(test) && !lamp.has(test)) || i % 9 === 0)),
  }
}

/** `count` outcomes of which exactly `hits` are true, scattered. */
function exactly(count: number, hits: number, random: Random): boolean[] {
  const outcomes: boolean[] = []
  let left = hits
  for (let i = 0; i < count; i++) {
    const hit = random.below(count - i) < left
    if (hit) left--
    outcomes.push(hit)
  }
  return outcomes
}

/** Full years between two days. */
function yearsBetween(from: number, to: number): number {
  const a = dateOf(from)
  const b = dateOf(to)
  return Number(b.slice(0, 4)) - Number(a.slice(0, 4)) - (b.slice(5) < a.slice(5) ? 1 : 0)
}
