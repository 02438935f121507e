/** Plants of L5.1–L5.3, L6.1–L6.5, L7.1 and L7.2: replacements, limits of licence business, corrected files. */
import { dateOf, dayOfInstant, instantAt } from '../calendar.ts'
import { recordCorrection, recordPoints } from '../driver-records.ts'
import type { Examinations } from '../examinations.ts'
import { recordTransfer } from '../licences-kept.ts'
import type { OrdinaryBusiness } from '../ordinary-business.ts'
import { promptTimeline } from '../record.ts'
import type { CityPlan } from '../world.ts'
import { holidayStart, workingDays } from './overdue.ts'
import type { Stage } from './stage.ts'

type Kind = 'plant' | 'near_miss'
const MORNING = 570
const MINUTE = 60_000
const DAY = 86_400_000

export function plantLicenceLimits(
  stage: Stage,
  examinations: Examinations,
  business: OrdinaryBusiness,
): void {
  for (const city of stage.world.cities) new LicenceLimitPlants(stage, city, examinations, business).plant()
}

class LicenceLimitPlants {
  private readonly stage: Stage
  private readonly city: CityPlan
  private readonly examinations: Examinations
  private readonly business: OrdinaryBusiness
  private turn = 0

  constructor(stage: Stage, city: CityPlan, examinations: Examinations, business: OrdinaryBusiness) {
    this.stage = stage
    this.city = city
    this.examinations = examinations
    this.business = business
  }

  plant(): void {
    this.repeated('plant', [20], '一个月内补证2次')
    this.repeated('near_miss', [35], '两次补证相隔一个月以上')
    this.repeated('near_miss', [12], '一个月内补证2次，其中一次退办', true)
    this.deceased()
    this.made('plant', 2)
    this.made('near_miss', 1)
    this.made('near_miss', 1, this.overHoliday(1))
    this.made('plant', null)
    this.failedLast()
    this.archived('plant', 3)
    this.archived('near_miss', 2)
    this.archived('near_miss', 2, this.overHoliday(2))
    this.archived('plant', null)
    this.transfers('L6.3', 2)
    this.transfers('L6.4', 1)
    this.transfers('L6.5', 3)
    this.corrections()
    this.recreated('plant')
    this.recreated('near_miss')
  }

  /** A working day with room before the end of the history; each call an earlier one. */
  private nextDay(): number {
    return this.stage.workingDayBefore(38 + this.turn++ * 3 + this.city.index)
  }

  private overHoliday(days: number): number {
    return holidayStart(this.stage, days) ?? this.nextDay()
  }

  private note(
    code: string,
    kind: Kind,
    subject: Record<string, string>,
    day: number,
    measured: number,
    facts: string[],
    sentence: string,
  ): void {
    const key = dateOf(day)
    this.stage.truth.know({
      code,
      kind,
      subject,
      unit_path: this.city.windows[0]!.unit.path,
      month: key.slice(0, 7),
      day: key,
      measured,
      facts,
      sentence,
    })
  }

  private replacement(
    driver: { id: string; local: boolean },
    at: number,
    more: { outcome?: string; withdrawn?: boolean } = {},
  ): string {
    return this.stage.transaction(this.city, {
      subject: 'licence',
      kind: 'licence_replacement',
      at,
      stage: more.withdrawn ? 'withdrawn' : 'completed',
      personId: driver.id,
      local: driver.local,
      licenceClass: 'C1',
      checks: [{ kind: 'population', outcome: more.outcome ?? 'found' }],
    })
  }

  /** L5.1: replacements some days before the last one. */
  private repeated(kind: Kind, daysBefore: readonly number[], sentence: string, withdrawn = false): void {
    const driver = this.stage.person(this.city, { licence: true })
    const last = instantAt(this.nextDay(), MORNING)
    const facts = daysBefore.map((days) =>
      this.replacement(driver, this.stage.daysBefore(last, days), { withdrawn }),
    )
    facts.push(this.replacement(driver, last))
    this.note(
      'L5.1',
      kind,
      { person_id: driver.id },
      dayOfInstant(last),
      kind === 'plant' ? 2 : 1,
      facts,
      sentence,
    )
  }

