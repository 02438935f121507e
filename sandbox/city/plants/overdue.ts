/** Plants of V3.1–V3.3: limits in working days and months that pass. */
import { dateOf, dayOfInstant, instantAt } from '../calendar.ts'
import { ID_KIND } from '../numbers.ts'
import type { Stage as HowFar } from '../record.ts'
import type { CityPlan } from '../world.ts'
import type { Stage } from './stage.ts'

const MORNING = 570
const MINUTE = 60_000

export function plantOverdue(stage: Stage): void {
  for (const city of stage.world.cities) {
    const start = (n: number) => stage.workingDayBefore(40 + n * 6 + city.index)
    selected(stage, city, start(0), 3)
    selected(stage, city, start(1), 2)
    selected(stage, city, holidayStart(stage, 2) ?? start(2), 2)
    selectedOpen(stage, city)
    archived(stage, city, start(3), 4)
    archived(stage, city, start(4), 3)
    archived(stage, city, holidayStart(stage, 3) ?? start(5), 3)
    archivedOpen(stage, city)
    unfinished(stage, city, 'open')
    unfinished(stage, city, 'investigated')
    unfinished(stage, city, 'late')
    unfinished(stage, city, 'withdrawn')
  }
}

/** A working day whose n-th successor lies beyond a long holiday; near misses of whoever counts calendar days. */
export function holidayStart(stage: Stage, n: number): number | null {
  const { calendar } = stage.world
  for (let day = calendar.until - 20; day > calendar.first + 20; day--)
    if (calendar.isWorking(day) && calendar.workingDayAfter(day, n) - day >= n + 6) return day
  return null
}

interface Case {
  readonly transactionId: string
  readonly vehicleId: string
}

function business(
  stage: Stage,
  city: CityPlan,
  at: number,
  issue: number,
  archive: number,
  howFar: HowFar = 'completed',
): Case {
  const person = stage.person(city)
  const vehicle = stage.vehicle(city)
  if (howFar === 'completed') stage.own(city, vehicle, { person: person.id }, { from: at })
  const transactionId = stage.transaction(city, {
    subject: 'vehicle',
    kind: 'transfer_registration',
    at,
    timeline: { review: at + 20 * MINUTE, issue, archive },
    stage: howFar,
    vehicleId: vehicle.id,
    personId: person.id,
    local: true,
  })
  return { transactionId, vehicleId: vehicle.id }
}

function select(stage: Stage, city: CityPlan, { transactionId, vehicleId }: Case, at: number): string {
  return stage.recorder.selection(
    city.windows[0]!.unit,
    transactionId,
    vehicleId,
    `选号${vehicleId.slice(-5)}`,
    at + 10 * MINUTE,
    null,
  )
}

function investigate(stage: Stage, city: CityPlan, { transactionId }: Case, at: number): string {
  return stage.recorder.fact('investigation', ID_KIND.investigation, at, city.windows[0]!.unit, {
    transaction_id: transactionId,
    case_id: null,
    opened_at: new Date(at),
  })
}

function note(
  stage: Stage,
  city: CityPlan,
  code: string,
  kind: 'plant' | 'near_miss',
  found: Case,
  day: number,
  measured: number,
  facts: string[],
  sentence: string,
): void {
  const key = dateOf(day)
  stage.truth.know({
    code,
    kind,
    subject: { transaction_id: found.transactionId, vehicle_id: found.vehicleId },
    unit_path: city.windows[0]!.unit.path,
    month: key.slice(0, 7),
    day: key,
    measured,
    facts: [found.transactionId, ...facts],
    sentence,
  })
}

/** V3.1: number selected, document issued `days` working days later. */
function selected(stage: Stage, city: CityPlan, day: number, days: number): void {
  const { calendar } = stage.world
  const issueDay = calendar.workingDayAfter(day, days)
  const at = instantAt(day, MORNING)
  const issue = instantAt(issueDay, 960)
  const found = business(stage, city, at, issue, issue + 20 * MINUTE)
  const selection = select(stage, city, found, at)
  const fires = days > 2
  note(
    stage,
    city,
    'V3.1',
    fires ? 'plant' : 'near_miss',
    found,
    calendar.workingDayAfter(day, 3),
    days,
    [selection],
    `选号${dateOf(day)}，制证${dateOf(issueDay)}，相隔${days}个工作日`,
  )
}

