/** Plants of V5.1–V5.3 (vehicles of one owner), V6.1–V6.2 (their files) and V7.1 (scrapping). */
import { dateOf, dayOfInstant } from '../calendar.ts'
import { comparableMonth, monthlyMean } from '../temporary-plates.ts'
import type { VehicleFiles } from '../vehicle-files.ts'
import type { CityPlan } from '../world.ts'
import type { Stage } from './stage.ts'

const OUTSIDE = '430102'
const FEBRUARY = 2
const JUNE = 6

export function plantVehicleFiles(stage: Stage, files: VehicleFiles): void {
  for (const city of stage.world.cities) {
    const last = stage.daysBefore(stage.closingTime, 40 + city.index * 9)
    garage(stage, city, last)
    buses(stage, city, last)
    if (city.index === 0) tricycles(stage, city, last)
    corrections(stage, city, last)
    recreations(stage, city, last)
    scrapping(stage, city, files)
  }
}

function note(
  stage: Stage,
  city: CityPlan,
  code: string,
  kind: 'plant' | 'near_miss',
  subject: Record<string, string>,
  at: number,
  measured: number | null,
  facts: readonly string[],
  sentence: string,
): void {
  const day = dateOf(dayOfInstant(at))
  stage.truth.know({
    code,
    kind,
    subject,
    unit_path: city.windows[0]!.unit.path,
    month: day.slice(0, 7),
    day,
    measured,
    facts,
    sentence,
  })
}

/** V5.1: registering with eleven cars; near miss with ten, three motorcycles, one owned together and one sold. */
function garage(stage: Stage, city: CityPlan, last: number): void {
  for (const cars of [11, 10]) {
    const { id: person } = stage.person(city)
    const own = (type: string, more: { co?: boolean; to?: number } = {}) =>
      stage.own(city, stage.vehicle(city, { type }), { person }, more)
    const facts = Array.from({ length: cars }, (_, i) => own(i % 4 === 0 ? 'H31' : 'K33'))
    for (let i = 0; i < 3; i++) own('M21')
    own('K33', { co: true })
    own('K33', { to: stage.daysBefore(last, 10) })
    const next = stage.vehicle(city, { registeredDay: dayOfInstant(last) })
    stage.own(city, next, { person }, { from: last })
    const registration = stage.transaction(city, {
      subject: 'vehicle',
      kind: 'registration',
      at: last,
      vehicleId: next.id,
      personId: person,
      local: true,
    })
    note(
      stage,
      city,
      'V5.1',
      cars > 10 ? 'plant' : 'near_miss',
      { person_id: person },
      last,
      cars,
      [registration, ...facts],
      `个人名下已有汽车${cars}辆（摩托车、共有和已转出的不计），再次注册登记`,
    )
  }
}

/** Registrations of one person, the last on the day of the run; returns their ids. */
function register(
  stage: Stage,
  city: CityPlan,
  person: string,
  vehicles: readonly { readonly type: string; readonly use?: string }[],
  last: number,
  local: boolean,
): string[] {
  return vehicles.map(({ type, use }, i) => {
    const at = i === vehicles.length - 1 ? last : stage.daysBefore(last, (vehicles.length - 1 - i) * 6)
    const vehicle = stage.vehicle(city, { type, use, registeredDay: dayOfInstant(at) })
    stage.own(city, vehicle, { person }, { from: at })
    return stage.transaction(city, {
      subject: 'vehicle',
      kind: 'registration',
      at,
      // Spread over the windows, so that none of them has a remarkable month.
      window: city.windows[i % city.windows.length]!,
      vehicleId: vehicle.id,
      personId: person,
      local,
      checks: local ? undefined : [{ kind: 'residence_permit', outcome: 'found' }],
    })
  })
}

/** V5.2: the third bus; near miss: two and a commercial one. */
function buses(stage: Stage, city: CityPlan, last: number): void {
  const cases = [
    ['plant', ['A', 'L', 'U'], '个人登记非营运、营转非大客车3辆'],
    ['near_miss', ['E', 'A', 'M'], '个人登记非营运、营转非大客车2辆，另有营运1辆'],
  ] as const
  for (const [kind, uses, sentence] of cases) {
    const { id: person } = stage.person(city)
    const vehicles = uses.map((use) => ({ type: 'K12', use }))
    const facts = register(stage, city, person, vehicles, last, true)
    note(stage, city, 'V5.2', kind, { person_id: person }, last, kind === 'plant' ? 3 : 2, facts, sentence)
  }
}

