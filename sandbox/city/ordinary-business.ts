/**
 * The ordinary business of the windows: how much of each kind per year, when in the year, week and day, by whom, and
 * how fast. Every vehicle and driver meets each kind at most once in a history, so that whatever counts repetitions
 * stays silent, and every step keeps its limit.
 */
import { dateOf, instantAt, SEASON } from './calendar.ts'
import { nonLocalApplicants } from './licence-business.ts'
import { recordLicenceFact } from './licences-kept.ts'
import { ID_KIND } from './numbers.ts'
import { type Population, personOfRank, vehicleOfRank } from './population.ts'
import { Queue } from './queue.ts'
import { hash, Random, scatter } from './random.ts'
import type { Recorder, Timeline, TransactionSpec } from './record.ts'
import type { FactBatch, Staff } from './types.ts'
import { type CityPlan, ELSEWHERE, type Window, type World } from './world.ts'

/** Licence business of one person: who, where and what for. */
export interface LicenceCase {
  readonly kind: string
  readonly reason?: string | null
  readonly person: number
  readonly city: CityPlan
  readonly window: Window
  readonly handler?: Staff
  readonly licenceClass: string
  readonly issuingCountry?: string
  readonly agentId?: string | null
  readonly channel: 'window' | 'institution' | 'online' | 'kiosk'
}

interface Kind {
  readonly subject: 'vehicle' | 'licence'
  readonly kind: string
  readonly reason: string | null
  /** Transactions per year in a city of 4 million vehicles and drivers (NFR-3). */
  readonly perYear: number
  /** May be done on line at weekends and in the evening. */
  readonly online?: boolean
  readonly residenceCheck?: boolean
  readonly agents?: boolean
}

const vehicle = (kind: string, reason: string | null, perYear: number, more: Partial<Kind> = {}): Kind => ({
  subject: 'vehicle',
  kind,
  reason,
  perYear,
  agents: true,
  ...more,
})
const licence = (kind: string, reason: string | null, perYear: number, more: Partial<Kind> = {}): Kind => ({
  subject: 'licence',
  kind,
  reason,
  perYear,
  ...more,
})

/** Sums to the proportions of NFR-3: 0.40 M registration and transfer, 0.63 M other vehicle, 0.26 M first and added, 0.30 M other licence, with the exchanges of `licence-business.ts`. */
const KINDS: readonly Kind[] = [
  vehicle('registration', null, 220_000, { residenceCheck: true }),
  vehicle('transfer_registration', null, 130_000, { residenceCheck: true }),
  vehicle('vehicle_transfer_in', null, 30_000, { residenceCheck: true }),
  vehicle('vehicle_transfer_out', null, 20_000),
  vehicle('change_registration', null, 60_000),
  vehicle('mortgage', null, 90_000),
  vehicle('deregistration', 'scrap', 50_000),
  vehicle('plate_replacement', 'reissue', 30_000),
  vehicle('plate_replacement', 'exchange', 30_000),
  vehicle('vehicle_licence_replacement', 'reissue', 60_000),
  vehicle('vehicle_licence_replacement', 'exchange', 50_000),
  vehicle('certificate_replacement', 'exchange', 30_000, { agents: false }),
  vehicle('temporary_plate', null, 100_000),
  vehicle('inspection_mark', null, 100_000, { online: true }),
  vehicle('entrusted_inspection', null, 30_000, { online: true }),
  licence('first_licence', null, 220_000),
  licence('added_class', null, 40_000),
  licence('licence_exchange', 'expiry', 84_000, { agents: true }),
  licence('licence_replacement', null, 60_000, { agents: true }),
  licence('validation', null, 50_000),
  licence('licence_transfer_in', null, 25_000),
  licence('information_change', 'mobile', 20_000),
  licence('information_change', 'address', 12_000),
  licence('licence_cancellation', null, 10_000),
  licence('medical_report', null, 30_000),
  licence('full_mark_study', null, 6000),
]

