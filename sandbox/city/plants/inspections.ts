/** Plants of V8.1–V8.11: one station (or auditor) and month each. */
import { dateOf, dayOfInstant, type Month } from '../calendar.ts'
import type { Inspections, StationMonth } from '../inspections.ts'
import type { Institution } from '../types.ts'
import type { CityPlan } from '../world.ts'
import type { Stage } from './stage.ts'

/** The place from which planted surges come; no ordinary traffic comes from there. */
const SURGE_REGION = '520100'

interface Place {
  readonly city: CityPlan
  readonly station: Institution
  readonly month: Month
  readonly plan: StationMonth
}

export function plantInspections(stage: Stage, inspections: Inspections): void {
  new InspectionPlants(stage, inspections).plant()
}

class InspectionPlants {
  private readonly stage: Stage
  private readonly inspections: Inspections
  private readonly city: CityPlan
  private readonly months: readonly Month[]
  private readonly free: [station: number, month: number][]

  constructor(stage: Stage, inspections: Inspections) {
    this.stage = stage
    this.inspections = inspections
    this.city = stage.world.cities[0]
    this.months = stage.world.calendar.months
    this.free = this.places()
  }

  plant(): void {
    this.surges()
    this.volumes()
    this.passRates()
    this.groups()
    this.items()
    this.auditors()
    this.fleets()
    this.audits()
    this.elsewhere()
  }

  /** Station-months in an order that spreads plants over both. */
  private places(): [number, number][] {
    const stations = this.city.stations.length
    const places: [number, number][] = []
    for (let round = 0; round < stations; round++)
      for (let month = 1; month < this.months.length; month++)
        places.push([(month + round) % stations, month])
    return places
  }

  /** Takes a station-month nobody else plants in; `fits` narrows the months. */
  private take(fits: (month: Month) => boolean = () => true): Place | null {
    const at = this.free.findIndex(([, month]) => fits(this.months[month]!))
    if (at < 0) return null
    const [[station, month]] = this.free.splice(at, 1) as [[number, number]]
    return this.at(station, month)
  }

  private at(station: number, month: number): Place {
    const found = this.city.stations[station]!
    return {
      city: this.city,
      station: found,
      month: this.months[month]!,
      plan: this.inspections.plan(found, this.months[month]!),
    }
  }

  private note(
    code: string,
    kind: 'plant' | 'near_miss',
    place: Place,
    measured: () => number | null,
    sample: (() => number | null) | null,
    sentence: string,
    more: { subject?: Record<string, string>; base?: () => number | null } = {},
  ): void {
    this.stage.truth.add({
      code,
      mode: 'post_hoc',
      kind,
      subject: { institution_id: place.station.id, ...more.subject },
      unit_path: place.station.unit_path,
      month: place.month.key,
      day: null,
      facts: [],
      sentence,
      trigger: null,
      measure: () => ({ measured: measured(), base: more.base?.() ?? null, sample: sample?.() ?? null }),
    })
  }

  /** V8.1: vehicles of one other place, against the month before; a new place, so that the month before that is silent. */
  private surges(): void {
    const opens = this.months[this.inspections.opensAt]!
    const free = (station: number, month: number) => this.free.some(([s, m]) => s === station && m === month)
    for (const [kind, before, now] of [
      ['plant', 31, 37],
      ['near_miss', 30, 33],
    ] as const) {
      const found = this.free.find(
        ([s, m]) => this.months[m]!.year === opens.year && m > opens.index && free(s, m - 1),
      )
      if (!found) return
      const place = this.at(found[0], found[1])
      this.release(place)
      const earlier = this.at(found[0], found[1] - 1)
      this.release(earlier)
      earlier.plan.elsewhere.set(SURGE_REGION, before)
      place.plan.elsewhere.set(SURGE_REGION, now)
      this.makeRoom(earlier)
      this.makeRoom(place)
      const key = (at: Place) => `origin ${at.station.id} ${at.month.index} ${SURGE_REGION}`
      const count = (at: Place) => this.inspections.tally.size(key(at))
      this.note(
        'V8.1',
        kind,
        place,
        () => growth(count(place), count(earlier)),
        () => count(place),
        `检验${SURGE_REGION.slice(0, 4)}车辆由${before}辆到${now}辆`,
        {
          subject: { origin_region: SURGE_REGION },
          base: () => count(earlier),
        },
      )
    }
  }

