/**
 * Plants of L11.1–L11.6. Pass rates stand against the city's, so each case has two sites and a month of its own: one
 * site above, the other below. Candidates from elsewhere are rare, so the cases of their pass rate are such of their
 * share too.
 */
import type { Month } from '../calendar.ts'
import type { FullMarkExams, FullMarkGroup, FullMarkSubject } from '../full-mark-exams.ts'
import type { Institution } from '../types.ts'
import type { CityPlan } from '../world.ts'
import type { Stage } from './stage.ts'

type Kind = 'plant' | 'near_miss'

const CODES = {
  subject1: { local: 'L11.1', elsewhere: 'L11.2', share: 'L11.5' },
  subject3_road: { local: 'L11.3', elsewhere: 'L11.4', share: 'L11.6' },
} as const

/** Examinations and passes at the site in question and at the other one. */
const CASES = [
  { kind: 'plant', own: [40, 36], other: [60, 36], sentence: '考试40人次，合格率90%' },
  { kind: 'near_miss', own: [40, 28], other: [60, 37], sentence: '考试40人次，合格率70%' },
  { kind: 'near_miss', own: [29, 29], other: [60, 36], sentence: '合格率100%，但考试不足30人次' },
] as const

export function plantFullMarkExams(stage: Stage, exams: FullMarkExams): void {
  new FullMarkPlants(stage, exams).plant()
}

class FullMarkPlants {
  private readonly stage: Stage
  private readonly exams: FullMarkExams
  private readonly city: CityPlan
  private before = 2

  constructor(stage: Stage, exams: FullMarkExams) {
    this.stage = stage
    this.exams = exams
    this.city = stage.world.cities[0]
  }

  plant(): void {
    for (const subject of ['subject1', 'subject3_road'] as const) {
      this.before = 2
      for (const local of [true, false]) for (const one of CASES) this.passRate(subject, local, one)
      this.shares(subject)
    }
  }

  private nextMonth(): Month {
    const { months } = this.stage.world.calendar
    return months[months.length - this.before++]!
  }

  private passRate(subject: FullMarkSubject, local: boolean, one: (typeof CASES)[number]): void {
    const month = this.nextMonth()
    const [site, other] = [this.city.sites[this.before % 2]!, this.city.sites[(this.before + 1) % 2]!]
    const group = ([count, passed]: readonly [number, number]): FullMarkGroup[] => [{ local, count, passed }]
    this.exams.plan(site, subject, month, group(one.own))
    this.exams.plan(other, subject, month, group(one.other))
    const whose = local ? 'local' : 'elsewhere'
    const { tally } = this.exams
    const own = `full-mark ${whose} ${site.id} ${subject} ${month.index}`
    const city = `full-mark ${whose} city ${this.city.index} ${subject} ${month.index}`
    this.note(CODES[subject][whose], one.kind, site, month, one.sentence, () => {
      const [rate, base] = [tally.rate(own), tally.rate(city)]
      return { measured: rate === null || base === null ? null : rate - base, base, sample: tally.size(own) }
    })
    if (local) return
    for (const [place, [count]] of [
      [site, one.own],
      [other, one.other],
    ] as const)
      this.share(subject, place, month, count < 30 ? 'near_miss' : 'plant', `考生${count}人全部来自外地`)
  }

  /** Five of 41 candidates, and five of 50, one of whom comes twice. */
  private shares(subject: FullMarkSubject): void {
    const month = this.nextMonth()
    const [site, other] = this.city.sites as [Institution, Institution]
    this.exams.plan(site, subject, month, [
      { local: true, count: 36, passed: 23 },
      { local: false, count: 5, passed: 3 },
    ])
    this.exams.plan(other, subject, month, [
      { local: true, count: 45, passed: 29 },
      { local: false, count: 5, passed: 3, again: 1 },
    ])
    this.share(subject, site, month, 'plant', '考生41人中异地5人')
    this.share(subject, other, month, 'near_miss', '考生50人中异地5人，其中1人两次考试')
  }

  private share(
    subject: FullMarkSubject,
    site: Institution,
    month: Month,
    kind: Kind,
    sentence: string,
  ): void {
    const { tally } = this.exams
    const key = `full-mark candidates ${site.id} ${subject} ${month.index}`
    this.note(CODES[subject].share, kind, site, month, sentence, () => ({
      measured: tally.rate(key),
      sample: tally.size(key),
    }))
  }

  private note(
    code: string,
    kind: Kind,
    site: Institution,
    month: Month,
    sentence: string,
    measure: () => { measured: number | null; base?: number | null; sample?: number | null },
  ): void {
    this.stage.truth.add({
      code,
      mode: 'post_hoc',
      kind,
      subject: { site_id: site.id },
      unit_path: site.unit_path,
      month: month.key,
      day: null,
      facts: [],
      sentence: `满分考试${sentence}`,
      trigger: null,
      measure,
    })
  }
}
