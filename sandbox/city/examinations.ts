/**
 * Examinations of the four subjects. Candidates come from the applications, move from subject to subject as they pass,
 * and have one make-up the same day. Whether one passes is drawn so that the pass rates of every site, school and
 * examiner stay close to what is expected of them (the running shortfall of each counts), so that nothing crosses a
 * threshold by chance; plants change the expectation of one site and month, or add sittings of their own.
 */
import { dayOfInstant, instantAt, type Month } from './calendar.ts'
import { makeLicence } from './made-licences.ts'
import { ID_KIND } from './numbers.ts'
import type { OrdinaryBusiness } from './ordinary-business.ts'
import type { Population } from './population.ts'
import { hash, Random } from './random.ts'
import type { Recorder } from './record.ts'
import { Tally } from './truth.ts'
import type { FactBatch, Institution, Staff } from './types.ts'
import { Waiting } from './waiting.ts'
import { type CityPlan, type World, windowOf } from './world.ts'

export const SUBJECTS = ['subject1', 'subject2', 'subject3_road', 'subject3_safety'] as const
export type Subject = (typeof SUBJECTS)[number]

/** Examinations per year in the city of NFR-3, make-ups included. */
const PER_YEAR = 1_600_000
const RECORDS_PER_SITTING = 1.25
const SEASON = [0.98, 0.8, 1.03, 1.02, 1.0, 1.02, 1.12, 1.1, 1.0, 0.93, 1.0, 1.0]
const RATES: Record<Subject, { first: number; makeUp: number; minutes: number }> = {
  subject1: { first: 0.7, makeUp: 0.62, minutes: 35 },
  subject2: { first: 0.63, makeUp: 0.6, minutes: 15 },
  subject3_road: { first: 0.61, makeUp: 0.58, minutes: 18 },
  subject3_safety: { first: 0.77, makeUp: 0.72, minutes: 28 },
}
/** Of failed first tests of subject 1, how many score below 85, and how these fare in the make-up. */
const LOW_SCORE = { share: 0.55, makeUp: 0.42, otherMakeUp: 0.85 }
const MAKE_UP_SHARE = 0.8
/** How much more a site's own pass rate counts than those of the others concerned, where the rate is planted. */
const PLANNED_WEIGHT = 8
/** Share of a unit's examinations of a subject and month that candidates from elsewhere never pass. */
const FROM_ELSEWHERE = 0.09
const DEVICES = 6
const CARS = 8

/** Changes what is expected of one site in one subject and month. */
export interface SiteMonth {
  /** No ordinary sittings at all: closed for repair. */
  closed?: boolean
  first?: number
  makeUp?: number
  /** Of failed first tests, how many come to the make-up. */
  makeUpShare?: number
  lowScoreShare?: number
  /** Pass rate of make-ups after a low first score; a ceiling that is never passed. */
  lowScoreMakeUp?: number
  /** Share of examinations with a misjudged item; a ceiling that is never passed. */
  misjudged?: number
}

/** Sittings beside the ordinary ones. */
export interface ExtraSittings {
  readonly count: number
  readonly first: number
  /** Fixed party, else the ordinary ones take turns. */
  readonly site?: Institution
  readonly school?: Institution
  readonly examiner?: Staff
  /** Failed candidates come to the make-up; default no. */
  readonly makeUps?: boolean
  readonly outsideHours?: boolean
  /** Device of subject 2 on which all of them sit. */
  readonly device?: string
  /** Examinations that record a deduction on that device, others record theirs on another one. */
  readonly deductions?: number
}

/** An examination whose every value is given. */
export interface NamedExamination {
  readonly subject: Subject
  readonly site: Institution
  readonly candidate: number
  readonly startedAt: number
  readonly endedAt: number
  readonly device?: string
  readonly car?: string
  readonly passed: boolean
  readonly misjudged?: number
  /** Of the last subject: working days until the licence is made; null = not made. */
  readonly madeAfter?: number | null
}

interface Sitting {
  readonly candidate: number
  readonly site: Institution
  readonly school: Institution | null
  readonly examiner: Staff
  readonly extra: ExtraSittings | null
  readonly day: number
}