  private release(place: Place): void {
    const station = this.city.stations.indexOf(place.station)
    const at = this.free.findIndex(([s, m]) => s === station && m === place.month.index)
    if (at >= 0) this.free.splice(at, 1)
  }

  /** Where vehicles from elsewhere nearly fill a small station, its other groups shrink. */
  private makeRoom({ plan }: Place): void {
    plan.old = { count: 2, passed: 1 }
    plan.accident = { count: 1, passed: 1 }
    plan.key = 3
  }

  /** V8.2: all vehicles from elsewhere, against the city's last-year average per station. Planned last: the average must be settled. */
  private elsewhere(): void {
    const firstFull = this.months.find((month) => month.number === 1)
    if (!firstFull) return
    const judged = (month: Month) => month.year > firstFull.year
    for (const kind of ['plant', 'near_miss'] as const) {
      const place = this.take(judged)
      if (!place) return
      const base = this.inspections.plannedElsewhere(this.city, place.month.year - 1)
      const usual = [...place.plan.elsewhere.values()].reduce((sum, n) => sum + n, 0)
      const target = kind === 'plant' ? Math.ceil(base * 1.3) : Math.floor(base * 1.1)
      place.plan.elsewhere.set(SURGE_REGION, target - usual)
      this.makeRoom(place)
      const count = () => this.inspections.tally.size(`elsewhere ${place.station.id} ${place.month.index}`)
      this.note(
        'V8.2',
        kind,
        place,
        () => growth(count(), base),
        count,
        `检验外地车辆${target}辆，本市去年机构月均${base.toFixed(1)}辆`,
        { base: () => base },
      )
    }
  }

  /** V8.4: more first tests than the others' average by a quarter; the near miss stays within a tenth. */
  private volumes(): void {
    for (const [kind, factor] of [
      ['plant', 1.27],
      ['near_miss', 1.1],
    ] as const) {
      const place = this.take()
      if (!place) return
      const others = this.city.stations.filter((station) => station !== place.station)
      const average =
        others.reduce((sum, station) => sum + this.inspections.plan(station, place.month).first, 0) /
        others.length
      const { plan } = place
      const first = kind === 'plant' ? Math.ceil(average * factor) : Math.floor(average * factor + 1e-9)
      plan.passed += Math.round((first - plan.first) * 0.72)
      plan.first = first
      plan.returning = Math.floor((plan.first - plan.passed) * 0.85)
      plan.returningPassed = Math.round(plan.returning * 0.88)
      const own = () => this.inspections.tally.size(`first ${place.station.id} ${place.month.index}`)
      const base = () =>
        (this.inspections.tally.size(`city ${this.city.index} ${place.month.index}`) - own()) / others.length
      this.note(
        'V8.4',
        kind,
        place,
        () => growth(own(), base()),
        own,
        `检验量${first}辆，其他机构同期平均${average.toFixed(1)}辆`,
        { base },
      )
    }
  }

  /** V8.5 and V8.6: pass rates of first tests and re-tests. */
  private passRates(): void {
    const firstRate = (place: Place) => () =>
      this.inspections.tally.rate(`first ${place.station.id} ${place.month.index}`)
    const firstSize = (place: Place) => () =>
      this.inspections.tally.size(`first ${place.station.id} ${place.month.index}`)
    const againRate = (place: Place) => () =>
      this.inspections.tally.rate(`again ${place.station.id} ${place.month.index}`)
    const againSize = (place: Place) => () =>
      this.inspections.tally.size(`again ${place.station.id} ${place.month.index}`)
    for (const [kind, rate] of [
      ['plant', 0.84],
      ['near_miss', 0.8],
    ] as const) {
      const place = this.take()
      if (!place) return
      this.setFirst(place, Math.floor(place.plan.first * rate), 0.95, 0.88)
      this.note(
        'V8.5',
        kind,
        place,
        firstRate(place),
        firstSize(place),
        `初检合格率约${Math.round(rate * 100)}%`,
      )
    }
    for (const [kind, first, again, sentence] of [
      ['plant', 0.15, 0.9, '初检合格率15%，复检合格率90%'],
      ['near_miss', 0.15, 0.8, '初检合格率15%，复检合格率不超过80%'],
      ['near_miss', 0.21, 0.9, '初检合格率不低于20%，复检合格率90%'],
    ] as const) {
      const place = this.take()
      if (!place) return
      this.setFirst(place, Math.ceil(place.plan.first * first), 0.85, again)
      this.note('V8.6', kind, place, againRate(place), againSize(place), sentence, { base: firstRate(place) })
    }
  }