/** V3.1, still open when the history ends; an investigation keeps V3.3 silent. */
function selectedOpen(stage: Stage, city: CityPlan): void {
  const { calendar } = stage.world
  const day = stage.workingDayBefore(9)
  const at = instantAt(day, MORNING)
  const found = business(stage, city, at, at, at, 'in_review')
  const selection = select(stage, city, found, at)
  investigate(stage, city, found, at + 5 * 86_400_000)
  const due = calendar.workingDayAfter(day, 3)
  note(
    stage,
    city,
    'V3.1',
    'plant',
    found,
    due,
    workingDays(stage, day, calendar.until - 1),
    [selection],
    `选号${dateOf(day)}后至今未制证`,
  )
}

/** V3.2: issued, archived `days` working days later. */
function archived(stage: Stage, city: CityPlan, day: number, days: number): void {
  const { calendar } = stage.world
  const at = instantAt(day, MORNING)
  const archiveDay = calendar.workingDayAfter(day, days)
  const found = business(stage, city, at, at + 40 * MINUTE, instantAt(archiveDay, 960))
  const fires = days > 3
  note(
    stage,
    city,
    'V3.2',
    fires ? 'plant' : 'near_miss',
    found,
    calendar.workingDayAfter(day, 4),
    days,
    [],
    `制证${dateOf(day)}，归档${dateOf(archiveDay)}，相隔${days}个工作日`,
  )
}

function archivedOpen(stage: Stage, city: CityPlan): void {
  const { calendar } = stage.world
  const day = stage.workingDayBefore(10)
  const at = instantAt(day, MORNING)
  const found = business(stage, city, at, at + 40 * MINUTE, at, 'issued')
  investigate(stage, city, found, at + 5 * 86_400_000)
  note(
    stage,
    city,
    'V3.2',
    'plant',
    found,
    calendar.workingDayAfter(day, 4),
    workingDays(stage, day, calendar.until - 1),
    [],
    `制证${dateOf(day)}后至今未归档`,
  )
}

/** V3.3: accepted more than a month before the history ends; excused by an investigation, a late end or a withdrawal. */
function unfinished(stage: Stage, city: CityPlan, how: 'open' | 'investigated' | 'late' | 'withdrawn'): void {
  const at = stage.daysBefore(stage.closingTime, 52 + city.index)
  const late = stage.daysBefore(stage.closingTime, 8)
  const howFar = how === 'late' ? 'completed' : how === 'withdrawn' ? 'withdrawn' : 'in_review'
  const found = business(stage, city, at, late, late + 30 * MINUTE, howFar)
  const facts = how === 'investigated' ? [investigate(stage, city, found, at + 20 * 86_400_000)] : []
  const due = dayOfInstant(addMonth(at))
  const sentence = {
    open: '受理逾一个月未办结，未开展调查',
    investigated: '受理逾一个月未办结，已开展调查',
    late: '受理逾一个月后办结',
    withdrawn: '受理后已退办',
  }[how]
  note(
    stage,
    city,
    'V3.3',
    how === 'open' ? 'plant' : 'near_miss',
    found,
    due,
    how === 'open' ? 1 : 0,
    facts,
    sentence,
  )
}

/** Same day and time one calendar month later, or the last day of that month. */
function addMonth(ms: number): number {
  const date = new Date(ms + 28_800_000)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + 1)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime() - 28_800_000
}

/** Working days after a day, up to and with another. */
export function workingDays(stage: Stage, after: number, upTo: number): number {
  let days = 0
  for (let day = after + 1; day <= upTo; day++) if (stage.world.calendar.isWorking(day)) days++
  return days
}