/** Sunday to Saturday, before holidays and moved working days. */
const WEEKDAY = [0.9, 1.18, 1.06, 1.0, 0.96, 0.94, 0.9]
/** Kinds that bring people who were not here before. */
const NEWCOMERS = new Set(['first_licence', 'licence_transfer_in', 'military_exchange', 'foreign_exchange'])
const RESIDENCE_CHECKED = new Set([...NEWCOMERS, 'added_class'])
const CHANGED_FIELDS: readonly (readonly [field: string, before: string, after: string])[] = [
  ['colour', 'A', 'J'],
  ['engine', '旧发动机', '新发动机'],
  ['body', '旧车身', '新车身'],
  ['contact', '旧联系方式', '新联系方式'],
  ['use_nature', 'B', 'L'],
]

/** How many transactions of a kind a history holds; first licences of non-locals come on top of those of locals. */
function plannedCount(world: World, kind: Kind): number {
  const all = Math.round(kind.perYear * world.scale * world.years)
  if (kind.kind !== 'first_licence') return all
  return Math.max(Math.ceil(all / 2), all - nonLocalApplicants(world))
}

/** Vehicles that enter the cities during the history. */
export function arrivingVehicles(world: World): number {
  return KINDS.filter((kind) => kind.kind === 'registration' || kind.kind === 'vehicle_transfer_in').reduce(
    (sum, kind) => sum + plannedCount(world, kind),
    0,
  )
}

/** What the windows hand on to the examination halls: people who have just applied for a licence, by city. */
export type Applicants = readonly [Queue, Queue]

export class OrdinaryBusiness {
  readonly applicants: Applicants = [new Queue(), new Queue()]
  private readonly world: World
  private readonly population: Population
  private readonly recorder: Recorder
  /** Cumulated weight of the days of the history, for window business and with the weekend's on-line share. */
  private readonly weights: { readonly window: Float64Array; readonly online: Float64Array }
  private readonly done = KINDS.map(() => 0)
  private readonly picks: readonly ((k: number) => number)[]
  private readonly changedHands: Uint8Array
  private arrived = 0
  private newcomers: number
  private agentTurn = 0
  private windowTurn = 0
  private readonly sitting = { local: 0, nonLocal: 0 }

  constructor(population: Population, recorder: Recorder) {
    this.population = population
    this.recorder = recorder
    this.world = population.world
    this.weights = dayWeights(this.world)
    this.picks = this.planPicks()
    this.changedHands = this.planChangesOfHands()
    this.newcomers = population.owners
  }

  /** Index of the next person not seen before whom `fits` takes. */
  newPerson(city: CityPlan, fits: (index: number) => boolean = () => true): number {
    do this.newcomers++
    while (this.population.cityOfPerson(this.newcomers) !== city || !fits(this.newcomers))
    return this.newcomers
  }

  /** Fate of a standing vehicle: 0 stays, 1 deregistered, 2 changes owner. Its `vehicle_owner` rows come with that. */
  fate(index: number): number {
    return this.changedHands[index] ?? 0
  }

  *day(day: number): Generator<FactBatch> {
    const random = new Random(this.world.seed, 11, day)
    const at = day - this.world.calendar.first + 1
    for (let k = 0; k < KINDS.length; k++) {
      const kind = KINDS[k]!
      const weights = kind.online ? this.weights.online : this.weights.window
      const total = plannedCount(this.world, kind)
      const target = Math.floor((weights[at]! / weights.at(-1)!) * total + 1e-9)
      for (; this.done[k]! < target; this.done[k]!++) {
        this.handle(kind, k, this.done[k]!, day, random)
        if (this.recorder.full) yield* this.recorder.drain()
      }
    }
  }

  private handle(kind: Kind, k: number, number: number, day: number, random: Random): void {
    if (kind.subject === 'licence') this.handleLicence(kind, k, number, day, random)
    else this.handleVehicle(kind, k, number, day, random)
  }

