/** Plants of V1.1–V1.4: temporary plates by volume, against registrations, and for one vehicle. */
import { instantAt, type Month } from '../calendar.ts'
import { countKey } from '../record.ts'
import { comparableMonth, monthlyMean, type TemporaryPlates } from '../temporary-plates.ts'
import type { CityPlan, Window } from '../world.ts'
import type { Stage } from './stage.ts'

const MORNING = 600
const APRIL = 4
const AUGUST = 8

export function plantTemporaryPlates(stage: Stage, plates: TemporaryPlates): void {
  const { calendar, cities } = stage.world
  const april = comparableMonth(calendar.months, APRIL)
  const august = calendar.months.findLast(({ number }) => number === AUGUST)!
  for (const city of cities) {
    const [, first, second, third, fourth, fifth] = city.windows
    if (april) {
      const { average, lastYear } = bases(stage, plates, city, april)
      const over = (base: number, percent: number) => Math.floor((base * (100 + percent)) / 100)
      volume(stage, plates, city, first!, april, over(average, 30) + 1)
      volume(stage, plates, city, second!, april, over(lastYear, 20))
      if (fourth) volume(stage, plates, city, fourth, april, over(average, 30))
    }
    share(stage, plates, city, third!, august, 32, 16)
    if (fifth) share(stage, plates, city, fifth, august, 40, 8)
    sameVehicle(stage, city)
  }
}

function bases(stage: Stage, plates: TemporaryPlates, city: CityPlan, month: Month) {
  const { months } = stage.world.calendar
  return {
    average: monthlyMean(months, month.year - 1, (each) => plates.usual(city, each)),
    lastYear: plates.usual(city, months[month.index - 12]!),
  }
}

/** V1.1 and V1.2: so many plates of a window in a month. */
function volume(
  stage: Stage,
  plates: TemporaryPlates,
  city: CityPlan,
  { unit }: Window,
  month: Month,
  issued: number,
): void {
  plates.want(unit, month, issued)
  const { average, lastYear } = bases(stage, plates, city, month)
  for (const [code, base, limit, what] of [
    ['V1.1', average, 30, '去年月均'],
    ['V1.2', lastYear, 20, '去年同月'],
  ] as const) {
    const growth = (100 * (issued - base)) / base
    stage.truth.know({
      code,
      kind: growth > limit ? 'plant' : 'near_miss',
      subject: { unit_id: unit.id },
      unit_path: unit.path,
      month: month.key,
      day: null,
      measured: growth,
      base,
      facts: [],
      sentence: `当月核发临时号牌${issued}副，${what}${base.toFixed(2)}副`,
    })
  }
}

/** V1.3: so many registrations on top of the month's own, and so many plates. */
function share(
  stage: Stage,
  plates: TemporaryPlates,
  city: CityPlan,
  window: Window,
  month: Month,
  registrations: number,
  issued: number,
): void {
  const { unit } = window
  const days = stage.world.calendar.workingDaysOf(month)
  for (let n = 0; n < registrations; n++) {
    const day = days[n % days.length]!
    const at = instantAt(day, MORNING + (n % 90))
    const person = stage.person(city)
    const vehicle = stage.vehicle(city, { registeredDay: day })
    stage.own(city, vehicle, { person: person.id }, { from: at })
    stage.transaction(city, {
      subject: 'vehicle',
      kind: 'registration',
      at,
      window,
      vehicleId: vehicle.id,
      personId: person.id,
      local: true,
    })
  }
  plates.want(unit, month, issued)
  const key = countKey(unit, instantAt(month.first, MORNING))
  const { recorder } = stage
  stage.truth.add({
    code: 'V1.3',
    mode: 'post_hoc',
    kind: issued * 5 > registrations ? 'plant' : 'near_miss',
    subject: { unit_id: unit.id },
    unit_path: unit.path,
    month: month.key,
    day: null,
    facts: [],
    sentence: `当月核发临时号牌${issued}副，注册登记${registrations}辆以上`,
    trigger: null,
    measure: () => {
      const sample = recorder.registrations.size(key)
      return { measured: (100 * recorder.temporaryPlates.size(key)) / sample, sample }
    },
  })
}

/** V1.4: plates of one vehicle to so many people; months before the run's. */
function sameVehicle(stage: Stage, city: CityPlan): void {
  const { months } = stage.world.calendar
  const run = months.at(-2 - city.index)!
  const cases: [kind: 'plant' | 'near_miss', people: number[], monthsBefore: number[], sentence: string][] = [
    ['plant', [0, 1, 2], [11, 4, 0], '十二个月内同车向3人核发临时号牌'],
    ['near_miss', [0, 1, 0], [11, 4, 0], '十二个月内同车核发临时号牌3副，仅2人'],
    ['near_miss', [0, 1, 2], [12, 4, 0], '同车向3人核发临时号牌，首次在十二个月之外'],
  ]
  for (const [kind, people, monthsBefore, sentence] of cases) {
    const vehicle = stage.vehicle(city)
    const persons = people.map(() => stage.person(city))
    const facts = monthsBefore.flatMap((before, i) => {
      const month = months[run.index - before]
      if (!month) return []
      const day = stage.world.calendar.workingDaysOf(month).at(-1)!
      return stage.recorder.temporaryPlate(city.windows[0]!.unit, instantAt(day, MORNING), {
        transactionId: null,
        vehicleId: vehicle.id,
        personId: persons[people[i]!]!.id,
        crossDistrict: false,
      })
    })
    if (facts.length < monthsBefore.length) continue
    const counted = new Set(people.filter((_, i) => monthsBefore[i]! < 12))
    stage.truth.know({
      code: 'V1.4',
      kind,
      subject: { vehicle_id: vehicle.id },
      unit_path: city.windows[0]!.unit.path,
      month: run.key,
      day: null,
      measured: counted.size,
      facts,
      sentence,
    })
  }
}
