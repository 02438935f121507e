/**
 * Plants of L8.1–L8.16, L9.1–L9.2 and L10.1–L10.2. Rates of one subject and month hang together (the city's rate moves
 * with each plant), so every plant of a rate has a subject and month of its own, with quiet months around it.
 */
import { dateOf, dayOfInstant, instantAt, type Month } from '../calendar.ts'
import type { Examinations, ExtraSittings, SiteMonth, Subject } from '../examinations.ts'
import type { OrdinaryBusiness } from '../ordinary-business.ts'
import type { Institution } from '../types.ts'
import type { CityPlan } from '../world.ts'
import type { Stage } from './stage.ts'

type Kind = 'plant' | 'near_miss'
const MINUTE = 60_000

/** How many examinations, and by how much their pass rate lies above the city's. */
type Case = readonly [kind: Kind, count: number, gap: number]
const ENOUGH: readonly Case[] = [
  ['plant', 34, 0.2],
  ['near_miss', 34, 0.05],
]
const FEW: readonly Case[] = [['near_miss', 29, 1]]

const CITY_RATE: Record<Subject, number> = {
  subject1: 0.69,
  subject2: 0.62,
  subject3_road: 0.6,
  subject3_safety: 0.76,
}
const MAKE_UP_CODES = [
  ['L8.2', 'subject1'],
  ['L8.4', 'subject2'],
  ['L8.5', 'subject3_road'],
  ['L8.6', 'subject3_safety'],
] as const

interface Slot {
  readonly subject: Subject
  readonly month: Month
  readonly site: Institution
  readonly other: Institution
}

export function plantExaminations(
  stage: Stage,
  examinations: Examinations,
  business: OrdinaryBusiness,
): void {
  new ExaminationPlants(stage, examinations, business).plant()
}

class ExaminationPlants {
  private readonly stage: Stage
  private readonly examinations: Examinations
  private readonly business: OrdinaryBusiness
  private readonly city: CityPlan
  private readonly months: readonly Month[]
  private readonly nextMonth: Record<Subject, number> = {
    subject1: 1,
    subject2: 1,
    subject3_road: 2,
    subject3_safety: 2,
  }
  private turn = 0
  private schoolTurn = 0
  private examinerTurn = 0

  constructor(stage: Stage, examinations: Examinations, business: OrdinaryBusiness) {
    this.stage = stage
    this.examinations = examinations
    this.business = business
    this.city = stage.world.cities[0]
    this.months = stage.world.calendar.months
  }

  plant(): void {
    for (const [code, subject] of MAKE_UP_CODES) this.makeUps(code, subject)
    this.lowScores()
    this.misjudged()
    this.idleDevices()
    this.siteRates()
    this.outsideHours()
    this.siteGrowth()
    this.schools()
    this.schoolGrowth()
    this.examiners()
    this.pairs()
    this.fewAtSite()
    this.schools(FEW)
    this.examiners(FEW)
    this.pairs([['near_miss', 29, 0.16]])
    this.candidateMisjudged()
    this.shared('L8.12', 'subject2', 'device')
    this.shared('L8.15', 'subject3_road', 'car')
    this.scattered()
    this.clocks('L8.14', 'subject2')
    this.clocks('L8.16', 'subject3_road')
  }

  /** A subject and month without another plant of a rate; of any subject, the one with most room. */
  private slot(subject?: Subject): Slot | null {
    const found =
      subject ??
      (['subject3_safety', 'subject3_road', 'subject1', 'subject2'] as const).reduce((a, b) =>
        this.nextMonth[b] < this.nextMonth[a] ? b : a,
      )
    const month = this.months[this.nextMonth[found]]
    if (!month) return null
    this.nextMonth[found] += 2
    const { sites } = this.city
    const at = this.turn++
    return { subject: found, month, site: sites[at % sites.length]!, other: sites[(at + 1) % sites.length]! }
  }

  private tally(key: string): { rate: () => number | null; size: () => number } {
    const { tally } = this.examinations
    return { rate: () => tally.rate(key), size: () => tally.size(key) }
  }