  private handleVehicle(kind: Kind, k: number, number: number, day: number, random: Random): void {
    const { population, recorder } = this
    const arriving = kind.kind === 'registration' || kind.kind === 'vehicle_transfer_in'
    const index = arriving ? population.standing + this.arrived++ : this.picks[k]!(number)
    const traits = population.traits(index)
    const city = population.cityOfVehicle(index)
    const window = this.window(city)
    const at = this.acceptance(day, random, kind.online)
    const timeline = this.timeline(at, day, random)
    const buyer = kind.kind === 'transfer_registration' ? this.buyer(city, at) : null
    const person = buyer ?? traits.personIndex
    const local = person === null ? true : population.isLocalPerson(person)
    const registered =
      kind.kind === 'vehicle_transfer_in' ? day - 400 - (hash(this.world.seed, 12, index) % 2500) : day
    const row = arriving ? population.vehicleRow(traits, registered, false) : null
    if (row) recorder.push('vehicle', row)
    const spec: TransactionSpec = {
      window,
      subject: 'vehicle',
      kind: kind.kind,
      reason: kind.reason,
      at,
      timeline,
      stage:
        !arriving && kind.kind !== 'deregistration' && buyer === null && random.below(50) === 0
          ? 'withdrawn'
          : 'completed',
      channel: this.channel(kind, day, random),
      vehicleId: traits.id,
      personId: person === null ? null : population.personId(person),
      organisationId:
        traits.organisationIndex === null ? null : population.organisationId(traits.organisationIndex),
      agentId: this.agent(kind, city, random),
      local,
      workingTime: this.world.calendar.isWorking(day),
      originRegion:
        kind.kind === 'vehicle_transfer_in' ? ELSEWHERE[index % ELSEWHERE.length]![0] : traits.originRegion,
      changes: kind.kind === 'change_registration' ? changesOf(random) : undefined,
      checks: kind.residenceCheck && !local ? [{ kind: 'residence_permit', outcome: 'found' }] : undefined,
    }
    const id = recorder.transaction(spec)
    if (row)
      recorder.selection(
        window.unit,
        id,
        traits.id,
        String(row['plate']),
        at + 60_000 + random.below(240) * 1000,
        null,
      )
    this.changeHands(kind, index, buyer, window, at)
  }

  /** Owner rows that follow from a transaction: a new owner, a first owner, or the end of ownership. */
  private changeHands(kind: Kind, index: number, buyer: number | null, window: Window, at: number): void {
    const { population, recorder } = this
    const traits = population.traits(index)
    const holder =
      traits.organisationIndex === null ? { person: traits.ownerId } : { organisation: traits.ownerId }
    const since = instantAt(traits.registeredDay, 600)
    if (kind.kind === 'registration' || kind.kind === 'vehicle_transfer_in')
      recorder.owner(window.unit, traits.id, holder, at, null)
    else if (kind.kind === 'deregistration') recorder.owner(window.unit, traits.id, holder, since, at)
    else if (buyer !== null) {
      recorder.owner(window.unit, traits.id, holder, since, at)
      recorder.owner(window.unit, traits.id, { person: population.personId(buyer) }, at, null)
    }
  }

  private buyer(city: CityPlan, at: number): number {
    const index = this.newPerson(city)
    this.recorder.push('person', this.population.personRow(index, at))
    return index
  }

  private handleLicence(kind: Kind, k: number, number: number, day: number, random: Random): void {
    const { population } = this
    const city = NEWCOMERS.has(kind.kind) ? this.world.cities[number % 5 === 4 ? 1 : 0] : null
    const person = !city
      ? this.picks[k]!(number)
      : kind.kind === 'first_licence'
        ? this.newPerson(city, (index) => population.isLocalPerson(index))
        : this.newPerson(city)
    const home = city ?? population.cityOfPerson(person)
    this.acceptLicence(
      {
        kind: kind.kind,
        reason: kind.reason,
        person,
        city: home,
        window: this.window(home),
        licenceClass: classOf(kind.kind, random),
        agentId: this.agent(kind, home, random),
        channel: this.channel(kind, day, random),
      },
      day,
      random,
    )
  }

