/**
 * Full-mark exams: drivers with twelve points sit subject 1 again, few of them the road test too. Each site passes the
 * same share of them every month, and few come from elsewhere; a site with a plant that month holds nothing else.
 */
import { instantAt, type Month } from './calendar.ts'
import { recordPoints } from './driver-records.ts'
import { ID_KIND } from './numbers.ts'
import type { OrdinaryBusiness } from './ordinary-business.ts'
import type { Population } from './population.ts'
import type { Recorder } from './record.ts'
import type { Tally } from './truth.ts'
import type { FactBatch, Institution } from './types.ts'
import { type CityPlan, type World, windowOf } from './world.ts'

export type FullMarkSubject = 'subject1' | 'subject3_road'

/** A year in a city of 4 million vehicles and drivers. */
const PER_YEAR: Record<FullMarkSubject, number> = { subject1: 20_000, subject3_road: 4000 }
const PASS_RATE = 0.65
const FROM_ELSEWHERE = 0.06
const MINUTES: Record<FullMarkSubject, number> = { subject1: 35, subject3_road: 18 }
/** Points come to twelve this long before the exam. */
const DAYS_BEFORE = 20

/** Candidates of one kind at one site in a month. */
export interface FullMarkGroup {
  readonly local: boolean
  readonly count: number
  readonly passed: number
  /** How many of those who failed sit again that month, to fail again. */
  readonly again?: number
}

export class FullMarkExams {
  readonly tally: Tally
  private readonly world: World
  private readonly population: Population
  private readonly recorder: Recorder
  private readonly planned = new Map<string, readonly FullMarkGroup[]>()
  private readonly carried = new Map<string, number>()
  private readonly drivers: (k: number) => number
  private readonly turns = new Map<string, number>()

  constructor(population: Population, recorder: Recorder, business: OrdinaryBusiness, tally: Tally) {
    this.population = population
    this.recorder = recorder
    this.tally = tally
    this.world = population.world
    this.drivers = business.driverPicks(48)
  }

  plan(site: Institution, subject: FullMarkSubject, month: Month, groups: readonly FullMarkGroup[]): void {
    this.planned.set(`${site.id} ${subject} ${month.index}`, groups)
  }

  *month(month: Month): Generator<FactBatch> {
    for (const city of this.world.cities)
      for (const subject of ['subject1', 'subject3_road'] as const)
        for (const site of city.sites) {
          const groups =
            this.planned.get(`${site.id} ${subject} ${month.index}`) ?? this.usual(city, site, subject)
          let n = 0
          for (const group of groups) n = this.hold(city, site, subject, month, group, n)
          if (this.recorder.full) yield* this.recorder.drain()
        }
  }

  /** What is due at a site this month; fractions of candidates and of passes are carried over. */
  private usual(city: CityPlan, site: Institution, subject: FullMarkSubject): FullMarkGroup[] {
    const due = (PER_YEAR[subject] * this.world.scale * city.share) / 12 / city.sites.length
    const count = this.whole(`count ${site.id} ${subject}`, due)
    const away = this.whole(`away ${site.id} ${subject}`, count * FROM_ELSEWHERE)
    return [
      { local: true, count: count - away },
      { local: false, count: away },
    ].map((group) => ({
      ...group,
      passed: this.whole(`passed ${group.local} ${site.id} ${subject}`, group.count * PASS_RATE),
    }))
  }

  private whole(key: string, due: number): number {
    const sum = due + (this.carried.get(key) ?? 0)
    this.carried.set(key, sum - Math.floor(sum))
    return Math.floor(sum)
  }

  private hold(
    city: CityPlan,
    site: Institution,
    subject: FullMarkSubject,
    month: Month,
    group: FullMarkGroup,
    from: number,
  ): number {
    const days = this.world.calendar.workingDaysOf(month)
    for (let i = 0; i < group.count; i++) {
      const driver = this.driver(city, group.local)
      const passed = i < group.passed
      const sittings = i >= group.count - (group.again ?? 0) ? 2 : 1
      for (let sitting = 0; sitting < sittings; sitting++) {
        const n = from + i
        const day = days[(n + sitting * 5) % days.length]!
        const start = instantAt(day, 545 + (Math.floor(n / days.length) % 4) * 40)
        this.record(city, site, subject, month, driver, group.local, passed, start, sitting)
      }
    }
    return from + group.count
  }

  private record(
    city: CityPlan,
    site: Institution,
    subject: FullMarkSubject,
    month: Month,
    driver: number,
    local: boolean,
    passed: boolean,
    start: number,
    sitting: number,
  ): void {
    const { recorder, tally } = this
    const window = windowOf(city, site)
    const candidate = this.population.personId(driver)
    const end = start + MINUTES[subject] * 60_000
    recorder.fact('examination', ID_KIND.examination, start, window.unit, {
      candidate_id: candidate,
      subject,
      licence_class: 'C1',
      site_id: site.id,
      examiner_id: city.examiners[driver % city.examiners.length]!.id,
      school_id: null,
      device_id: null,
      car_id: null,
      attempt: sitting + 1,
      make_up: false,
      full_mark: true,
      score: passed ? 95 : 75,
      passed,
      local,
      working_time: true,
      started_at: new Date(start),
      ended_at: new Date(end),
    })
    const twelve = start - DAYS_BEFORE * 86_400_000
    if (subject === 'subject1' && sitting === 0 && twelve >= instantAt(this.world.calendar.first, 0))
      recordPoints(recorder, window, candidate, twelve, 12, 'violation')
    if (passed) recordPoints(recorder, window, candidate, end + 3_600_000, -12, 'study')
    const where = `${subject} ${month.index}`
    const whose = local ? 'local' : 'elsewhere'
    tally.count(`full-mark ${site.id} ${where}`, passed)
    tally.count(`full-mark ${whose} ${site.id} ${where}`, passed)
    tally.count(`full-mark ${whose} city ${city.index} ${where}`, passed)
    if (sitting === 0) tally.count(`full-mark candidates ${site.id} ${where}`, !local)
  }

  /** The next driver of the city, local or not; none comes again before all have come. */
  private driver(city: CityPlan, local: boolean): number {
    const key = `${city.index} ${local}`
    let turn = this.turns.get(key) ?? 0
    for (;;) {
      const person = this.drivers(turn++)
      if (this.population.cityOfPerson(person) !== city || this.population.isLocalPerson(person) !== local)
        continue
      this.turns.set(key, turn)
      return person
    }
  }
}
