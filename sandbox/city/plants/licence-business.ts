/**
 * Plants of L1–L4, all at windows of their own: applicants from elsewhere, licence business for other places, business
 * outside hours, amendments, and exchanges against last year.
 */
import { dateOf, instantAt, type Month } from '../calendar.ts'
import { recordKept, recordTransfer } from '../licences-kept.ts'
import { ID_KIND } from '../numbers.ts'
import { promptTimeline } from '../record.ts'
import type { Staff } from '../types.ts'
import type { CityPlan, Window } from '../world.ts'
import type { PlantedPerson, Stage } from './stage.ts'

/** Where planted applicants come from. */
const HOME = '440103'
const HOUR = 3_600_000

type Verdict = 'plant' | 'near_miss'

/** Particulars of one planted transaction. */
interface Case {
  readonly reason?: string
  readonly handler?: Staff
  readonly person?: PlantedPerson
  readonly local?: boolean
  readonly licenceClass?: string
  readonly country?: string
  readonly permitNumberValid?: boolean
  readonly withdrawn?: boolean
  /** Taken on line in the evening. */
  readonly evening?: boolean
}

export function plantLicences(stage: Stage): void {
  for (const city of stage.world.cities)
    if (city.plantWindows.length > 0) new LicencePlants(stage, city).plant()
}

class LicencePlants {
  private readonly stage: Stage
  private readonly city: CityPlan
  /** The last month but one of the history. */
  private readonly month: Month
  private readonly days: readonly number[]
  private turn = 0

  constructor(stage: Stage, city: CityPlan) {
    this.stage = stage
    this.city = city
    this.month = stage.world.calendar.months.at(-2)!
    this.days = stage.world.calendar.workingDaysOf(this.month)
  }

  plant(): void {
    const [over, at, expired, expiredAt, sharing, hours, amended] = this.city.plantWindows as [
      Window,
      Window,
      Window,
      Window,
      Window,
      Window,
      Window,
    ]
    this.growths(over, 'plant', 2)
    this.growths(at, 'near_miss', 1)
    this.leavers(over, 21, 'plant')
    this.leavers(at, 20, 'near_miss')
    this.changers(over, 21, 'plant')
    this.changers(at, 20, 'near_miss')
    this.elsewhere(over, 40, 13, 'plant')
    this.elsewhere(at, 40, 12, 'near_miss')
    this.elsewhere(sharing, 29, 29, 'near_miss')
    this.newNumbers(over, 4, 'plant')
    this.newNumbers(at, 3, 'near_miss')
    this.sharedParticulars(sharing)
    this.permits(sharing)
    this.expiredOfHandlers(over, at)
    this.expiredOfUnits(expired, expiredAt)
    this.outsideHours(hours)
    this.amendments(amended)
  }

  /** A working moment of the month, each another one. */
  private moment(month = this.month): number {
    const days = month === this.month ? this.days : this.stage.world.calendar.workingDaysOf(month)
    const n = this.turn++
    return instantAt(days[n % days.length]!, 545 + (n % 160), n % 60)
  }

  private business(window: Window, kind: string, at: number, one: Case = {}): string {
    const person = one.person ?? this.person(one.local ?? true)
    return this.stage.transaction(this.city, {
      window,
      ...(one.handler ? { handler: one.handler } : {}),
      subject: 'licence',
      kind,
      reason: one.reason ?? null,
      at,
      channel: one.evening ? 'online' : 'window',
      personId: person.id,
      local: person.local,
      workingTime: !one.evening,
      licenceClass: one.licenceClass ?? 'C1',
      issuingCountry: one.country ?? null,
      permitNumberValid: one.permitNumberValid ?? null,
      stage: one.withdrawn ? 'withdrawn' : 'completed',
      checks: [
        { kind: 'population', outcome: 'found' },
        ...(person.local ? [] : [{ kind: 'residence_permit', outcome: 'found' }]),
        ...(kind === 'military_exchange' ? [{ kind: 'military_licence', outcome: 'confirmed' }] : []),
      ],
    })
  }

  private person(local = true): PlantedPerson {
    return this.stage.person(this.city, local ? { licence: true } : { region: HOME })
  }

  private note(
    code: string,
    kind: Verdict,
    window: Window,
    subject: Record<string, string>,
    measured: number | null,
    sentence: string,
    more: { day?: number; base?: number; sample?: number; facts?: readonly string[] } = {},
  ): void {
    this.stage.truth.know({
      code,
      kind,
      subject,
      unit_path: window.unit.path,
      month: this.month.key,
      day: more.day === undefined ? null : dateOf(more.day),
      measured,
      base: more.base ?? null,
      sample: more.sample ?? null,
      facts: [...(more.facts ?? [])],
      sentence,
    })
  }