interface Held {
  readonly subject: Subject
  readonly sitting: Sitting
  readonly makeUp: boolean
  readonly score: number
  readonly passed: boolean
  readonly start: number
  readonly end: number
  readonly device: string | null
  readonly car: string | null
  readonly madeAfter?: number | null | undefined
}

export class Examinations {
  readonly tally = new Tally()
  private readonly world: World
  private readonly population: Population
  private readonly recorder: Recorder
  private readonly business: OrdinaryBusiness
  private readonly siteMonths = new Map<string, SiteMonth>()
  private readonly extras = new Map<string, ExtraSittings[]>()
  /** Candidates ready for a subject, by city. */
  private readonly ready: Waiting[][]
  private readonly elsewhere = new Map<string, number>()
  /** Candidates who have sat this month and come back next month, for this subject or the one after. */
  private leaving: { city: number; subject: number; candidate: number }[] = []
  private readonly carried = new Map<string, number>()
  private turn = 0

  constructor(population: Population, recorder: Recorder, business: OrdinaryBusiness) {
    this.population = population
    this.recorder = recorder
    this.business = business
    this.world = population.world
    this.ready = this.world.cities.map(() => SUBJECTS.map(() => new Waiting()))
  }

  planSite(site: Institution, subject: Subject, month: Month, plan: SiteMonth): void {
    this.siteMonths.set(`${site.id} ${subject} ${month.index}`, plan)
  }

  planExtra(city: CityPlan, subject: Subject, month: Month, extra: ExtraSittings): void {
    const key = `${city.index} ${subject} ${month.index}`
    this.extras.set(key, [...(this.extras.get(key) ?? []), extra])
  }

  /** Lets candidates from elsewhere come close to this share of a unit's examinations, never beyond it. */
  planElsewhere(unitPath: string, subject: Subject, month: Month, share: number): void {
    this.elsewhere.set(`${unitPath} ${subject} ${month.index}`, share)
  }

  /** Records a given examination; returns its id. Must be called before its month is generated. */
  planNamed(city: CityPlan, month: Month, examination: NamedExamination): string {
    const { site, subject, candidate } = examination
    const sitting: Sitting = {
      candidate,
      site,
      school: city.schools[0]!,
      examiner: city.examiners[this.turn++ % city.examiners.length]!,
      extra: null,
      day: dayOfInstant(examination.startedAt),
    }
    const held: Held = {
      subject,
      sitting,
      makeUp: false,
      score: examination.passed ? 95 : 60,
      passed: examination.passed,
      start: examination.startedAt,
      end: examination.endedAt,
      device: examination.device ?? null,
      car: examination.car ?? null,
      madeAfter: examination.madeAfter,
    }
    const id = this.record(city, month, held)
    for (let n = 0; n < (examination.misjudged ?? 0); n++)
      this.item(city, id, held, month, '误判', null, true)
    if (!examination.passed) this.item(city, id, held, month, DEDUCTIONS[0]!, 100, false)
    return id
  }

  *month(month: Month): Generator<FactBatch> {
    for (const city of this.world.cities) {
      const applicants = this.business.applicants[city.index]!
      for (let one = applicants.take(); one !== null; one = applicants.take()) this.wait(city.index, 0, one)
      for (const [at, subject] of SUBJECTS.entries()) yield* this.subjectMonth(city, subject, at, month)
    }
    for (const { city, subject, candidate } of this.leaving) this.wait(city, subject, candidate)
    this.leaving = []
  }

  private wait(city: number, subject: number, candidate: number): void {
    this.ready[city]![subject]?.put(candidate, this.population.isLocalPerson(candidate))
  }

  private *subjectMonth(city: CityPlan, subject: Subject, at: number, month: Month): Generator<FactBatch> {
    const random = new Random(this.world.seed, 31, month.index, at * 2 + city.index)
    const short = new Shortfall()
    const seats = new Seats(this.world, month)
    for (const sitting of this.sittings(city, subject, at, month, random)) {
      this.sit(city, subject, at, month, sitting, short, seats, random)
      if (this.recorder.full) yield* this.recorder.drain()
    }
  }