  private setFirst({ plan }: Place, passed: number, returning: number, againRate: number): void {
    plan.passed = passed
    plan.returning = Math.floor((plan.first - passed) * returning)
    plan.returningPassed = Math.floor(plan.returning * againRate + 1e-9)
    plan.old = {
      count: plan.old.count,
      passed: Math.min(plan.old.passed, Math.floor((plan.old.count * passed) / plan.first)),
    }
    plan.accident = {
      count: plan.accident.count,
      passed: Math.floor((plan.accident.count * passed) / plan.first),
    }
  }

  /** V8.7 over-aged and V8.9 accident vehicles. */
  private groups(): void {
    for (const [kind, count, passed, again] of [
      ['plant', 40, 34, 5],
      ['near_miss', 40, 30, 10],
      ['near_miss', 28, 28, 0],
    ] as const) {
      const place = this.take()
      if (!place) return
      const { plan } = place
      const failed = count - passed
      const restFailed = Math.max(0, plan.first - plan.passed - failed)
      plan.old = { count, passed }
      plan.accident = { count: 1, passed: 1 }
      plan.key = Math.min(plan.key, 8)
      plan.oldReturning = { count: failed, passed: again }
      plan.returning = Math.floor(restFailed * 0.85)
      plan.returningPassed = Math.round(plan.returning * 0.88)
      const key = `old ${place.station.id} ${place.month.index}`
      this.note(
        'V8.7',
        kind,
        place,
        () => this.inspections.tally.rate(key),
        () => this.inspections.tally.size(key),
        `超龄车检验合格率，初检${passed}/${count}，复检合格${again}`,
      )
    }
    for (const [kind, count, passed] of [
      ['plant', 36, 34],
      ['near_miss', 40, 36],
      ['near_miss', 29, 29],
    ] as const) {
      const place = this.take()
      if (!place) return
      const { plan } = place
      plan.accident = { count, passed }
      plan.old = { count: 2, passed: 1 }
      plan.key = Math.min(plan.key, 8)
      const key = `accident ${place.station.id} ${place.month.index}`
      this.note(
        'V8.9',
        kind,
        place,
        () => this.inspections.tally.rate(key),
        () => this.inspections.tally.size(key),
        `事故车初检合格${passed}/${count}`,
      )
    }
  }

  /** V8.8: nine of ten or more pass the item. */
  private items(): void {
    for (const [item, kind] of [
      ['brake', 'plant'],
      ['lamp', 'plant'],
      ['brake', 'near_miss'],
    ] as const) {
      const place = this.take()
      if (!place) return
      const { plan } = place
      const tests = plan.first + plan.returning
      const fails = kind === 'plant' ? Math.floor(tests * 0.06) : Math.floor(tests * 0.1) + 1
      if (item === 'brake') plan.brakeFails = fails
      else plan.lampFails = fails
      const key = `${item} ${place.station.id} ${place.month.index}`
      this.note(
        'V8.8',
        kind,
        place,
        () => this.inspections.tally.rate(key),
        () => this.inspections.tally.size(key),
        `${item === 'brake' ? '制动' : '灯光'}项目不合格${fails}次，共检${tests}次`,
        { subject: { item } },
      )
    }
  }