  /** L1.1, L1.2, L4.5–L4.9: three months of last year with a steady number, and this month `more` than that. */
  private growths(window: Window, kind: Verdict, more: 1 | 2): void {
    const last = this.stage.world.calendar.months.filter(({ year }) => year === this.month.year - 1)
    if (last.length === 0) return
    const before = [...new Set([last[0]!, last[Math.floor(last.length / 2)]!, last.at(-1)!])]
    const [handler] = window.handlers as [Staff]
    const unit = { unit_id: window.unit.id }
    const country = kind === 'plant' ? 'MNG' : 'KAZ'
    const series = (base: number, take: (at: number, i: number) => void) => {
      for (const month of before) for (let i = 0; i < base; i++) take(this.moment(month), i)
      for (let i = 0; i < base + more; i++) take(this.moment(), i)
    }
    const grown = (code: string, subject: Record<string, string>, base: number, what: string) =>
      this.note(
        code,
        kind,
        window,
        subject,
        (100 * more) / base,
        `${what}去年月均${base}笔，当月${base + more}笔`,
        { base },
      )
    series(5, (at, i) =>
      this.business(window, 'first_licence', at, {
        local: false,
        licenceClass: i % 2 ? 'C2' : 'C1',
        permitNumberValid: true,
      }),
    )
    grown('L1.1', unit, 5, '外地人初次申领C1、C2')
    series(5, (at, i) =>
      this.business(window, 'first_licence', at, {
        local: false,
        licenceClass: 'DEF'[i % 3]!,
        permitNumberValid: true,
      }),
    )
    grown('L1.2', unit, 5, '外地人初次申领D、E、F')
    series(10, (at) => this.business(window, 'foreign_exchange', at, { handler, country }))
    grown('L4.5', { handler_id: handler.id }, 10, '经办人外籍换证')
    grown('L4.6', unit, 10, '部门外籍换证')
    grown('L4.7', { country }, 10, `${country}驾驶证换证`)
    series(5, (at) => this.business(window, 'military_exchange', at, { handler }))
    grown('L4.8', { handler_id: handler.id }, 5, '经办人军警换证')
    grown('L4.9', unit, 5, '部门军警换证')
  }

  private moveOut(person: PlantedPerson, at: number): void {
    recordTransfer(this.stage.recorder, this.city.detachment, {
      personId: person.id,
      direction: 'out',
      downloaded: at - HOUR,
      at,
    })
  }

  /** L1.3: first licences of two months ago that left this month; near misses left when three months had passed. */
  private leavers(window: Window, count: number, kind: Verdict): void {
    const at = (monthsBack: number) =>
      this.moment(this.stage.world.calendar.months[this.month.index - monthsBack]!)
    const leave = (accepted: number) => {
      const person = this.person()
      this.business(window, 'first_licence', accepted, { person })
      this.moveOut(person, this.moment())
    }
    for (let i = 0; i < count; i++) leave(at(2))
    if (kind === 'near_miss') for (let i = 0; i < 2; i++) leave(at(4))
    const late = kind === 'near_miss' ? '，另有2人逾三个月转出' : ''
    this.note(
      'L1.3',
      kind,
      window,
      { unit_id: window.unit.id },
      count,
      `初次申领后三个月内转出${count}人${late}`,
    )
  }

  /** L1.4: in, an added class within the month, out; near misses applied for it two months after they had come. */
  private changers(window: Window, count: number, kind: Verdict): void {
    const { calendar } = this.stage.world
    const change = (days: number) => {
      const person = this.person()
      const applied = this.moment(calendar.months[this.month.index - 1]!)
      recordTransfer(this.stage.recorder, window.unit, {
        personId: person.id,
        direction: 'in',
        downloaded: applied - days * 24 * HOUR - HOUR,
        at: applied - days * 24 * HOUR,
      })
      this.business(window, 'added_class', applied, { person, licenceClass: 'B2' })
      this.moveOut(person, this.moment())
    }
    for (let i = 0; i < count; i++) change(20)
    if (kind === 'near_miss') for (let i = 0; i < 2; i++) change(60)
    const late = kind === 'near_miss' ? '，另有2本转入逾一个月方申请' : ''
    this.note(
      'L1.4',
      kind,
      window,
      { unit_id: window.unit.id },
      count,
      `转入后申请增驾又转出${count}本${late}`,
    )
  }