  private note(
    code: string,
    kind: Kind,
    slot: { month: Month; unitPath?: string },
    subject: Record<string, string>,
    sentence: string,
    measure: () => { measured: number | null; base?: number | null; sample?: number | null },
    more: { facts?: string[]; day?: string | null } = {},
  ): void {
    this.stage.truth.add({
      code,
      mode: 'post_hoc',
      kind,
      subject,
      unit_path: slot.unitPath ?? this.city.detachment.path,
      month: slot.month.key,
      day: more.day ?? null,
      facts: more.facts ?? [],
      sentence,
      trigger: null,
      measure,
    })
  }

  /** Note of a rate against another one, in percentage points. */
  private compare(
    code: string,
    kind: Kind,
    slot: Slot,
    subject: Record<string, string>,
    own: string,
    other: string,
    sentence: string,
  ): void {
    const a = this.tally(own)
    const b = this.tally(other)
    const points = () => {
      const [own, base] = [a.rate(), b.rate()]
      return { measured: own === null || base === null ? null : own - base, base, sample: a.size() }
    }
    this.note(code, kind, slot, { ...subject, subject: slot.subject }, sentence, points)
  }

  /** L8.2, L8.4–L8.6: make-ups pass more often than first tests; the near miss by half as many points as allowed. */
  private makeUps(code: string, subject: Subject): void {
    const slot = this.slot(subject)
    if (!slot) return
    const plan = (site: Institution, kind: Kind) => {
      const whole = CITY_RATE[subject]
      const gap = kind === 'plant' ? 0.22 : 0.04
      const first = whole - gap * (1 - whole) * 0.8
      const share =
        subject === 'subject1' ? { lowScoreShare: 0, makeUp: first + gap } : { makeUp: first + gap }
      this.examinations.planSite(site, subject, slot.month, { first, makeUpShare: 1, ...share })
      this.examinations.planExtra(this.city, subject, slot.month, { count: 110, first, site, makeUps: true })
      const where = `${site.id} ${subject} ${slot.month.index}`
      this.compare(
        code,
        kind,
        slot,
        { site_id: site.id },
        `make-up ${where}`,
        `first ${where}`,
        `补考合格率约高出${Math.round(gap * 100)}个百分点`,
      )
    }
    plan(slot.site, 'plant')
    plan(slot.other, 'near_miss')
  }

  /** L8.3: make-ups of candidates whose first score was below 85. */
  private lowScores(): void {
    const slot = this.slot('subject1')
    if (!slot) return
    for (const [site, kind, rate] of [
      [slot.site, 'plant', 0.64],
      [slot.other, 'near_miss', 0.5],
    ] as const) {
      const first = 0.71
      this.examinations.planSite(site, 'subject1', slot.month, {
        first,
        makeUpShare: 1,
        lowScoreShare: 0.92,
        lowScoreMakeUp: rate,
      })
      this.examinations.planExtra(this.city, 'subject1', slot.month, {
        count: 110,
        first,
        site,
        makeUps: true,
      })
      const low = this.tally(`low ${site.id} subject1 ${slot.month.index}`)
      this.note(
        'L8.3',
        kind,
        slot,
        { site_id: site.id },
        `首次成绩低于85分者补考合格率约${Math.round(rate * 100)}%`,
        () => ({ measured: low.rate(), sample: low.size() }),
      )
    }
  }

  /** L8.9: misjudgements per examinations of the subject. */
  private misjudged(): void {
    for (const subject of ['subject2', 'subject3_road'] as const) {
      const slot = this.slot(subject)
      if (!slot) return
      for (const [site, kind, share] of [
        [slot.site, 'plant', 0.6],
        [slot.other, 'near_miss', 0.5],
      ] as const) {
        this.examinations.planSite(site, subject, slot.month, { misjudged: share })
        const where = `${site.id} ${subject} ${slot.month.index}`
        const { tally } = this.examinations
        const measure = () => {
          const sample = tally.size(`site ${where}`) + tally.size(`full-mark ${where}`)
          return { measured: (100 * tally.size(`misjudged ${where}`)) / sample, sample }
        }
        this.note(
          'L8.9',
          kind,
          slot,
          { site_id: site.id, subject },
          `误判占考试人次约${share * 100}%`,
          measure,
        )
      }
    }
  }

