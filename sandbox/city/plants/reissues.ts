/** Plants of V2.1–V2.4: plates and vehicle licences re-issued again and again. */
import { dateOf, dayOfInstant } from '../calendar.ts'
import type { CityPlan } from '../world.ts'
import type { PlantedVehicle, Stage } from './stage.ts'

type Kind = 'plate_replacement' | 'vehicle_licence_replacement'

const PLATE: Kind = 'plate_replacement'
const LICENCE: Kind = 'vehicle_licence_replacement'
/** More than twelve months before the last event, so that a run on its day no longer sees it. */
const OUT_OF_WINDOW = 380

export function plantReissues(stage: Stage): void {
  for (const city of stage.world.cities) {
    const at = (working: number) => stage.daysBefore(stage.closingTime, 45 + working + city.index * 7)
    repeated(stage, city, 'V2.1', LICENCE, '行驶证', at(0))
    repeated(stage, city, 'V2.3', PLATE, '号牌', at(20))
    fleet(stage, city, at(40))
    both(stage, city, at(60))
  }
}

interface Reissue {
  readonly kind: Kind
  readonly at: number
  readonly reason?: 'reissue' | 'exchange'
  readonly withdrawn?: boolean
  readonly vehicle?: PlantedVehicle
}

function ownedVehicle(stage: Stage, city: CityPlan): { vehicle: PlantedVehicle; personId: string } {
  const { id: personId } = stage.person(city)
  const vehicle = stage.vehicle(city)
  stage.own(city, vehicle, { person: personId })
  return { vehicle, personId }
}

/** Records the re-issues and returns the ids of those that count. */
function reissue(
  stage: Stage,
  city: CityPlan,
  owner: { personId?: string; organisationId?: string },
  vehicle: PlantedVehicle,
  events: readonly Reissue[],
): string[] {
  const counted: string[] = []
  for (const event of events) {
    const id = stage.transaction(city, {
      subject: 'vehicle',
      kind: event.kind,
      reason: event.reason ?? 'reissue',
      at: event.at,
      vehicleId: (event.vehicle ?? vehicle).id,
      personId: owner.personId ?? null,
      organisationId: owner.organisationId ?? null,
      local: true,
      stage: event.withdrawn ? 'withdrawn' : 'completed',
    })
    if (!event.withdrawn && event.reason !== 'exchange') counted.push(id)
  }
  return counted
}

function note(
  stage: Stage,
  city: CityPlan,
  code: string,
  kind: 'plant' | 'near_miss',
  subject: Record<string, string>,
  last: number,
  measured: number,
  facts: string[],
  sentence: string,
): void {
  const day = dateOf(dayOfInstant(last))
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

/** V2.1, V2.3: three of one vehicle; near misses: two with a withdrawn and an exchange, and a third more than a year before. */
function repeated(stage: Stage, city: CityPlan, code: string, kind: Kind, what: string, last: number): void {
  const before = (days: number) => stage.daysBefore(last, days)
  const three = ownedVehicle(stage, city)
  const facts = reissue(stage, city, three, three.vehicle, [
    { kind, at: before(21) },
    { kind, at: before(9) },
    { kind, at: last },
  ])
  note(
    stage,
    city,
    code,
    'plant',
    { vehicle_id: three.vehicle.id },
    last,
    3,
    facts,
    `十二个月内补领${what}3次`,
  )
  const two = ownedVehicle(stage, city)
  const fewer = reissue(stage, city, two, two.vehicle, [
    { kind, at: before(21) },
    { kind, at: before(14), withdrawn: true },
    { kind, at: before(9), reason: 'exchange' },
    { kind, at: last },
  ])
  note(
    stage,
    city,
    code,
    'near_miss',
    { vehicle_id: two.vehicle.id },
    last,
    2,
    fewer,
    `补领${what}2次，另有退办1次、换领1次`,
  )
  if (dayOfInstant(last) - OUT_OF_WINDOW - 10 < stage.world.calendar.first) return
  const old = ownedVehicle(stage, city)
  const spread = reissue(stage, city, old, old.vehicle, [
    { kind, at: before(OUT_OF_WINDOW) },
    { kind, at: before(9) },
    { kind, at: last },
  ])
  note(
    stage,
    city,
    code,
    'near_miss',
    { vehicle_id: old.vehicle.id },
    last,
    2,
    spread.slice(1),
    `补领${what}3次，首次在十二个月之外`,
  )
}

/** V2.2: two vehicles of one company and model; near misses: two models, two companies, one an exchange. */
function fleet(stage: Stage, city: CityPlan, last: number): void {
  const first = stage.daysBefore(last, 12)
  const cases: [
    kind: 'plant' | 'near_miss',
    models: [string, string],
    owners: 1 | 2,
    reasons: ['reissue', 'reissue' | 'exchange'],
    measured: number,
    sentence: string,
  ][] = [
    ['plant', ['DFH4250D2', 'DFH4250D2'], 1, ['reissue', 'reissue'], 2, '同单位同车型补领号牌2次'],
    ['near_miss', ['DFH4250D2', 'DFH4250D5'], 1, ['reissue', 'reissue'], 1, '同单位补领号牌2次，但车型不同'],
    ['near_miss', ['DFH4250D2', 'DFH4250D2'], 2, ['reissue', 'reissue'], 1, '同车型补领号牌2次，但单位不同'],
    ['near_miss', ['DFH4250D2', 'DFH4250D2'], 1, ['reissue', 'exchange'], 1, '同单位同车型补领1次、换领1次'],
  ]
  for (const [kind, models, owners, reasons, measured, sentence] of cases) {
    const organisation = stage.organisation(city)
    const other = owners === 2 ? stage.organisation(city) : organisation
    const vehicles = models.map((model, i) => {
      const vehicle = stage.vehicle(city, { type: 'Q11', brand: '东风牌', model, use: 'F' })
      stage.own(city, vehicle, { organisation: i === 0 ? organisation : other })
      return vehicle
    })
    const facts = [
      ...reissue(stage, city, { organisationId: organisation }, vehicles[0]!, [
        { kind: PLATE, at: first, reason: reasons[0] },
      ]),
      ...reissue(stage, city, { organisationId: other }, vehicles[1]!, [
        { kind: PLATE, at: last, reason: reasons[1] },
      ]),
    ]
    note(
      stage,
      city,
      'V2.2',
      kind,
      { organisation_id: organisation, model: models[0] },
      last,
      measured,
      facts,
      sentence,
    )
  }
}

/** V2.4: two of each; the near miss lost plate and licence together once and the plate again. */
function both(stage: Stage, city: CityPlan, last: number): void {
  const before = (days: number) => stage.daysBefore(last, days)
  const twice = ownedVehicle(stage, city)
  const pair = [
    { kind: PLATE, at: before(18) },
    { kind: LICENCE, at: before(18) + 600_000 },
  ]
  const facts = reissue(stage, city, twice, twice.vehicle, [
    ...pair,
    { kind: PLATE, at: last },
    { kind: LICENCE, at: last + 600_000 },
  ])
  note(
    stage,
    city,
    'V2.4',
    'plant',
    { vehicle_id: twice.vehicle.id },
    last,
    2,
    facts,
    '补号牌2次且补行驶证2次',
  )
  const once = ownedVehicle(stage, city)
  const fewer = reissue(stage, city, once, once.vehicle, [...pair, { kind: PLATE, at: last }])
  note(
    stage,
    city,
    'V2.4',
    'near_miss',
    { vehicle_id: once.vehicle.id },
    last,
    1,
    fewer,
    '补号牌2次而补行驶证1次',
  )
}