/** V5.3: near miss, the 20th tricycle of someone from elsewhere. What stands behind 012002 are the plants. */
function tricycles(stage: Stage, city: CityPlan, last: number): void {
  const { id: person } = stage.person(city, { region: OUTSIDE })
  const vehicles = Array.from({ length: 20 }, () => ({ type: 'M12' }))
  const facts = register(stage, city, person, vehicles, last, false)
  note(stage, city, 'V5.3', 'near_miss', { person_id: person }, last, 20, facts, '外地个人注册三轮摩托车20辆')
}

/** V6.1: each of the fields that matter; near misses: others. */
function corrections(stage: Stage, city: CityPlan, last: number): void {
  const { unit, archivists } = city.windows[0]!
  const fields = city.index === 0 ? ['vin', 'engine_number', 'rated_load'] : ['rated_passengers', 'scrap_on']
  for (const field of [...fields, 'colour', 'model']) {
    const vehicle = stage.vehicle(city)
    stage.own(city, vehicle, { person: stage.person(city).id })
    const correction = stage.recorder.correction(unit, archivists[0]!, vehicle.id, field, last)
    const matters = fields.includes(field)
    note(
      stage,
      city,
      'V6.1',
      matters ? 'plant' : 'near_miss',
      { vehicle_id: vehicle.id },
      last,
      matters ? 1 : null,
      [correction],
      `更正档案中的${field}`,
    )
  }
}

/** V6.2: a file made anew of what is stolen, due for scrapping or scrapped; near misses: clear, never asked. */
function recreations(stage: Stage, city: CityPlan, last: number): void {
  const day = dayOfInstant(last)
  const cases = [
    ['plant', 'hit', dateOf(day + 400), false, '补建档案的机动车核查为盗抢'],
    ['plant', null, dateOf(day), false, '补建档案的机动车当日已达强制报废期'],
    ['plant', 'clear', null, true, '补建档案的机动车此前已因报废注销'],
    ['near_miss', 'clear', dateOf(day + 1), false, '补建档案的机动车核查无异常，次日才达强制报废期'],
    ['near_miss', null, null, false, '补建档案的机动车没有核查记录，不能判定'],
  ] as const
  for (const [kind, outcome, scrapDue, scrapped, sentence] of cases) {
    const { id: person } = stage.person(city)
    const vehicle = stage.vehicle(city, scrapDue ? { scrapDue } : {})
    const of = { subject: 'vehicle', vehicleId: vehicle.id, personId: person, local: true } as const
    if (scrapped) {
      const at = stage.daysBefore(last, 90)
      stage.own(city, vehicle, { person }, { to: at })
      stage.transaction(city, {
        ...of,
        kind: 'deregistration',
        reason: 'scrap',
        at,
        originRegion: `${city.code}00`,
      })
    } else stage.own(city, vehicle, { person })
    const checks = outcome
      ? ['smuggled_vehicle', 'stolen_vehicle', 'scrapped_vehicle'].map((check) => ({
          kind: check,
          outcome: outcome === 'hit' && check !== 'stolen_vehicle' ? 'clear' : outcome,
        }))
      : []
    const transaction = stage.transaction(city, { ...of, kind: 'vehicle_file_recreation', at: last, checks })
    const measured = kind === 'plant' ? 1 : null
    note(stage, city, 'V6.2', kind, { transaction_id: transaction }, last, measured, [transaction], sentence)
  }
}

/** V7.1: a little more than a tenth above the average of last year, and just not. */
function scrapping(stage: Stage, city: CityPlan, files: VehicleFiles): void {
  const { months } = stage.world.calendar
  for (const [number, more] of [
    [FEBRUARY + city.index, 1],
    [JUNE + city.index, 0],
  ] as const) {
    const month = comparableMonth(months, number)
    if (!month) continue
    const base = monthlyMean(months, month.year - 1, (each) => files.usuallyScrapped(city, each))
    const scrapped = Math.floor(base * 1.1) + more
    files.wantScrapped(city, month, scrapped)
    stage.truth.know({
      code: 'V7.1',
      kind: more ? 'plant' : 'near_miss',
      subject: { city: city.detachment.path },
      unit_path: city.detachment.path,
      month: month.key,
      day: null,
      measured: (100 * (scrapped - base)) / base,
      base,
      facts: [],
      sentence: `当月报废外地登记的机动车${scrapped}辆，去年月均${base.toFixed(2)}辆`,
    })
  }
}