  /** V8.10: the first audits of key vehicles by one auditor. */
  private auditors(): void {
    const cases = [
      ['plant', 0.88, 10_000],
      ['near_miss', 0.8, 10_000],
      ['near_miss', 1, 29],
    ] as const
    for (const [n, [kind, rate, most]] of cases.entries()) {
      const place = this.take()
      if (!place) return
      const auditor = this.city.auditors[n % this.city.auditors.length]!
      for (const station of this.city.stations) {
        const plan = this.inspections.plan(station, place.month)
        plan.key = Math.max(plan.key, Math.min(16, plan.first - 45))
      }
      this.inspections.planAuditor(this.city, place.month, { auditor, rate, most })
      const key = `auditor ${auditor.id} ${place.month.index}`
      this.stage.truth.add({
        code: 'V8.10',
        mode: 'post_hoc',
        kind,
        subject: { auditor_id: auditor.id },
        unit_path: this.city.detachment.path,
        month: place.month.key,
        day: null,
        facts: [],
        sentence: `重点车辆一次审核通过率约${Math.round(rate * 100)}%`,
        trigger: null,
        measure: () => ({
          measured: this.inspections.tally.rate(key),
          sample: this.inspections.tally.size(key),
        }),
      })
    }
  }

  /** V8.3: one owner's vehicles of one model on one day; in the near miss one of three is tested twice. */
  private fleets(): void {
    for (const [kind, count] of [
      ['plant', 4],
      ['near_miss', 3],
    ] as const) {
      const place = this.take()
      if (!place) return
      const { city, month, plan, station } = place
      const owner = this.stage.organisation(city)
      const day = this.stage.world.calendar.workingDaysOf(month)[8]!
      const facts: string[] = []
      plan.named = Array.from({ length: count }, (_, i) => {
        const vehicle = this.stage.vehicle(city, {
          type: 'H31',
          brand: '福田牌',
          model: 'BJ1043V9',
          use: 'F',
        })
        this.stage.own(city, vehicle, { organisation: owner })
        return {
          traits: this.stage.traits(city, vehicle, owner),
          day,
          again: kind === 'near_miss' && i === 0,
        }
      })
      plan.onNamed = (id) => facts.push(id)
      this.stage.truth.know({
        code: 'V8.3',
        kind,
        subject: { institution_id: station.id, owner, model: 'BJ1043V9' },
        unit_path: station.unit_path,
        month: month.key,
        day: dateOf(day),
        measured: count,
        facts,
        sentence: `同日同所有人同车型检验${count}辆${kind === 'near_miss' ? '，其中1辆复检' : ''}`,
      })
    }
  }

  /** V8.11: audits that took longer than a day, by the clock; one still open when the history ends. */
  private audits(): void {
    const place = this.take((month) => month.index < this.months.length - 1)
    const last = this.at(0, this.months.length - 1)
    if (!place) return
    for (const [at, n, minutes] of [
      [place, 3, 1441],
      [place, 5, 1440],
      [place, 7, 2200],
      [last, 4, null],
    ] as const) {
      const facts: string[] = []
      const subject: Record<string, string> = { institution_id: at.station.id }
      let day: string | null = null
      const fires = minutes === null || minutes > 1440
      const { calendar } = this.stage.world
      const draft = {
        code: 'V8.11',
        mode: 'post_hoc' as const,
        kind: fires ? ('plant' as const) : ('near_miss' as const),
        subject,
        unit_path: at.station.unit_path,
        month: at.month.key,
        get day() {
          return day
        },
        facts,
        sentence: minutes === null ? '提交审核后至今未审核' : `提交审核${minutes}分钟后审核完毕`,
        trigger: null,
        measure: () => ({ measured: minutes }),
      }
      at.plan.audits.set(n, {
        minutes,
        day: calendar.workingDaysOf(at.month)[9]!,
        noted: (id, submitted) => {
          facts.push(id)
          subject['inspection_id'] = id
          day = dateOf(Math.min(calendar.until - 1, dayOfInstant(submitted.getTime()) + 1))
        },
      })
      this.stage.truth.add(draft)
    }
  }
}

/** Percent by which `value` exceeds `base`; null without a base. */
function growth(value: number, base: number): number | null {
  return base === 0 ? null : ((value - base) / base) * 100
}