  /** L2.1–L2.3: `count` of each kind, `far` of them for licences of other cities. */
  private elsewhere(window: Window, count: number, far: number, verdict: Verdict): void {
    for (const [code, kind, what] of [
      ['L2.1', 'validation', '审验'],
      ['L2.2', 'medical_report', '体检'],
      ['L2.3', 'full_mark_study', '满分学习'],
    ] as const) {
      for (let i = 0; i < count; i++) {
        const person = this.person()
        const accepted = this.moment()
        const transactionId = this.business(window, kind, accepted, { person })
        recordKept(this.stage.recorder, kind, window.unit, {
          transactionId,
          personId: person.id,
          at: promptTimeline(accepted).archive,
          elsewhere: i < far,
        })
      }
      this.note(
        code,
        verdict,
        window,
        { unit_id: window.unit.id },
        (100 * far) / count,
        `${what}${count}笔，其中异地${far}笔`,
        { sample: count },
      )
    }
  }

  /** L2.4: transfers in that changed the number of the identity document, and one that did not. */
  private newNumbers(window: Window, count: number, kind: Verdict): void {
    const facts: string[] = []
    for (let i = 0; i <= count; i++) {
      const person = this.person()
      const accepted = this.moment()
      const transactionId = this.business(window, 'licence_transfer_in', accepted, { person })
      const id = recordTransfer(this.stage.recorder, window.unit, {
        transactionId,
        personId: person.id,
        direction: 'in',
        downloaded: accepted,
        at: promptTimeline(accepted).archive,
        idChanged: i < count,
      })
      if (i < count) facts.push(id)
    }
    this.note(
      'L2.4',
      kind,
      window,
      { unit_id: window.unit.id },
      count,
      `转入合并变更身份证明号码${count}笔，另有未变更1笔`,
      { facts },
    )
  }

  /** L1.5, L1.6: six who share an address or a mobile, and five who share another. */
  private sharedParticulars(window: Window): void {
    for (const [code, particular, what, values] of [
      ['L1.5', 'address', '联系地址', ['桂林市临桂区世纪大道1号学生宿舍', '桂林市临桂区世纪大道2号学生宿舍']],
      ['L1.6', 'mobile', '手机号码', ['13907730001', '13907730002']],
    ] as const)
      for (const [i, kind] of (['plant', 'near_miss'] as const).entries()) {
        const value = values[i]!
        const count = 6 - i
        for (let n = 0; n < count; n++)
          this.business(window, 'first_licence', this.moment(), {
            person: this.stage.person(this.city, { region: HOME, [particular]: value }),
            permitNumberValid: true,
          })
        this.note(
          code,
          kind,
          window,
          { unit_id: window.unit.id, [particular]: value },
          count,
          `外地人初次申领${count}人使用同一${what}`,
        )
      }
  }

  /** L1.7: a number that does not match; near misses were withdrawn, matched, or entered none. */
  private permits(window: Window): void {
    for (const [kind, permitNumberValid, withdrawn, sentence] of [
      ['plant', false, false, '居住证明号码不符合规则'],
      ['near_miss', false, true, '居住证明号码不符合规则，业务已退办'],
      ['near_miss', true, false, '居住证明号码符合规则'],
      ['near_miss', undefined, false, '未填写居住证明号码'],
    ] as const) {
      const day = this.days[this.turn++ % this.days.length]!
      const id = this.business(window, 'first_licence', instantAt(day, 630), {
        local: false,
        ...(permitNumberValid === undefined ? {} : { permitNumberValid }),
        withdrawn,
      })
      const measured = kind === 'plant' ? 1 : 0
      this.note('L1.7', kind, window, { transaction_id: id }, measured, sentence, { day, facts: [id] })
    }
  }

  private expired(window: Window, handler: Staff, count: number, more: Case = {}): void {
    for (let i = 0; i < count; i++)
      this.business(window, 'first_licence', this.moment(), {
        handler,
        reason: i % 2 ? 'expired_military_licence' : 'expired_foreign_licence',
        ...more,
      })
  }

  /** L4.3: six of one handler; five, with two withdrawn and two ordinary ones. */
  private expiredOfHandlers(over: Window, at: Window): void {
    const [most] = over.handlers as [Staff]
    const [fewer] = at.handlers as [Staff]
    this.expired(over, most, 6)
    this.note('L4.3', 'plant', over, { handler_id: most.id }, 6, '经办人受理过期境外、军队证初学6笔')
    this.expired(at, fewer, 5)
    this.expired(at, fewer, 2, { withdrawn: true })
    this.expired(at, fewer, 2, { reason: 'ordinary' })
    this.note(
      'L4.3',
      'near_miss',
      at,
      { handler_id: fewer.id },
      5,
      '经办人受理过期境外、军队证初学5笔，另退办2笔',
    )
  }