  private *sittings(
    city: CityPlan,
    subject: Subject,
    at: number,
    month: Month,
    random: Random,
  ): Generator<Sitting> {
    const days = this.world.calendar.workingDaysOf(month)
    const saturdays = restDays(month, this.world)
    const open = city.sites.filter(
      (site) => !this.siteMonths.get(`${site.id} ${subject} ${month.index}`)?.closed,
    )
    const count = this.sittingCount(city, subject, month)
    const extras = this.extras.get(`${city.index} ${subject} ${month.index}`) ?? []
    const queue: (ExtraSittings | null)[] = [
      ...extras.flatMap((extra) => new Array<ExtraSittings>(extra.count).fill(extra)),
      ...new Array<null>(count).fill(null),
    ]
    random.shuffle(queue)
    for (const [n, extra] of queue.entries()) {
      const site = extra?.site ?? open[n % open.length]!
      yield {
        candidate: this.candidate(city, at, `${site.unit_path} ${subject} ${month.index}`),
        site,
        school: extra?.school ?? city.schools[Math.floor(n / open.length) % city.schools.length]!,
        examiner:
          extra?.examiner ??
          city.examiners[(n + Math.floor(n / city.examiners.length)) % city.examiners.length]!,
        extra,
        day: extra?.outsideHours ? saturdays[n % saturdays.length]! : days[n % days.length]!,
      }
    }
  }

  private sittingCount(city: CityPlan, subject: Subject, month: Month): number {
    const usual =
      ((PER_YEAR * this.world.scale * city.share) / 12 / SUBJECTS.length / RECORDS_PER_SITTING) *
      SEASON[month.number - 1]!
    const key = `${city.index} ${subject}`
    const due = Math.max(usual, city.sites.length * 38) + (this.carried.get(key) ?? 0)
    this.carried.set(key, due - Math.floor(due))
    return Math.floor(due)
  }

  /** Whoever waits longest for the subject; someone new where nobody waits. */
  private candidate(city: CityPlan, at: number, where: string): number {
    const share = this.elsewhere.get(where)
    const seats = `elsewhere ${where}`
    // Two at a time: who fails sits again.
    const room = this.tally.hits(seats) + 2 <= (share ?? FROM_ELSEWHERE) * (this.tally.size(seats) + 2)
    const waiting = this.ready[city.index]![at]!
    const away = room ? waiting.take(false) : null
    const local = away === null && !(room && share !== undefined)
    const found = away ?? (local ? waiting.take(true) : null)
    return found ?? this.newCandidate(city, local)
  }

  private newCandidate(city: CityPlan, local: boolean): number {
    const index = this.business.newPerson(city, (one) => this.population.isLocalPerson(one) === local)
    this.recorder.push('person', this.population.personRow(index))
    return index
  }

  private sit(
    city: CityPlan,
    subject: Subject,
    at: number,
    month: Month,
    sitting: Sitting,
    short: Shortfall,
    seats: Seats,
    random: Random,
  ): void {
    const { extra, site } = sitting
    const plan =
      (extra && !extra.makeUps ? undefined : this.siteMonths.get(`${site.id} ${subject} ${month.index}`)) ??
      {}
    const habit = this.habit(sitting)
    const rates = RATES[subject]
    const expected = extra?.first ?? plan.first ?? rates.first + habit
    const keys = keysOf(sitting, false)
    const own =
      extra?.school || extra?.examiner || extra?.device || extra?.outsideHours ? ownKey(extra) : null
    const planned = plan.first === undefined ? 1 : PLANNED_WEIGHT
    const passed = own ? short.exact(own, expected) : short.decide(keys, expected, planned)
    if (own) short.note(keys, extra?.site ? expected : rates.first + habit, passed)
    const low =
      !passed &&
      subject === 'subject1' &&
      short.exact(`low ${site.id}`, plan.lowScoreShare ?? LOW_SCORE.share)
    const slot = seats.take(sitting, subject)
    const first = this.hold(city, month, subject, sitting, false, passed, low, slot, plan, short, random)
    let through = passed
    if (
      !passed &&
      (extra ? extra.makeUps : short.exact(`come ${site.id}`, plan.makeUpShare ?? MAKE_UP_SHARE))
    ) {
      through = this.makeUp(subject, sitting, plan, low, habit, short)
      this.hold(
        city,
        month,
        subject,
        sitting,
        true,
        through,
        false,
        { ...slot, start: first.start + 60 * 60_000, device: slot.makeUpDevice, car: slot.makeUpCar },
        plan,
        short,
        random,
        low,
      )
    }
    if (!extra)
      this.leaving.push({ city: city.index, subject: through ? at + 1 : at, candidate: sitting.candidate })
  }

