/** Plants of V4.1–V4.7: numbers selected, withdrawn, and taken along from another vehicle. */
import { dateOf, dayOfInstant } from '../calendar.ts'
import type { CityPlan } from '../world.ts'
import { triggerOf } from './in-process.ts'
import type { PlantedVehicle, Stage } from './stage.ts'

const MINUTE = 60_000

export function plantNumbers(stage: Stage): void {
  for (const city of stage.world.cities) {
    const scene = new Scene(stage, city, stage.daysBefore(stage.closingTime, 50 + city.index * 11))
    withdrawn(scene)
    formerOwners(scene)
    restructuring(scene)
    afterwards(scene)
    thereAndBack(scene)
    plateAlone(scene)
    coOwner(scene)
  }
}

interface Business {
  readonly vehicle: PlantedVehicle
  readonly person: string
  readonly at: number
  readonly kind: string
  readonly fields?: readonly string[]
  readonly withdrawn?: boolean
}

/** One city, and the day on which the last event of each plant happens. */
class Scene {
  readonly stage: Stage
  readonly city: CityPlan
  readonly last: number

  constructor(stage: Stage, city: CityPlan, last: number) {
    this.stage = stage
    this.city = city
    this.last = last
  }

  before(days: number): number {
    return this.stage.daysBefore(this.last, days)
  }

  person(): string {
    return this.stage.person(this.city).id
  }

  /** A vehicle and those who own it one after another, each until the next begins. */
  vehicle(...owners: readonly (readonly [person: string, from?: number])[]): PlantedVehicle {
    const vehicle = this.stage.vehicle(this.city)
    owners.forEach(([person, from], i) => {
      const to = owners[i + 1]?.[1]
      this.stage.own(this.city, vehicle, { person }, { ...(from ? { from } : {}), ...(to ? { to } : {}) })
    })
    return vehicle
  }

  business({ vehicle, person, at, kind, fields = [], withdrawn = false }: Business): string {
    const act = {
      subject: 'vehicle',
      kind,
      vehicleId: vehicle.id,
      personId: person,
      local: true,
      stage: withdrawn ? 'withdrawn' : 'completed',
      changes: fields.map((field) => ({ field, before: '原值', after: '新值' })),
    } as const
    const id = this.stage.transaction(this.city, { ...act, at })
    if (fields.includes('co_owner')) this.noteCoOwner(id, vehicle, at, act)
    return id
  }

  /** Every change of a co-owner also reaches 012105 while it is handled. */
  private noteCoOwner(
    id: string,
    vehicle: PlantedVehicle,
    at: number,
    act: Parameters<typeof triggerOf>[2],
  ): void {
    const day = dateOf(dayOfInstant(at))
    this.stage.truth.know({
      code: '012105',
      mode: 'in_process',
      kind: 'plant',
      subject: { vehicle_id: vehicle.id },
      unit_path: this.city.windows[0]!.unit.path,
      month: day.slice(0, 7),
      day,
      measured: 1,
      facts: [id],
      sentence: '变更共同所有人（事后研判同样命中）',
      trigger: triggerOf(this.city, at, act, [], undefined, id),
    })
  }

  select(
    transaction: string,
    vehicle: PlantedVehicle,
    at: number,
    more: { withdrawn?: number; former?: PlantedVehicle; ground?: string } = {},
  ): string {
    const { former, ground = 'trade_in' } = more
    return this.stage.recorder.selection(
      this.city.windows[0]!.unit,
      transaction,
      vehicle.id,
      former?.plate ?? vehicle.plate,
      at + MINUTE,
      more.withdrawn ?? null,
      former ? { formerVehicleId: former.id, ground } : undefined,
    )
  }

  correct(vehicle: PlantedVehicle, field: string, at: number): string {
    const { unit, archivists } = this.city.windows[0]!
    return this.stage.recorder.correction(unit, archivists[0]!, vehicle.id, field, at)
  }

  note(
    code: string,
    kind: 'plant' | 'near_miss',
    subject: Record<string, string>,
    measured: number,
    facts: readonly string[],
    sentence: string,
    at = this.last,
  ): void {
    const day = dateOf(dayOfInstant(at))
    this.stage.truth.know({
      code,
      kind,
      subject,
      unit_path: this.city.windows[0]!.unit.path,
      month: day.slice(0, 7),
      day,
      measured,
      facts,
      sentence,
    })
  }
}

/** V4.1: withdrawn with its number and accepted anew; near misses: no number was selected, a mortgage follows. */
function withdrawn(scene: Scene): void {
  const cases = [
    ['plant', true, 'registration', '选号后退办，又重新受理注册登记'],
    ['near_miss', false, 'registration', '未选号即退办，又重新受理'],
    ['near_miss', true, 'mortgage', '选号后退办，之后只办理抵押'],
  ] as const
  for (const [kind, selects, next, sentence] of cases) {
    const person = scene.person()
    const vehicle = scene.vehicle([person])
    const at = scene.before(20)
    const first = scene.business({ vehicle, person, at, kind: 'registration', withdrawn: true })
    const selection = selects ? [scene.select(first, vehicle, at, { withdrawn: at + 30 * MINUTE })] : []
    const again = scene.business({ vehicle, person, at: scene.last, kind: next })
    const facts = [first, ...selection, again]
    scene.note('V4.1', kind, { vehicle_id: vehicle.id }, kind === 'plant' ? 1 : 0, facts, sentence)
  }
}