  /** L4.4: eleven of one unit, none of whose handlers has more than four; ten. */
  private expiredOfUnits(over: Window, at: Window): void {
    for (const [window, counts, kind] of [
      [over, [4, 4, 3], 'plant'],
      [at, [4, 3, 3], 'near_miss'],
    ] as const) {
      for (const [i, count] of counts.entries()) this.expired(window, window.handlers[i]!, count)
      const total = counts.reduce((sum, count) => sum + count, 0)
      this.note(
        'L4.4',
        kind,
        window,
        { unit_id: window.unit.id },
        total,
        `部门受理过期境外、军队证初学${total}笔`,
      )
    }
  }

  /** A day's licence business of one handler; the last `evening` of it on line after hours. Answers the ids. */
  private dayOf(window: Window, handlerAt: number, day: number, count: number, evening = 0): string[] {
    return Array.from({ length: count }, (_, i) => {
      const late = i >= count - evening
      return this.business(
        window,
        i % 3 ? 'licence_exchange' : 'licence_replacement',
        instantAt(day, late ? 1150 + i : 545 + i),
        {
          handler: window.handlers[handlerAt]!,
          evening: late,
        },
      )
    })
  }

  /** L3.1, L3.2: each on a day of its own. */
  private outsideHours(window: Window): void {
    const handler = { handler_id: window.handlers[0]!.id }
    const unit = { unit_id: window.unit.id }
    const say = (
      code: string,
      kind: Verdict,
      subject: Record<string, string>,
      day: number,
      late: number,
      count: number,
    ) =>
      this.note(
        code,
        kind,
        window,
        subject,
        (100 * late) / count,
        `当日${count}笔，其中非工作时间${late}笔`,
        {
          day,
          sample: count,
        },
      )
    const [one, exact, few, all] = this.days as [number, number, number, number]
    this.dayOf(window, 0, one, 30, 1)
    this.dayOf(window, 1, one, 10)
    say('L3.1', 'plant', handler, one, 1, 30)
    say('L3.2', 'near_miss', unit, one, 1, 40)
    this.dayOf(window, 0, exact, 100, 3)
    say('L3.1', 'near_miss', handler, exact, 3, 100)
    say('L3.2', 'near_miss', unit, exact, 3, 100)
    this.dayOf(window, 0, few, 29, 2)
    say('L3.1', 'near_miss', handler, few, 2, 29)
    say('L3.2', 'near_miss', unit, few, 2, 29)
    for (const at of [0, 1, 2, 3]) this.dayOf(window, at, all, 8, at === 0 ? 1 : 0)
    say('L3.2', 'plant', unit, all, 1, 32)
  }

  private amend(window: Window, handlerAt: number, transactionId: string, day: number, field: string): void {
    const at = instantAt(day, 1000)
    this.stage.recorder.fact('amendment', ID_KIND.amendment, at, window.unit, {
      transaction_id: transactionId,
      field,
      before_region: null,
      after_region: null,
      at: new Date(at),
      operator_id: window.handlers[handlerAt]!.id,
      reason: '录入有误',
      personal: { before: '旧值', after: '新值' },
    })
  }

  /** L4.1, L4.2: each on a day of its own; what is amended twice counts once. */
  private amendments(window: Window): void {
    const handler = { handler_id: window.handlers[0]!.id }
    const unit = { unit_id: window.unit.id }
    const say = (
      code: string,
      kind: Verdict,
      subject: Record<string, string>,
      day: number,
      changed: number,
      count: number,
    ) =>
      this.note(
        code,
        kind,
        window,
        subject,
        (100 * changed) / count,
        `当日受理${count}笔，修改流水${changed}笔`,
        {
          day,
          sample: count,
        },
      )
    const [one, below, exact, few] = this.days as [number, number, number, number]
    const first = this.dayOf(window, 0, one, 33)
    this.dayOf(window, 1, one, 10)
    this.amend(window, 0, first[0]!, one, 'mobile')
    say('L4.1', 'plant', handler, one, 1, 33)
    say('L4.2', 'near_miss', unit, one, 1, 43)
    const second = this.dayOf(window, 0, below, 34)
    for (const field of ['mobile', 'licence_class']) this.amend(window, 0, second[0]!, below, field)
    say('L4.1', 'near_miss', handler, below, 1, 34)
    say('L4.2', 'near_miss', unit, below, 1, 34)
    for (const at of [0, 1, 2, 3]) this.dayOf(window, at, exact, 25)
    // Amended on this day, accepted on another.
    for (const id of [first[1]!, first[2]!, second[1]!]) this.amend(window, 1, id, exact, 'mobile')
    say('L4.2', 'plant', unit, exact, 3, 100)
    const third = this.dayOf(window, 0, few, 29)
    this.amend(window, 0, third[0]!, few, 'mobile')
    say('L4.1', 'near_miss', handler, few, 1, 29)
    say('L4.2', 'near_miss', unit, few, 1, 29)
  }
}