  private makeUp(
    subject: Subject,
    sitting: Sitting,
    plan: SiteMonth,
    low: boolean,
    habit: number,
    short: Shortfall,
  ): boolean {
    const keys = keysOf(sitting, true)
    const rates = RATES[subject]
    const planned = plan.makeUp === undefined ? 1 : PLANNED_WEIGHT
    if (subject !== 'subject1') return short.decide(keys, plan.makeUp ?? rates.makeUp + habit, planned)
    const key = `${low ? 'low' : 'high'} make-up ${sitting.site.id}`
    const rate = low ? (plan.lowScoreMakeUp ?? LOW_SCORE.makeUp) : (plan.makeUp ?? LOW_SCORE.otherMakeUp)
    const passed = short.ceiling(key, rate)
    short.note(keys, rate, passed)
    return passed
  }

  private hold(
    city: CityPlan,
    month: Month,
    subject: Subject,
    sitting: Sitting,
    makeUp: boolean,
    passed: boolean,
    low: boolean,
    slot: Slot,
    plan: SiteMonth,
    short: Shortfall,
    random: Random,
    lowBefore = false,
  ): Held {
    const minutes = RATES[subject].minutes
    const start = slot.start
    const device = subject === 'subject2' ? slot.device : null
    const held: Held = {
      subject,
      sitting,
      makeUp,
      passed,
      score: scoreOf(subject, passed, low, random),
      start,
      end: start + minutes * 60_000,
      device,
      car: subject === 'subject3_road' ? slot.car : null,
    }
    const id = this.record(city, month, held, lowBefore)
    this.items(city, id, held, month, plan, short, random)
    return held
  }

  private items(
    city: CityPlan,
    id: string,
    held: Held,
    month: Month,
    plan: SiteMonth,
    short: Shortfall,
    random: Random,
  ): void {
    const { sitting, subject, passed } = held
    if (subject !== 'subject2' && subject !== 'subject3_road') return
    const extra = sitting.extra?.device ? sitting.extra : null
    const here =
      !extra ||
      (extra.deductions ?? 0) > this.tally.hits(`device ${sitting.site.id} ${held.device} ${month.index}`)
    const other = here ? null : `${sitting.site.code}-D1`
    if (!passed) this.item(city, id, held, month, random.pick(DEDUCTIONS), 100, false, other)
    else if (extra ? here : random.below(3) === 0)
      this.item(city, id, held, month, random.pick(DEDUCTIONS), 10, false, other)
    if (short.ceiling(`misjudged ${sitting.site.id}`, plan.misjudged ?? 0.02))
      this.item(city, id, held, month, '误判', null, true)
  }

  /** Sites, schools and examiners differ by a point or so. */
  private habit(sitting: Sitting): number {
    const of = (id: string | undefined) =>
      id ? ((hash(this.world.seed, 32, Number.parseInt(id.slice(-8), 16)) % 201) - 100) / 10_000 : 0
    return of(sitting.site.id) + of(sitting.school?.id) + of(sitting.examiner.id)
  }