  /** L8.11: a device that records next to no deductions. */
  private idleDevices(): void {
    const slot = this.slot('subject2')
    if (!slot) return
    for (const [site, kind, count, deductions] of [
      [slot.site, 'plant', 36, 4],
      [slot.other, 'near_miss', 36, 5],
      [slot.site, 'near_miss', 29, 0],
    ] as const) {
      const device = `${site.code}-D${kind === 'plant' ? 8 : 9}`
      this.extra(slot, { count, first: CITY_RATE.subject2, site, device, deductions })
      const { tally } = this.examinations
      const measure = () => ({
        measured: tally.size(`device ${site.id} ${device} ${slot.month.index}`),
        sample: tally.size(`sat ${site.id} ${device} ${slot.month.index}`),
      })
      this.note(
        'L8.11',
        kind,
        slot,
        { site_id: site.id, device_id: device },
        `设备使用${count}次，扣分${deductions}次`,
        measure,
      )
    }
  }

  private extra(slot: Slot, extra: ExtraSittings): void {
    this.examinations.planExtra(this.city, slot.subject, slot.month, extra)
  }

  private site(slot: Slot, site: Institution, plan: SiteMonth, month = slot.month): void {
    this.examinations.planSite(site, slot.subject, month, plan)
  }

  private monthBefore(slot: Slot): Month {
    return this.months[slot.month.index - 1]!
  }

  /** L8.1: a site that reopened after a month of repairs, so that its own month before cannot be compared. */
  private siteRates(): void {
    const part = 1 / this.city.sites.length
    for (const [kind, gap] of [
      ['plant', 0.19],
      ['near_miss', 0.06],
    ] as const) {
      const slot = this.slot()
      if (!slot) return
      const rate = Math.min(0.99, CITY_RATE[slot.subject] + gap / (1 - part))
      this.site(slot, slot.site, { closed: true }, this.monthBefore(slot))
      this.site(slot, slot.site, { first: rate, makeUp: rate })
      const where = `${slot.subject} ${slot.month.index}`
      this.compare(
        'L8.1',
        kind,
        slot,
        { site_id: slot.site.id },
        `site ${slot.site.id} ${where}`,
        `city ${this.city.index} ${where}`,
        `合格率高于全市约${Math.round(gap * 100)}个百分点`,
      )
    }
  }

  /** L8.1: all pass, but fewer than the minimum sample. */
  private fewAtSite(): void {
    const slot = this.slot()
    if (!slot) return
    this.site(slot, slot.site, { closed: true }, this.monthBefore(slot))
    this.site(slot, slot.site, { closed: true })
    this.extra(slot, { count: 29, first: 1, site: slot.site })
    const where = `${slot.subject} ${slot.month.index}`
    this.compare(
      'L8.1',
      'near_miss',
      slot,
      { site_id: slot.site.id },
      `site ${slot.site.id} ${where}`,
      `city ${this.city.index} ${where}`,
      '合格率100%，但考试不足30人次',
    )
  }

  /** L8.7: Saturdays against working days. */
  private outsideHours(): void {
    const slot = this.slot()
    if (!slot) return
    const whole = CITY_RATE[slot.subject]
    for (const [site, kind, gap] of [
      [slot.site, 'plant', 0.22],
      [slot.other, 'near_miss', 0.04],
    ] as const) {
      const inside = whole - gap * 0.45
      this.site(slot, site, { first: inside, makeUp: inside })
      this.extra(slot, { count: 40, first: inside + gap, site, outsideHours: true })
      const where = `${site.id} ${slot.subject} ${slot.month.index}`
      this.compare(
        'L8.7',
        kind,
        slot,
        { site_id: site.id },
        `outside ${where}`,
        `inside ${where}`,
        `非工作时间合格率约高出${Math.round(gap * 100)}个百分点`,
      )
    }
  }

  /** L8.8: below the usual rate one month, above it the next. */
  private siteGrowth(): void {
    for (const [kind, half] of [
      ['plant', 0.085],
      ['near_miss', 0.03],
    ] as const) {
      const slot = this.slot()
      if (!slot) return
      const whole = CITY_RATE[slot.subject]
      const before = this.monthBefore(slot)
      this.site(slot, slot.site, { first: whole - half, makeUp: whole - half }, before)
      this.site(slot, slot.site, { first: whole + half, makeUp: whole + half })
      const key = (month: Month) => `site ${slot.site.id} ${slot.subject} ${month.index}`
      this.compare(
        'L8.8',
        kind,
        slot,
        { site_id: slot.site.id },
        key(slot.month),
        key(before),
        `合格率环比上升约${Math.round(half * 200)}个百分点`,
      )
    }
  }