  /** Takes licence business down with everything that follows from it: newcomers get their files, first applicants sit exams. */
  acceptLicence(one: LicenceCase, day: number, random: Random): void {
    const { population, recorder } = this
    const { kind, person, city, window } = one
    const at = this.acceptance(day, random)
    const local = population.isLocalPerson(person)
    const fresh = NEWCOMERS.has(kind)
    if (fresh) {
      recorder.push('person', population.personRow(person, at))
      recorder.push(
        'licence',
        population.licenceRow(person, kind === 'licence_transfer_in' ? day - 900 : day, at),
      )
      if (kind === 'first_licence') this.toExams(city, person, local)
    }
    const checks = [{ kind: 'population', outcome: 'found' }]
    if (RESIDENCE_CHECKED.has(kind) && !local) checks.push({ kind: 'residence_permit', outcome: 'found' })
    if (kind === 'military_exchange') checks.push({ kind: 'military_licence', outcome: 'confirmed' })
    const personId = population.personId(person)
    const timeline = this.timeline(at, day, random)
    const stage = !fresh && random.below(50) === 0 ? 'withdrawn' : 'completed'
    const id = recorder.transaction({
      window,
      handler: one.handler,
      subject: 'licence',
      kind,
      reason: one.reason ?? null,
      at,
      timeline,
      stage,
      channel: one.channel,
      personId,
      agentId: one.agentId ?? null,
      local,
      workingTime: this.world.calendar.isWorking(day),
      licenceClass: one.licenceClass,
      issuingCountry: one.issuingCountry ?? null,
      permitNumberValid: kind === 'first_licence' && !local ? true : null,
      checks,
    })
    if (stage === 'completed')
      recordLicenceFact(population, recorder, { kind, person, window, transactionId: id, at, timeline })
    if (one.reason === 'mobile' || one.reason === 'address')
      recorder.fact('person_change', ID_KIND.personChange, at, window.unit, {
        person_id: personId,
        transaction_id: id,
        field: one.reason,
        at: new Date(at),
        operator_id: window.handlers[0]!.id,
      })
    if (random.below(800) === 0) this.amend(id, window, city, at, random)
  }

  /** Of those who sit exams one in twenty comes from elsewhere, however small the city. */
  private toExams(city: CityPlan, person: number, local: boolean): void {
    if (!local && this.sitting.nonLocal * 19 >= this.sitting.local) return
    this.sitting[local ? 'local' : 'nonLocal']++
    this.applicants[city.index]!.put(person)
  }

  /** A slip of the pen put right while the transaction runs; the address stays within the city. */
  private amend(transactionId: string, window: Window, city: CityPlan, at: number, random: Random): void {
    const [before] = random.pick(city.regions)
    const [after] = random.pick(city.regions)
    this.recorder.fact('amendment', ID_KIND.amendment, at + 120_000, window.unit, {
      transaction_id: transactionId,
      field: 'address',
      before_region: before,
      after_region: after,
      at: new Date(at + 120_000),
      operator_id: window.handlers[0]!.id,
      reason: '录入有误',
      personal: { before: `${city.name}市${before}`, after: `${city.name}市${after}` },
    })
  }

  private window(city: CityPlan): Window {
    return city.windows[this.windowTurn++ % city.windows.length]!
  }

  private agent(kind: Kind, city: CityPlan, random: Random): string | null {
    if (!kind.agents || random.below(12) !== 0) return null
    return city.agents[this.agentTurn++ % city.agents.length]!.id
  }

  private channel(kind: Kind, day: number, random: Random): 'window' | 'institution' | 'online' | 'kiosk' {
    if (!this.world.calendar.isWorking(day)) return 'online'
    const at = random.below(20)
    if (kind.online) return at < 9 ? 'online' : at < 14 ? 'institution' : 'window'
    return at < 1 ? 'kiosk' : at < 4 ? 'institution' : 'window'
  }

  /** Windows open 9:00–11:50 and 14:30–16:50; on other days only what can be done on line comes in. */
  private acceptance(day: number, random: Random, online = false): number {
    if (online && !this.world.calendar.isWorking(day))
      return instantAt(day, 600 + random.below(360), random.below(60))
    const minute = random.below(310)
    return instantAt(day, minute < 170 ? 540 + minute : 870 + minute - 170, random.below(60))
  }