  /** L5.2, L5.3: the register answers deceased; what follows decides. */
  private deceased(): void {
    const { stage, city } = this
    const window = city.windows[0]!
    const driver = () => stage.person(city, { licence: true })
    const issued = (at: number) => promptTimeline(at).issue
    const crossing = (points: { days: number; delta: number } | null, sentence: string) => {
      const person = driver()
      const at = instantAt(this.nextDay(), MORNING)
      const transaction = this.replacement(person, at, { outcome: 'deceased' })
      this.note(
        'L5.2',
        'plant',
        { person_id: person.id, transaction_id: transaction },
        dayOfInstant(at),
        1,
        [transaction],
        '核查已死亡，仍制证',
      )
      if (!points) return
      const then = issued(at) + points.days * DAY
      const fact = recordPoints(stage.recorder, window, person.id, then, points.delta, 'violation')
      const fires = points.days > 0 && points.delta > 0
      this.note(
        'L5.3',
        fires ? 'plant' : 'near_miss',
        { person_id: person.id },
        dayOfInstant(then),
        fires ? 1 : 0,
        [transaction, fact],
        sentence,
      )
    }
    crossing(null, '')
    crossing({ days: 10, delta: 3 }, '核查已死亡仍制证，十天后记3分')
    crossing({ days: -10, delta: 3 }, '记分在制证之前')
    crossing({ days: 10, delta: -3 }, '制证后只有记分减少')

    const alive = driver()
    const at = instantAt(this.nextDay(), MORNING)
    const found = this.replacement(alive, at)
    const fact = recordPoints(stage.recorder, window, alive.id, issued(at) + 10 * DAY, 3, 'violation')
    this.note(
      'L5.3',
      'near_miss',
      { person_id: alive.id },
      dayOfInstant(at + 10 * DAY),
      0,
      [found, fact],
      '核查到本人',
    )
    for (const [more, later, sentence] of [
      [{ outcome: 'deceased', withdrawn: true }, false, '核查已死亡，退办'],
      [{ outcome: 'found' }, true, '制证之后才核查到已死亡'],
    ] as const) {
      const person = driver()
      const start = instantAt(this.nextDay(), MORNING)
      const transaction = this.replacement(person, start, more)
      if (later)
        stage.recorder.check(
          transaction,
          window.unit,
          person.id,
          'population',
          'deceased',
          issued(start) + DAY,
        )
      const subject = { person_id: person.id, transaction_id: transaction }
      this.note('L5.2', 'near_miss', subject, dayOfInstant(start), 0, [transaction], sentence)
    }
  }

  private lastTest(day: number, passed: boolean, madeAfter: number | null) {
    const { city, stage } = this
    const candidate = this.business.newPerson(city)
    stage.recorder.push('person', stage.population.personRow(candidate))
    const startedAt = instantAt(day, MORNING)
    const examination = this.examinations.planNamed(
      city,
      stage.world.calendar.months.find(({ end }) => day < end)!,
      {
        subject: 'subject3_safety',
        site: city.sites[0]!,
        candidate,
        startedAt,
        endedAt: startedAt + 28 * MINUTE,
        passed,
        madeAfter,
      },
    )
    return { candidate_id: stage.population.personId(candidate), examination_id: examination }
  }

  private get stillOpenSince(): number {
    return this.stage.workingDayBefore(9 + this.city.index)
  }

  private openDays(day: number): number {
    return workingDays(this.stage, day, this.stage.world.calendar.until - 1)
  }

  /** L6.1: the licence made `days` working days after the last test, or not at all. */
  private made(kind: Kind, days: number | null, on?: number): void {
    const day = on ?? (days === null ? this.stillOpenSince : this.nextDay())
    const subject = this.lastTest(day, true, days)
    const due = this.stage.world.calendar.workingDayAfter(day, 2)
    const sentence =
      days === null ? '安全文明考试合格后至今未制证' : `安全文明考试合格后第${days}个工作日制证`
    this.note('L6.1', kind, subject, due, days ?? this.openDays(day), [subject.examination_id], sentence)
  }

  private failedLast(): void {
    const day = this.stillOpenSince
    const subject = this.lastTest(day, false, null)
    const due = this.stage.world.calendar.workingDayAfter(day, 2)
    this.note('L6.1', 'near_miss', subject, due, 0, [subject.examination_id], '安全文明考试不合格，未制证')
  }