  private newSchool(): Institution {
    return this.city.plantSchools[this.schoolTurn++ % this.city.plantSchools.length]!
  }

  /** L9.1: a small school against the city. */
  private schools(cases: readonly Case[] = ENOUGH): void {
    for (const [kind, count, gap] of cases) {
      const slot = this.slot()
      if (!slot) return
      const school = this.newSchool()
      this.extra(slot, { count, first: Math.min(1, CITY_RATE[slot.subject] + gap), school })
      const where = `${slot.subject} ${slot.month.index}`
      this.compare(
        'L9.1',
        kind,
        slot,
        { school_id: school.id },
        `school ${school.id} ${where}`,
        `city ${this.city.index} ${where}`,
        `驾校${count}人次，合格率高于全市约${Math.round(Math.min(gap, 1 - CITY_RATE[slot.subject]) * 100)}个百分点`,
      )
    }
  }

  /** L9.2: a small school against its month before. */
  private schoolGrowth(): void {
    for (const [kind, half] of [
      ['plant', 0.085],
      ['near_miss', 0.03],
    ] as const) {
      const slot = this.slot()
      if (!slot) return
      const school = this.newSchool()
      const whole = CITY_RATE[slot.subject]
      const before = this.monthBefore(slot)
      this.examinations.planExtra(this.city, slot.subject, before, { count: 40, first: whole - half, school })
      this.extra(slot, { count: 40, first: whole + half, school })
      const key = (month: Month) => `school ${school.id} ${slot.subject} ${month.index}`
      this.compare(
        'L9.2',
        kind,
        slot,
        { school_id: school.id },
        key(slot.month),
        key(before),
        `驾校合格率环比上升约${Math.round(half * 200)}个百分点`,
      )
    }
  }

  /** L10.1: an examiner against the city. */
  private examiners(cases: readonly Case[] = ENOUGH): void {
    for (const [kind, count, gap] of cases) {
      const slot = this.slot()
      if (!slot) return
      const examiner = this.city.plantExaminers[this.examinerTurn++]!
      this.extra(slot, { count, first: Math.min(1, CITY_RATE[slot.subject] + gap), examiner })
      const where = `${slot.subject} ${slot.month.index}`
      this.compare(
        'L10.1',
        kind,
        slot,
        { examiner_id: examiner.id },
        `examiner ${examiner.id} ${where}`,
        `city ${this.city.index} ${where}`,
        `考试员监考${count}人次，合格率高于全市`,
      )
    }
  }

  /** L10.2: an examiner's candidates of one school against all of the examiner's; school and examiner as a whole stay ordinary. */
  private pairs(
    cases: readonly Case[] = [
      ['plant', 34, 0.16],
      ['near_miss', 34, 0.03],
    ],
  ): void {
    for (const [kind, count, gap] of cases) {
      const slot = this.slot()
      if (!slot) return
      const examiner = this.city.plantExaminers[this.examinerTurn++]!
      const school = this.newSchool()
      const whole = CITY_RATE[slot.subject]
      this.extra(slot, { count, first: whole + gap, examiner, school })
      this.extra(slot, { count: 40, first: whole - gap, examiner })
      this.extra(slot, { count: 34, first: whole - gap, school })
      const where = `${slot.subject} ${slot.month.index}`
      this.compare(
        'L10.2',
        kind,
        slot,
        { examiner_id: examiner.id, school_id: school.id },
        `pair ${examiner.id} ${school.id} ${where}`,
        `examiner ${examiner.id} ${where}`,
        `考试员对该驾校${count}人次的合格率高于其总体`,
      )
    }
  }

  private newCandidate(): number {
    const index = this.business.newPerson(this.city)
    this.stage.recorder.push('person', this.stage.population.personRow(index))
    return index
  }

  private quietDay(months: number): { month: Month; day: number } {
    const month = this.months[this.months.length - 1 - months]!
    return { month, day: this.stage.world.calendar.workingDaysOf(month)[11]! }
  }