  /** Issued the same day or the next working day, archived at most two working days later; nothing is left open at the end. */
  private timeline(at: number, day: number, random: Random): Timeline {
    const { calendar } = this.world
    const review = at + (5 + random.below(30)) * 60_000
    const issuedLater = random.below(10) === 0
    const issueDay = issuedLater ? this.within(calendar.workingDayAfter(day, 1), day) : day
    const issue =
      issueDay === day
        ? review + (5 + random.below(45)) * 60_000
        : instantAt(issueDay, 540 + random.below(120))
    const wait = random.below(20)
    const archiveDay =
      wait < 8 ? issueDay : this.within(calendar.workingDayAfter(issueDay, wait < 17 ? 1 : 2), issueDay)
    const archive =
      archiveDay === issueDay
        ? issue + (5 + random.below(25)) * 60_000
        : instantAt(archiveDay, 540 + random.below(440))
    return { review, issue, archive }
  }

  private within(day: number, otherwise: number): number {
    return day < this.world.calendar.until ? day : otherwise
  }

  private planPicks(): ((k: number) => number)[] {
    const { population } = this
    const tens = Math.floor(population.rankedStanding / 10)
    return KINDS.map((kind, at) => {
      const salt = hash(this.world.seed, 13, at) % 1_000_000
      if (kind.subject === 'licence') return this.driverPicks(salt)
      if (kind.kind === 'deregistration') {
        const spread = scatter(tens, salt)
        return (k) => vehicleOfRank(spread(k) * 10)
      }
      if (kind.kind === 'transfer_registration') {
        const spread = scatter(tens * 3, salt)
        return (k) => vehicleOfRank(Math.floor(spread(k) / 3) * 10 + 1 + (spread(k) % 3))
      }
      const spread = scatter(tens * 6, salt)
      return (k) => vehicleOfRank(Math.floor(spread(k) / 6) * 10 + 4 + (spread(k) % 6))
    })
  }

  /** Standing drivers in an order of their own, each once. */
  driverPicks(salt: number): (k: number) => number {
    const count = Math.floor(personOfRank(this.population.rankedStanding) / 4) * 3
    const spread = scatter(count, salt)
    return (k) => Math.floor(spread(k) / 3) * 4 + (spread(k) % 3)
  }

  private planChangesOfHands(): Uint8Array {
    const fates = new Uint8Array(this.population.standing)
    for (const [kind, fate] of [
      ['deregistration', 1],
      ['transfer_registration', 2],
    ] as const) {
      const at = KINDS.findIndex((each) => each.kind === kind)
      const count = plannedCount(this.world, KINDS[at]!)
      for (let k = 0; k < count; k++) fates[this.picks[at]!(k)] = fate
    }
    return fates
  }
}

function classOf(kind: string, random: Random): string {
  if (kind === 'added_class') return 'B2'
  if (kind === 'first_licence' && random.below(12) === 0) return random.pick(['D', 'E', 'F'])
  return random.below(5) === 0 ? 'C2' : 'C1'
}

function changesOf(random: Random): TransactionSpec['changes'] {
  const first = random.below(CHANGED_FIELDS.length)
  const fields = random.below(4) === 0 ? [first, (first + 1) % CHANGED_FIELDS.length] : [first]
  return fields.map((at) => {
    const [field, before, after] = CHANGED_FIELDS[at]!
    return { field, before, after }
  })
}

function dayWeights(world: World): { window: Float64Array; online: Float64Array } {
  const { calendar } = world
  const days = calendar.until - calendar.first
  const window = new Float64Array(days + 1)
  const online = new Float64Array(days + 1)
  for (let at = 0; at < days; at++) {
    const day = calendar.first + at
    const month = Number(dateOf(day).slice(5, 7))
    const growth = 1 + (0.04 * at) / 365
    const usual = WEEKDAY[(day + 4) % 7]! * SEASON[month - 1]! * growth
    const open = calendar.isWorking(day)
    window[at + 1] = window[at]! + (open ? usual : 0)
    online[at + 1] = online[at]! + usual * (open ? 1 : 0.12)
  }
  return { window, online }
}