/** V4.2: the user bought the vehicle whose number he takes along; near miss: he was its first owner and sold it. */
function formerOwners(scene: Scene): void {
  for (const bought of [true, false]) {
    const [user, other] = [scene.person(), scene.person()]
    const first = bought ? other : user
    const second = bought ? user : other
    const former = scene.vehicle([first], [second, scene.before(60)])
    const { vehicle, selection, transaction } = takeAlong(scene, user, former, 'trade_in')
    scene.note(
      'V4.2',
      bought ? 'plant' : 'near_miss',
      { vehicle_id: vehicle.id },
      bought ? 1 : 0,
      [selection, transaction],
      bought ? '使用原号，原车此前由他人转让给现使用人' : '首任所有人出售原车后使用原号',
    )
  }
}

/** A number taken along from `former` on the last day to a vehicle that the user buys. */
function takeAlong(scene: Scene, user: string, former: PlantedVehicle, ground: string, at = scene.last) {
  const vehicle = scene.vehicle([scene.person()], [user, at])
  const transaction = scene.business({ vehicle, person: user, at, kind: 'transfer_registration' })
  const selection = scene.select(transaction, vehicle, at, { former, ground })
  return { vehicle, selection, transaction }
}

/** V4.3: the ground of the original number. */
function restructuring(scene: Scene): void {
  for (const [kind, ground] of [
    ['plant', 'asset_restructuring'],
    ['near_miss', 'trade_in'],
  ] as const) {
    const user = scene.person()
    const former = scene.vehicle([user], [scene.person(), scene.before(30)])
    const { vehicle, selection } = takeAlong(scene, user, former, ground)
    scene.note(
      'V4.3',
      kind,
      { vehicle_id: vehicle.id },
      kind === 'plant' ? 1 : 0,
      [selection],
      kind === 'plant' ? '以资产重组方式使用原号' : '使用原号，依据为置换',
    )
  }
}

/** V4.4: owner corrected or co-owner changed after the number was taken along; near misses: before it, the colour. */
function afterwards(scene: Scene): void {
  const cases = [
    ['plant', 'owner', 25, '使用原号后更正所有人'],
    ['plant', 'co_owner', 25, '使用原号后变更共同所有人'],
    ['near_miss', 'owner', -5, '更正所有人之后才使用原号'],
    ['near_miss', 'colour', 25, '使用原号后更正车身颜色'],
  ] as const
  for (const [kind, field, days, sentence] of cases) {
    const user = scene.person()
    const used = days > 0 ? scene.before(days) : scene.last + 5 * MINUTE
    const former = scene.vehicle([user], [scene.person(), scene.before(40)])
    const { vehicle, selection } = takeAlong(scene, user, former, 'trade_in', used)
    const change =
      field === 'co_owner'
        ? scene.business({
            vehicle,
            person: user,
            at: scene.last,
            kind: 'change_registration',
            fields: [field],
          })
        : scene.correct(vehicle, field, scene.last)
    const subject = { vehicle_id: vehicle.id }
    scene.note('V4.4', kind, subject, kind === 'plant' ? 1 : 0, [selection, change], sentence)
    if (field === 'owner') scene.note('V6.1', 'plant', subject, 1, [change], '更正档案中的所有人')
  }
}

/** V4.5: sold with a number and bought back; near misses: bought by a third, sold without a number. */
function thereAndBack(scene: Scene): void {
  const cases = [
    ['plant', true, true, '转让选号后又转回原车主'],
    ['near_miss', false, true, '转让选号后转给第三人'],
    ['near_miss', true, false, '转让未选号，后转回原车主'],
  ] as const
  for (const [kind, back, selects, sentence] of cases) {
    const [first, second] = [scene.person(), scene.person()]
    const third = back ? first : scene.person()
    const away = scene.before(30)
    const vehicle = scene.vehicle([first], [second, away], [third, scene.last])
    const sold = scene.business({ vehicle, person: second, at: away, kind: 'transfer_registration' })
    if (selects) scene.select(sold, vehicle, away)
    const bought = scene.business({ vehicle, person: third, at: scene.last, kind: 'transfer_registration' })
    const subject = { vehicle_id: vehicle.id }
    scene.note('V4.5', kind, subject, kind === 'plant' ? 1 : 0, [sold, bought], sentence)
  }
}

/** V4.6: only the plate changes; near miss: the use as well. */
function plateAlone(scene: Scene): void {
  for (const fields of [['plate'], ['plate', 'use_nature']]) {
    const person = scene.person()
    const vehicle = scene.vehicle([person])
    const transaction = scene.business({
      vehicle,
      person,
      at: scene.last,
      kind: 'change_registration',
      fields,
    })
    const alone = fields.length === 1
    scene.note(
      'V4.6',
      alone ? 'plant' : 'near_miss',
      { transaction_id: transaction },
      alone ? 1 : 0,
      [transaction],
      alone ? '变更登记只变更号牌号码' : '变更号牌号码的同时变更使用性质',
    )
  }
}

/** V4.7: an original number in a change of co-owner; near miss: in a change of use. */
function coOwner(scene: Scene): void {
  for (const field of ['co_owner', 'use_nature']) {
    const person = scene.person()
    const vehicle = scene.vehicle([person])
    const former = scene.vehicle([person], [scene.person(), scene.before(30)])
    const transaction = scene.business({
      vehicle,
      person,
      at: scene.last,
      kind: 'change_registration',
      fields: [field, 'plate'],
    })
    const selection = scene.select(transaction, vehicle, scene.last, { former })
    const fires = field === 'co_owner'
    scene.note(
      'V4.7',
      fires ? 'plant' : 'near_miss',
      { transaction_id: transaction },
      fires ? 1 : 0,
      [transaction, selection],
      fires ? '变更共同所有人时使用原号' : '变更使用性质时使用原号',
    )
  }
}