  /** L8.10: misjudgements of one candidate in subject 2 and the road test together. */
  private candidateMisjudged(): void {
    const { month, day } = this.quietDay(1)
    for (const [kind, counts] of [
      ['plant', [2, 2]],
      ['near_miss', [2, 1]],
    ] as const) {
      const candidate = this.newCandidate()
      const facts = (['subject2', 'subject3_road'] as const).map((subject, i) =>
        this.examinations.planNamed(this.city, month, {
          subject,
          site: this.city.sites[i]!,
          candidate,
          startedAt: instantAt(day, 1020 + i * 30),
          endedAt: instantAt(day, 1035 + i * 30),
          passed: true,
          misjudged: counts[i]!,
        }),
      )
      const total = counts[0] + counts[1]
      this.note(
        'L8.10',
        kind,
        { month },
        { candidate_id: this.stage.population.personId(candidate) },
        `考生当月误判${total}次`,
        () => ({ measured: total }),
        { facts },
      )
    }
  }

  /** L8.12, L8.15: candidates on one device or in one car at a time; the near miss's fourth begins when the first ends. */
  private shared(code: string, subject: Subject, what: 'device' | 'car'): void {
    for (const [n, kind] of (['plant', 'near_miss', 'plant'] as const).entries()) {
      const { month, day } = this.quietDay(2 + n)
      const site = this.city.sites[n % this.city.sites.length]!
      const name = `${site.code}-${what === 'device' ? 'D' : 'C'}7${n}`
      const start = instantAt(day, 1020)
      const facts = [0, 1, 2, 3].map((i) => {
        const startedAt = kind === 'near_miss' && i === 3 ? start + 20 * MINUTE : start + i * 2 * MINUTE
        return this.examinations.planNamed(this.city, month, {
          subject,
          site,
          candidate: this.newCandidate(),
          startedAt,
          endedAt: startedAt + 20 * MINUTE,
          [what]: name,
          passed: i % 2 === 0,
        })
      })
      this.note(
        code,
        kind,
        { month },
        { site_id: site.id, [`${what}_id`]: name },
        kind === 'plant' ? '4名考生同时使用' : '3名考生同时使用，第4名在前一名结束时开始',
        () => ({ measured: kind === 'plant' ? 4 : 3 }),
        {
          facts,
          day: dateOf(day),
        },
      )
    }
  }

  /** L8.13: one candidate on several devices at a time. */
  private scattered(): void {
    for (const [n, kind] of (['plant', 'near_miss'] as const).entries()) {
      const { month, day } = this.quietDay(5 + n)
      const site = this.city.sites[n]!
      const candidate = this.newCandidate()
      const start = instantAt(day, 1020)
      const facts = [0, 1, 2, 3].map((i) => {
        const startedAt = kind === 'near_miss' && i === 3 ? start + 20 * MINUTE : start + i * MINUTE
        return this.examinations.planNamed(this.city, month, {
          subject: 'subject2',
          site,
          candidate,
          startedAt,
          endedAt: startedAt + 20 * MINUTE,
          device: `${site.code}-D8${i}`,
          passed: i % 2 === 0,
        })
      })
      this.note(
        'L8.13',
        kind,
        { month },
        { site_id: site.id, candidate_id: this.stage.population.personId(candidate) },
        kind === 'plant' ? '同时出现在4台设备' : '同时出现在3台设备',
        () => ({ measured: kind === 'plant' ? 4 : 3 }),
        {
          facts,
          day: dateOf(day),
        },
      )
    }
  }

  /** L8.14, L8.16: clocks off by more than five minutes, fast or slow; the near miss by exactly five. */
  private clocks(code: string, subject: Subject): void {
    for (const [n, [kind, minutes]] of (
      [
        ['plant', 7.5],
        ['plant', -6],
        ['near_miss', 5],
        ['near_miss', -5],
      ] as const
    ).entries()) {
      const { month, day } = this.quietDay(1 + n)
      const site = this.city.sites[n % this.city.sites.length]!
      const fact = this.examinations.clock(this.city, site, subject, day, minutes)
      this.note(
        code,
        kind,
        { month },
        { site_id: site.id, subject },
        `考试系统时间误差${minutes}分钟`,
        () => ({ measured: Math.abs(minutes) }),
        { facts: [fact], day: dateOf(dayOfInstant(instantAt(day, 600))) },
      )
    }
  }
}