  private record(city: CityPlan, month: Month, held: Held, lowBefore = false): string {
    const { recorder, population } = this
    const { sitting, subject, passed } = held
    const window = windowOf(city, sitting.site)
    const outside = sitting.extra?.outsideHours ?? false
    const id = recorder.fact('examination', ID_KIND.examination, held.start, window.unit, {
      candidate_id: population.personId(sitting.candidate),
      subject,
      licence_class: 'C1',
      site_id: sitting.site.id,
      examiner_id: sitting.examiner.id,
      school_id: sitting.school?.id ?? null,
      device_id: held.device,
      car_id: held.car,
      attempt: held.makeUp ? 2 : 1,
      make_up: held.makeUp,
      full_mark: false,
      score: held.score,
      passed,
      local: population.isLocalPerson(sitting.candidate),
      working_time: !outside,
      started_at: new Date(held.start),
      ended_at: new Date(held.end),
    })
    this.count(city, month, held, outside, lowBefore)
    if (passed && subject === 'subject3_safety')
      makeLicence(recorder, population, {
        window,
        candidate: sitting.candidate,
        end: held.end,
        ...(held.madeAfter === undefined ? {} : { after: held.madeAfter }),
      })
    return id
  }

  private count(city: CityPlan, month: Month, held: Held, outside: boolean, lowBefore: boolean): void {
    const { tally } = this
    const { sitting, subject, passed } = held
    const { site, school, examiner } = sitting
    const where = `${subject} ${month.index}`
    tally.count(`city ${city.index} ${where}`, passed)
    tally.count(`elsewhere ${site.unit_path} ${where}`, !this.population.isLocalPerson(sitting.candidate))
    tally.count(`site ${site.id} ${where}`, passed)
    tally.count(`${held.makeUp ? 'make-up' : 'first'} ${site.id} ${where}`, passed)
    tally.count(`${outside ? 'outside' : 'inside'} ${site.id} ${where}`, passed)
    if (held.makeUp && lowBefore) tally.count(`low ${site.id} ${where}`, passed)
    if (school) tally.count(`school ${school.id} ${where}`, passed)
    tally.count(`examiner ${examiner.id} ${where}`, passed)
    if (school) tally.count(`pair ${examiner.id} ${school.id} ${where}`, passed)
    if (held.device) tally.count(`sat ${site.id} ${held.device} ${month.index}`, true)
  }

  private item(
    city: CityPlan,
    examinationId: string,
    held: Held,
    month: Month,
    item: string,
    deduction: number | null,
    misjudged: boolean,
    other: string | null = null,
  ): void {
    const { site } = held.sitting
    const device = other ?? held.device
    this.recorder.fact(
      'examination_item',
      ID_KIND.examinationItem,
      held.start + 300_000,
      windowOf(city, site).unit,
      {
        examination_id: examinationId,
        item,
        deduction,
        misjudged,
        device_id: device,
      },
    )
    if (misjudged) this.tally.count(`misjudged ${site.id} ${held.subject} ${month.index}`, true)
    if (device && deduction) this.tally.count(`device ${site.id} ${device} ${month.index}`, true)
  }

  /** Clocks of the exam systems, read each working day; off by less than two minutes. */
  clocks(month: Month): void {
    for (const city of this.world.cities)
      for (const site of city.sites)
        for (const day of this.world.calendar.workingDaysOf(month))
          for (const subject of ['subject2', 'subject3_road'] as const) {
            const drift =
              ((hash(this.world.seed, 33, day, Number.parseInt(site.id.slice(-6), 16) + subject.length) %
                31) -
                15) /
              10
            this.clock(city, site, subject, day, drift)
          }
  }

  clock(city: CityPlan, site: Institution, subject: Subject, day: number, minutes: number): string {
    const at = instantAt(day, 535)
    return this.recorder.fact('clock_offset', ID_KIND.clock, at, windowOf(city, site).unit, {
      system: 'exam',
      site_id: site.id,
      subject,
      minutes,
      at: new Date(at),
    })
  }
}

const DEDUCTIONS = [
  '中途停车',
  '车身出线',
  '未系安全带',
  '不按规定路线行驶',
  '起步未打转向灯',
  '车轮压线',
  '停车距离不合格',
]

function restDays(month: Month, world: World): number[] {
  const days: number[] = []
  for (let day = month.first; day < month.end; day++)
    if ((day + 4) % 7 === 6 && !world.calendar.isWorking(day)) days.push(day)
  return days
}