  /** L6.2: archived `days` working days after the licence was made, or not at all. */
  private archived(kind: Kind, days: number | null, on?: number): void {
    const { stage, city } = this
    const { calendar } = stage.world
    const day = on ?? (days === null ? this.stillOpenSince : this.nextDay())
    const at = instantAt(day, MORNING)
    const driver = stage.person(city, { licence: true })
    const transaction = stage.transaction(city, {
      subject: 'licence',
      kind: 'licence_exchange',
      reason: 'expiry',
      at,
      timeline: {
        ...promptTimeline(at),
        archive: days === null ? at : instantAt(calendar.workingDayAfter(day, days), 960),
      },
      stage: days === null ? 'issued' : 'completed',
      personId: driver.id,
      local: driver.local,
      licenceClass: 'C1',
      checks: [{ kind: 'population', outcome: 'found' }],
    })
    this.note(
      'L6.2',
      kind,
      { person_id: driver.id, transaction_id: transaction },
      calendar.workingDayAfter(day, 3),
      days ?? this.openDays(day),
      [transaction],
      days === null ? '制证后至今未归档' : `制证后第${days}个工作日归档`,
    )
  }

  /** L6.3–L6.5: what the download asks for, done in time, late, over a holiday, not at all, or not asked for. */
  private transfers(code: 'L6.3' | 'L6.4' | 'L6.5', limit: number): void {
    const { calendar } = this.stage.world
    const record = (kind: Kind, day: number, days: number | null, asked = true) => {
      const driver = this.stage.person(this.city, { licence: true })
      const downloadedAt = instantAt(day, MORNING)
      const done = days === null ? null : instantAt(calendar.workingDayAfter(day, days), 960)
      const transfer = recordTransfer(this.stage.recorder, this.city.windows[0]!.unit, {
        personId: driver.id,
        direction: code === 'L6.3' && !asked ? 'in' : 'out',
        downloaded: downloadedAt,
        at: code === 'L6.3' ? done : downloadedAt + 60 * MINUTE,
        ...(code === 'L6.4' && asked ? { cleared: done } : {}),
        ...(code === 'L6.5' && asked ? { combined: { checked: done } } : {}),
      })
      this.note(
        code,
        kind,
        { person_id: driver.id, transfer_id: transfer },
        calendar.workingDayAfter(day, limit + 1),
        days ?? (asked ? this.openDays(day) : 0),
        [transfer],
        days !== null ? `下载后第${days}个工作日办理` : asked ? '下载后至今未办理' : '下载后无需办理',
      )
    }
    record('plant', this.nextDay(), limit + 1)
    record('near_miss', this.nextDay(), limit)
    record('near_miss', this.overHoliday(limit), limit)
    record('plant', this.stillOpenSince, null)
    record('near_miss', this.stillOpenSince, null, false)
  }

  /** L7.1: fields put right by one act, or by two. */
  private corrections(): void {
    const cases: ReadonlyArray<readonly [Kind, readonly (readonly [string, number])[], string]> = [
      [
        'plant',
        [
          ['id_number', 0],
          ['name', 0],
        ],
        '同时更正身份证明号码和姓名',
      ],
      ['plant', [['class', 0]], '更正准驾车型'],
      ['plant', [['validity', 0]], '更正有效期限'],
      [
        'near_miss',
        [
          ['id_number', 0],
          ['name', 5],
        ],
        '先后更正身份证明号码和姓名',
      ],
      ['near_miss', [['id_number', 0]], '只更正身份证明号码'],
    ]
    for (const [kind, fields, sentence] of cases) {
      const driver = this.stage.person(this.city, { licence: true })
      const day = this.nextDay()
      const facts = fields.map(([field, minutes]) =>
        recordCorrection(
          this.stage.recorder,
          this.city.windows[0]!,
          driver.id,
          field,
          instantAt(day, MORNING + minutes),
        ),
      )
      this.note('L7.1', kind, { person_id: driver.id }, day, kind === 'plant' ? 1 : 0, facts, sentence)
    }
  }

  /** L7.2: a file re-created, or asked for and withdrawn. */
  private recreated(kind: Kind): void {
    const driver = this.stage.person(this.city, { licence: true })
    const day = this.nextDay()
    const fires = kind === 'plant'
    const transaction = this.stage.transaction(this.city, {
      subject: 'licence',
      kind: 'licence_file_recreation',
      at: instantAt(day, MORNING),
      stage: fires ? 'completed' : 'withdrawn',
      personId: driver.id,
      local: driver.local,
      licenceClass: 'C1',
      checks: [{ kind: 'population', outcome: 'found' }],
    })
    this.note(
      'L7.2',
      kind,
      { person_id: driver.id, transaction_id: transaction },
      day,
      fires ? 1 : 0,
      [transaction],
      fires ? '补建驾驶证档案' : '申请补建驾驶证档案后退办',
    )
  }
}