/** Marks: theory 90, field 80, road 90, safety 90 of 100. */
function scoreOf(subject: Subject, passed: boolean, low: boolean, random: Random): number {
  if (subject === 'subject2') return passed ? 80 + random.below(3) * 10 : random.below(8) * 10
  if (subject === 'subject3_road') return passed ? 90 + random.below(2) * 10 : random.below(9) * 10
  if (passed) return 90 + random.below(11)
  return low ? 60 + random.below(25) : 85 + random.below(5)
}

function keysOf(sitting: Sitting, makeUp: boolean): string[] {
  return [
    `site ${sitting.site.id} ${makeUp}`,
    `whole ${sitting.site.id}`,
    `school ${sitting.school?.id}`,
    `examiner ${sitting.examiner.id}`,
    `pair ${sitting.examiner.id} ${sitting.school?.id}`,
  ]
}

function ownKey(extra: ExtraSittings): string {
  return `extra ${extra.first} ${extra.school?.id} ${extra.examiner?.id} ${extra.site?.id} ${extra.device}`
}

/** By how many passes each party of the month lags behind what is expected of it. */
class Shortfall {
  private readonly lag = new Map<string, number>()
  private readonly ratios = new Map<string, { n: number; k: number; seen: number }>()

  /** Passes when the parties lag, on average, by half an examination or more; the first party counts `weight` times. */
  decide(keys: readonly string[], expected: number, weight = 1): boolean {
    let sum = (weight - 1) * ((this.lag.get(keys[0]!) ?? 0) + expected)
    for (const key of keys) sum += (this.lag.get(key) ?? 0) + expected
    const passed = sum >= (keys.length + weight - 1) / 2
    this.note(keys, expected, passed)
    return passed
  }

  note(keys: readonly string[], expected: number, passed: boolean): void {
    for (const key of keys) this.lag.set(key, (this.lag.get(key) ?? 0) + expected - (passed ? 1 : 0))
  }

  /** True for the nearest share to `rate` of its calls. */
  exact(key: string, rate: number): boolean {
    return this.ratio(key, (so) => so.k + 0.5 <= rate * so.n)
  }

  /** True as often as possible without the share ever passing `rate`. */
  ceiling(key: string, rate: number): boolean {
    return this.ratio(key, (so) => so.k + 1 <= rate * so.n + 1e-9)
  }

  private ratio(key: string, decide: (so: { n: number; k: number }) => boolean): boolean {
    const so = this.ratios.get(key) ?? { n: 0, k: 0, seen: 0 }
    this.ratios.set(key, so)
    so.n++
    const hit = decide(so)
    if (hit) so.k++
    return hit
  }
}

interface Slot {
  readonly start: number
  readonly device: string
  readonly car: string
  readonly makeUpDevice: string
  readonly makeUpCar: string
}

/** Hands out start times so that no device or car is used by two candidates at a time. */
class Seats {
  private readonly taken = new Map<string, number>()
  private readonly world: World
  readonly month: Month

  constructor(world: World, month: Month) {
    this.world = world
    this.month = month
  }

  /** Sixteen slots of twenty minutes between 9:00 and 16:50, several devices in each; make-ups follow on other devices. */
  take(sitting: Sitting, subject: Subject): Slot {
    const planted = sitting.extra?.device
    const key = `${sitting.site.id} ${sitting.day} ${planted ?? ''}`
    const n = this.taken.get(key) ?? 0
    this.taken.set(key, n + 1)
    const lanes = planted ? 1 : subject === 'subject3_road' ? CARS : DEVICES
    const lane = n % lanes
    const round = Math.floor(n / lanes) % 10
    const minute = round < 5 ? 540 + round * 20 : 870 + (round - 5) * 20
    return {
      start: instantAt(sitting.day, minute + (hash(this.world.seed, 34, n) % 3)),
      device: planted ?? `${sitting.site.code}-D${lane + 1}`,
      car: `${sitting.site.code}-C${lane + 1}`,
      makeUpDevice: `${sitting.site.code}-D${lane + 21}`,
      makeUpCar: `${sitting.site.code}-C${lane + 21}`,
    }
  }
}
