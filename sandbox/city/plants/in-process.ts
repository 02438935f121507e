/**
 * Plants of the indicators that judge a transaction while it is handled. Each scene is played several times: with the
 * last act left out (to be replayed: `trigger.transaction_id` is null) and with all of it recorded.
 */
import { dateOf, dayOfInstant } from '../calendar.ts'
import { ID_KIND } from '../numbers.ts'
import type { TransactionSpec } from '../record.ts'
import type { Trigger } from '../types.ts'
import { type CityPlan, NON_COMPLIANT, PLANT_QUOTA } from '../world.ts'
import type { Stage } from './stage.ts'

interface Scene {
  readonly stage: Stage
  readonly city: CityPlan
  /** When the act at hand is accepted. */
  readonly at: number
  /** Plant or near miss. */
  readonly fires: boolean
}

interface Act {
  readonly subject: Readonly<Record<string, string>>
  readonly measured: number
  readonly facts: readonly string[]
  readonly sentence: string
  readonly act: Omit<TransactionSpec, 'window' | 'timeline' | 'at'>
  readonly personChanges?: Trigger['person_changes']
  readonly amendment?: { readonly of: string; readonly after: string }
}

interface InProcessPlant {
  readonly code: string
  readonly play: (scene: Scene) => Act
  /**
   * The post-hoc indicator that a recorded plant reaches too. `standingMeasure`: what stands without the act at hand
   * already reaches it, and a recorded near miss would cross its threshold; null where it does neither.
   */
  readonly twin?: {
    readonly code: string
    readonly recordedMeasure: number
    /** What it measures while the act at hand is still to come; null = that is no crossing, nor is a near miss. */
    readonly standingMeasure: number | null
  }
}

const OUTSIDE = '430102'
const MONTH_AND_A_BIT = 35
const MINUTE = 60_000
/** From mid-morning to the middle of the afternoon's opening hours. */
const AFTERNOON = 300 * MINUTE

/** Plays every scene: two plants and two near misses to replay, and one of each recorded where that hurts no other count. */
export function plantInProcess(stage: Stage): void {
  const [large, small] = stage.world.cities
  let turn = 0
  for (const plant of IN_PROCESS) {
    const recordedAt = () => stage.daysBefore(stage.closingTime, 70 + ((turn++ * 5) % 150)) + AFTERNOON
    play(stage, plant, large, stage.closingTime, true, false)
    play(stage, plant, small, stage.closingTime, true, false)
    play(stage, plant, large, stage.closingTime, false, false)
    play(stage, plant, large, recordedAt(), true, true)
    if (!plant.twin || plant.twin.standingMeasure === null)
      play(stage, plant, large, recordedAt(), false, true)
  }
}

function play(
  stage: Stage,
  plant: InProcessPlant,
  city: CityPlan,
  at: number,
  fires: boolean,
  recorded: boolean,
): void {
  const {
    act,
    subject,
    measured,
    facts,
    sentence,
    personChanges = [],
    amendment,
  } = plant.play({ stage, city, at, fires })
  const { calendar } = stage.world
  const day = dateOf(dayOfInstant(at))
  const recordedId = recorded ? record(stage, city, at, act, personChanges, amendment) : null
  stage.truth.know({
    code: plant.code,
    mode: 'in_process',
    kind: fires ? 'plant' : 'near_miss',
    subject,
    unit_path: city.windows[0]!.unit.path,
    month: day.slice(0, 7),
    day,
    measured,
    facts: recordedId ? [...facts, recordedId] : facts,
    sentence,
    trigger: triggerOf(city, at, act, personChanges, amendment, recordedId),
  })
  const crossing = recorded ? plant.twin?.recordedMeasure : plant.twin?.standingMeasure
  if (plant.twin && fires && typeof crossing === 'number') {
    stage.truth.know({
      code: plant.twin.code,
      kind: 'plant',
      subject,
      unit_path: city.windows[0]!.unit.path,
      month: recorded ? day.slice(0, 7) : calendar.monthKeyOf(calendar.until - 1),
      day: recorded ? day : null,
      measured: crossing,
      facts: recordedId ? [...facts, recordedId] : facts,
      sentence: `${sentence}（事后研判同样命中）`,
    })
  }
}

function record(
  stage: Stage,
  city: CityPlan,
  at: number,
  act: Act['act'],
  personChanges: Trigger['person_changes'],
  amendment: Act['amendment'],
): string {
  if (amendment) return amend(stage, city, at, amendment)
  const id = stage.transaction(city, { ...act, at })
  for (const { field } of personChanges) changeOf(stage, city, act.personId!, id, field, at)
  return id
}

function changeOf(
  stage: Stage,
  city: CityPlan,
  personId: string,
  transactionId: string,
  field: string,
  at: number,
): string {
  const { unit, handlers } = city.windows[0]!
  return stage.recorder.fact('person_change', ID_KIND.personChange, at, unit, {
    person_id: personId,
    transaction_id: transactionId,
    field,
    at: new Date(at),
    operator_id: handlers[0]!.id,
  })
}

function amend(stage: Stage, city: CityPlan, at: number, amendment: NonNullable<Act['amendment']>): string {
  const { unit, handlers } = city.windows[0]!
  stage.recorder.fact('amendment', ID_KIND.amendment, at, unit, {
    transaction_id: amendment.of,
    field: 'address',
    before_region: city.regions[0]![0],
    after_region: amendment.after,
    at: new Date(at),
    operator_id: handlers[0]!.id,
    reason: '申请人要求',
    personal: { before: addressLabel(city.regions[0]![0]), after: addressLabel(amendment.after) },
  })
  return amendment.of
}

const addressLabel = (region: string) => `行政区划${region}解放路18号`

/** What the window handed in, or is to hand in. */
export function triggerOf(
  city: CityPlan,
  at: number,
  act: Act['act'],
  personChanges: Trigger['person_changes'],
  amendment: Act['amendment'],
  recordedId: string | null,
): Trigger {
  const { unit, handlers } = city.windows[0]!
  const before = city.regions[0]![0]
  return {
    act: amendment ? 'amendment' : 'transaction',
    transaction_id: amendment ? amendment.of : recordedId,
    subject_kind: act.subject,
    business_kind: act.kind,
    reason: act.reason ?? null,
    accepted_at: new Date(at),
    unit_id: unit.id,
    unit_path: unit.path,
    handler_id: handlers[0]!.id,
    vehicle_id: act.vehicleId ?? null,
    person_id: act.personId ?? null,
    organisation_id: act.organisationId ?? null,
    agent_id: act.agentId ?? null,
    local: act.local ?? null,
    licence_class: act.licenceClass ?? null,
    changes: act.changes ?? [],
    external_checks: act.checks ?? [],
    person_changes: personChanges,
    amendment: amendment
      ? {
          field: 'address',
          before_region: before,
          after_region: amendment.after,
          before: addressLabel(before),
          after: addressLabel(amendment.after),
        }
      : null,
  }
}

/** Transactions of one kind on one vehicle or driver, so many days before the act. */
function earlier(
  scene: Scene,
  days: readonly number[],
  spec: Omit<TransactionSpec, 'window' | 'timeline' | 'at'>,
): string[] {
  return days.map((before) =>
    scene.stage.transaction(scene.city, { ...spec, at: scene.stage.daysBefore(scene.at, before) }),
  )
}

const IN_PROCESS: readonly InProcessPlant[] = [
  {
    code: '012001',
    twin: { code: 'V5.1', standingMeasure: null, recordedMeasure: 11 },
    play(scene) {
      const { stage, city, fires } = scene
      const owner = stage.person(city)
      const facts: string[] = []
      for (let i = 0; i < (fires ? 11 : 10); i++)
        facts.push(stage.own(city, stage.vehicle(city), { person: owner.id }))
      stage.own(city, stage.vehicle(city), { person: owner.id }, { co: true })
      stage.own(city, stage.vehicle(city), { person: owner.id }, { to: stage.daysBefore(scene.at, 30) })
      const twelfth = stage.vehicle(city, { registeredDay: Math.floor(scene.at / 86_400_000) })
      return {
        subject: { person_id: owner.id },
        measured: facts.length,
        facts,
        sentence: `个人名下已有${facts.length}辆机动车（共有1辆、已转出1辆不计），再次办理注册登记`,
        act: {
          subject: 'vehicle',
          kind: 'registration',
          vehicleId: twelfth.id,
          personId: owner.id,
          local: true,
        },
      }
    },
  },
  {
    code: '012002',
    twin: { code: 'V5.3', standingMeasure: 21, recordedMeasure: 22 },
    play(scene) {
      const { stage, city, fires } = scene
      const owner = stage.person(city, { region: OUTSIDE })
      const register = (days: number, stageOfIt: 'completed' | 'withdrawn' = 'completed') => {
        const at = stage.daysBefore(scene.at, days)
        const vehicle = stage.vehicle(city, {
          type: 'M11',
          brand: '宗申牌',
          model: 'ZS150ZH-20',
          registeredDay: Math.floor(at / 86_400_000),
        })
        return stage.transaction(city, {
          subject: 'vehicle',
          kind: 'registration',
          at,
          window: city.windows[days % city.windows.length]!,
          vehicleId: vehicle.id,
          personId: owner.id,
          local: false,
          stage: stageOfIt,
          checks: [{ kind: 'residence_permit', outcome: 'found' }],
        })
      }
      const facts = Array.from({ length: fires ? 21 : 20 }, (_, i) => register(20 + i * 7))
      if (!fires) register(9, 'withdrawn')
      const vehicle = stage.vehicle(city, {
        type: 'M11',
        brand: '宗申牌',
        model: 'ZS150ZH-20',
        registeredDay: Math.floor(scene.at / 86_400_000),
      })
      return {
        subject: { person_id: owner.id },
        measured: facts.length,
        facts,
        sentence: `外地个人已注册${facts.length}辆三轮摩托车，再次注册`,
        act: {
          subject: 'vehicle',
          kind: 'registration',
          vehicleId: vehicle.id,
          personId: owner.id,
          local: false,
          checks: [{ kind: 'residence_permit', outcome: 'found' }],
        },
      }
    },
  },
  reissuePlant('012003', 'plate_replacement', '号牌', 'V2.3'),
  reissuePlant('012004', 'vehicle_licence_replacement', '行驶证', 'V2.1'),
  {
    code: '012005',
    twin: { code: 'V5.2', standingMeasure: 3, recordedMeasure: 4 },
    play(scene) {
      const { stage, city, fires } = scene
      const owner = stage.person(city)
      const buy = (days: number, use: string) => {
        const vehicle = stage.vehicle(city, { type: 'K11', brand: '宇通牌', model: 'ZK6122HQ', use })
        const at = stage.daysBefore(scene.at, days)
        stage.own(city, vehicle, { person: owner.id }, { from: at })
        return stage.transaction(city, {
          subject: 'vehicle',
          kind: 'transfer_registration',
          at,
          vehicleId: vehicle.id,
          personId: owner.id,
          local: true,
        })
      }
      const facts = fires ? [buy(140, 'A'), buy(90, 'L'), buy(20, 'U')] : [buy(140, 'A'), buy(90, 'L')]
      if (!fires) buy(20, 'E')
      const next = stage.vehicle(city, { type: 'K12', brand: '宇通牌', model: 'ZK6122HQ', use: 'L' })
      return {
        subject: { person_id: owner.id },
        measured: facts.length,
        facts,
        sentence: `个人名下已登记${facts.length}辆非营运或营转非大客车，再次办理转让登记`,
        act: {
          subject: 'vehicle',
          kind: 'transfer_registration',
          vehicleId: next.id,
          personId: owner.id,
          local: true,
        },
      }
    },
  },
  {
    code: '012006',
    play({ stage, city, fires }) {
      const applicant = stage.person(city, {
        region: OUTSIDE,
        addressRegion: fires ? '440106' : city.regions[0]![0],
      })
      const vehicle = stage.vehicle(city)
      stage.own(city, vehicle, { person: applicant.id })
      return {
        subject: { person_id: applicant.id, vehicle_id: vehicle.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires ? '外地身份证且填报外地地址申领临时号牌' : '外地身份证但填报本地地址申领临时号牌',
        act: {
          subject: 'vehicle',
          kind: 'temporary_plate',
          vehicleId: vehicle.id,
          personId: applicant.id,
          local: false,
        },
      }
    },
  },
  {
    code: '012007',
    play({ stage, city, fires }) {
      const applicant = stage.person(city, { region: OUTSIDE })
      const vehicle = stage.vehicle(city)
      return {
        subject: { person_id: applicant.id, vehicle_id: vehicle.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires ? '居住证核查无信息' : '居住证核查先答无信息，后查到',
        act: {
          subject: 'vehicle',
          kind: 'registration',
          vehicleId: vehicle.id,
          personId: applicant.id,
          local: false,
          checks: residenceAnswers(fires),
        },
      }
    },
  },
  {
    code: '012101',
    twin: { code: 'V4.1', standingMeasure: null, recordedMeasure: 1 },
    play(scene) {
      const { stage, city, fires } = scene
      const owner = stage.person(city)
      const vehicle = stage.vehicle(city)
      const at = stage.daysBefore(scene.at, 25)
      const withdrawn = stage.transaction(city, {
        subject: 'vehicle',
        kind: 'registration',
        at,
        vehicleId: vehicle.id,
        personId: owner.id,
        local: true,
        stage: 'withdrawn',
      })
      const facts = [withdrawn]
      if (fires)
        facts.push(
          stage.recorder.selection(
            city.windows[0]!.unit,
            withdrawn,
            vehicle.id,
            vehicle.plate,
            at + 60_000,
            at + 900_000,
          ),
        )
      return {
        subject: { vehicle_id: vehicle.id },
        measured: fires ? 1 : 0,
        facts,
        sentence: fires ? '选号后退办，现又重新办理' : '未选号的业务退办后重新办理',
        act: {
          subject: 'vehicle',
          kind: 'registration',
          vehicleId: vehicle.id,
          personId: owner.id,
          local: true,
        },
      }
    },
  },
  {
    code: '012102',
    play({ stage, city, fires }) {
      const owner = stage.person(city)
      const vehicle = stage.vehicle(city)
      stage.own(city, vehicle, { person: owner.id })
      const plate = {
        field: 'plate',
        before: vehicle.plate,
        after: `${vehicle.plate.slice(0, 2)}0L${vehicle.plate.slice(4)}`,
      }
      const changes = fires
        ? [plate, { field: 'colour', before: 'A', after: 'J' }]
        : [plate, { field: 'use_nature', before: 'F', after: 'A' }]
      return {
        subject: { vehicle_id: vehicle.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires
          ? '变更登记变更号牌号码，未变更使用性质和行政区划'
          : '变更号牌号码的同时变更了使用性质',
        act: {
          subject: 'vehicle',
          kind: 'change_registration',
          vehicleId: vehicle.id,
          personId: owner.id,
          local: true,
          changes,
        },
      }
    },
  },
  {
    code: '012103',
    play(scene) {
      const { stage, city, at, fires } = scene
      const organisation = stage.organisation(city)
      const [first, second] = ['ZK6122HQ', fires ? 'ZK6122HQ' : 'ZK6119H'].map((model) => {
        const vehicle = stage.vehicle(city, { type: 'K11', brand: '宇通牌', model, use: 'E' })
        stage.own(city, vehicle, { organisation })
        return vehicle
      })
      const facts = [
        stage.transaction(city, {
          subject: 'vehicle',
          kind: 'plate_replacement',
          reason: 'exchange',
          at: at - 40 * MINUTE,
          vehicleId: first!.id,
          organisationId: organisation,
          local: true,
        }),
      ]
      return {
        subject: { organisation_id: organisation, model: second!.model, vehicle_id: second!.id },
        measured: fires ? 2 : 1,
        facts: fires ? facts : [],
        sentence: fires ? '同日同单位同车型第2次补换领号牌' : '同日同单位补换领号牌，但车型不同',
        act: {
          subject: 'vehicle',
          kind: 'plate_replacement',
          reason: 'reissue',
          vehicleId: second!.id,
          organisationId: organisation,
          local: true,
        },
      }
    },
  },
  {
    code: '012104',
    play({ stage, city, fires }) {
      const owner = stage.person(city)
      const vehicle = stage.vehicle(city, {
        type: 'K31',
        brand: '海龙牌',
        model: fires ? NON_COMPLIANT[0] : `${NON_COMPLIANT[0]}A`,
      })
      return {
        subject: { vehicle_id: vehicle.id, model: vehicle.model },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires ? '注册登记车辆的车型在违规产品名单内' : '车型只差一个字符，不在违规产品名单内',
        act: {
          subject: 'vehicle',
          kind: 'registration',
          vehicleId: vehicle.id,
          personId: owner.id,
          local: true,
        },
      }
    },
  },
  {
    code: '012105',
    play({ stage, city, fires }) {
      const owner = stage.person(city)
      const vehicle = stage.vehicle(city)
      stage.own(city, vehicle, { person: owner.id })
      const changes = [
        fires
          ? { field: 'co_owner', before: '无', after: '新增共有人' }
          : { field: 'colour', before: 'A', after: 'H' },
      ]
      return {
        subject: { vehicle_id: vehicle.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires ? '变更共同所有人' : '只变更车身颜色',
        act: {
          subject: 'vehicle',
          kind: 'change_registration',
          vehicleId: vehicle.id,
          personId: owner.id,
          local: true,
          changes,
        },
      }
    },
  },
  agentPlant('012106', 'vehicle'),
  {
    code: '022001',
    play({ stage, city, fires }) {
      const other = stage.person(city, { licence: true })
      const applicant = stage.person(city, {
        mobile: other.mobile,
        address: fires ? undefined : other.address,
        licence: true,
      })
      return {
        subject: { person_id: applicant.id },
        measured: fires ? 1 : 0,
        facts: [other.id],
        sentence: fires ? '另一名驾驶人手机号相同而联系地址不同' : '另一名驾驶人手机号和联系地址都相同',
        act: {
          subject: 'licence',
          kind: 'licence_exchange',
          reason: 'expiry',
          personId: applicant.id,
          local: true,
          licenceClass: 'C1',
          checks: ALIVE,
        },
      }
    },
  },
  repeatPlant('022002', 'licence_replacement', '补证', 'L5.1'),
  repeatPlant('022003', 'licence_transfer_in', '转入'),
  {
    code: '022101',
    play({ stage, city, fires, at }) {
      const driver = stage.person(city, { licence: true })
      const answer = Math.floor(at / 1000) % 2 === 0 || city.index === 1 ? 'deceased' : 'none'
      return {
        subject: { person_id: driver.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires
          ? `人口库核查答复：${answer === 'none' ? '无信息' : '已死亡'}`
          : '人口库核查先答无信息，后查到',
        act: {
          subject: 'licence',
          kind: 'licence_exchange',
          reason: 'expiry',
          personId: driver.id,
          local: true,
          licenceClass: 'C1',
          checks: fires
            ? [{ kind: 'population', outcome: answer }]
            : [{ kind: 'population', outcome: 'none' }, ...ALIVE],
        },
      }
    },
  },
  {
    code: '022102',
    play(scene) {
      const { stage, city, at, fires } = scene
      const driver = stage.person(city, { licence: true })
      const running = at === stage.closingTime
      const act = {
        subject: 'licence',
        kind: 'licence_exchange',
        reason: 'expiry',
        personId: driver.id,
        local: true,
        licenceClass: 'C1',
        checks: ALIVE,
      } as const
      const of = stage.transaction(city, {
        ...act,
        at: at - 30 * MINUTE,
        stage: running ? 'accepted' : 'completed',
        timeline: { review: at + 600_000, issue: at + 1_200_000, archive: at + 1_800_000 },
      })
      return {
        subject: { transaction_id: of, person_id: driver.id },
        measured: fires ? 1 : 0,
        facts: [of],
        sentence: fires ? '流水修改将联系地址由本地改为外地' : '流水修改后的联系地址仍在本地',
        act,
        amendment: { of, after: fires ? OUTSIDE : city.regions[1]![0] },
      }
    },
  },
  {
    code: '022103',
    play(scene) {
      const { stage, city, fires } = scene
      const driver = stage.person(city, { licence: true })
      const before = stage.daysBefore(scene.at, fires ? 12 : MONTH_AND_A_BIT)
      const act = {
        subject: 'licence',
        kind: 'information_change',
        reason: 'mobile',
        personId: driver.id,
        local: true,
        licenceClass: 'C1',
        checks: ALIVE,
      } as const
      const earlierOne = stage.transaction(city, { ...act, at: before })
      const facts = [changeOf(stage, city, driver.id, earlierOne, 'mobile', before)]
      return {
        subject: { person_id: driver.id },
        measured: fires ? 2 : 1,
        facts: fires ? facts : [],
        sentence: fires ? '一个月内第2次变更手机号' : '上次变更手机号已过一个月',
        act,
        personChanges: [{ field: 'mobile', value: '13907730000' }],
      }
    },
  },
  {
    code: '022104',
    play({ stage, city, fires }) {
      const applicant = stage.person(city, { region: OUTSIDE })
      return {
        subject: { person_id: applicant.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires ? '居住证核查无信息' : '居住证核查先答无信息，后查到',
        act: {
          subject: 'licence',
          kind: 'first_licence',
          personId: applicant.id,
          local: false,
          licenceClass: 'C1',
          checks: [...ALIVE, ...residenceAnswers(fires)],
        },
      }
    },
  },
  agentPlant('022105', 'licence'),
  {
    code: '022106',
    play({ stage, city, fires }) {
      const applicant = stage.person(city)
      const checks = fires ? ALIVE : [...ALIVE, { kind: 'military_licence', outcome: 'confirmed' }]
      return {
        subject: { person_id: applicant.id },
        measured: fires ? 1 : 0,
        facts: [],
        sentence: fires ? '军警驾驶证换证未经核查' : '军警驾驶证换证，核查属实',
        act: {
          subject: 'licence',
          kind: 'military_exchange',
          personId: applicant.id,
          local: true,
          licenceClass: 'C1',
          checks,
        },
      }
    },
  },
]

const ALIVE = [{ kind: 'population', outcome: 'found' }]

function residenceAnswers(fires: boolean): { kind: string; outcome: string }[] {
  const none = { kind: 'residence_permit', outcome: 'none' }
  return fires ? [none] : [none, { kind: 'residence_permit', outcome: 'found' }]
}

/** Four re-issues within a year; the near miss has three, with one withdrawn and one exchange beside them. */
function reissuePlant(code: string, kind: string, what: string, twin: string): InProcessPlant {
  return {
    code,
    twin: { code: twin, standingMeasure: 3, recordedMeasure: 4 },
    play(scene) {
      const { stage, city, fires } = scene
      const owner = stage.person(city)
      const vehicle = stage.vehicle(city)
      stage.own(city, vehicle, { person: owner.id })
      const act = {
        subject: 'vehicle',
        kind,
        reason: 'reissue',
        vehicleId: vehicle.id,
        personId: owner.id,
        local: true,
      } as const
      const facts = earlier(scene, fires ? [27, 20, 13] : [27, 13], act)
      if (!fires) {
        earlier(scene, [20], { ...act, stage: 'withdrawn' })
        earlier(scene, [18], { ...act, reason: 'exchange' })
      }
      return {
        subject: { vehicle_id: vehicle.id },
        measured: facts.length + 1,
        facts,
        sentence: `十二个月内第${facts.length + 1}次补领${what}`,
        act,
      }
    },
  }
}

/** Twice within a rolling month; the near miss lies longer apart. */
function repeatPlant(code: string, kind: string, what: string, twin?: string): InProcessPlant {
  return {
    code,
    ...(twin ? { twin: { code: twin, recordedMeasure: 2, standingMeasure: null } } : {}),
    play(scene) {
      const driver = scene.stage.person(scene.city, { licence: true })
      const act = {
        subject: 'licence',
        kind,
        personId: driver.id,
        local: true,
        licenceClass: 'C1',
        checks: ALIVE,
      } as const
      const facts = earlier(scene, [scene.fires ? 10 : MONTH_AND_A_BIT], act)
      if (!scene.fires) earlier(scene, [6], { ...act, stage: 'withdrawn' })
      return {
        subject: { person_id: driver.id },
        measured: scene.fires ? 2 : 1,
        facts: scene.fires ? facts : [],
        sentence: scene.fires ? `一个月内第2次${what}` : `上次${what}已过一个月，其间一次退办`,
        act,
      }
    },
  }
}

/** The agent's day limit is reached (in the large city) or the month limit (in the small one); the near miss stays one below. */
function agentPlant(code: string, subject: 'vehicle' | 'licence'): InProcessPlant {
  return {
    code,
    play(scene) {
      const { stage, city, at, fires } = scene
      const agentId = stage.agent(city)
      const person = stage.person(city, { licence: true })
      const vehicle = subject === 'vehicle' ? stage.vehicle(city) : null
      if (vehicle) stage.own(city, vehicle, { person: person.id })
      const act = {
        subject,
        kind: subject === 'vehicle' ? 'mortgage' : 'licence_exchange',
        reason: subject === 'vehicle' ? null : 'expiry',
        vehicleId: vehicle?.id ?? null,
        personId: person.id,
        agentId,
        local: true,
        ...(subject === 'licence' ? { licenceClass: 'C1', checks: ALIVE } : {}),
      } as const
      const byMonth = city.index === 1
      const moments = byMonth
        ? monthMoments(stage, at)
        : dayMoments(at, fires ? PLANT_QUOTA.day : PLANT_QUOTA.day - 1)
      const facts = moments.map((moment) => stage.transaction(city, { ...act, at: moment }))
      if (!fires) stage.transaction(city, { ...act, at: at - 3 * MINUTE, stage: 'withdrawn' })
      return {
        subject: { agent_id: agentId },
        measured: facts.length,
        facts,
        sentence: byMonth
          ? `代理人当月已办${facts.length}笔，达到月上限`
          : `代理人当日已办${facts.length}笔，日上限${PLANT_QUOTA.day}笔`,
        act,
      }
    },
  }
}

function dayMoments(at: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => at - (i + 1) * 7 * MINUTE)
}

/** Twenty moments on earlier working days of the same month, at most four a day. */
function monthMoments(stage: Stage, at: number): number[] {
  const moments: number[] = []
  for (let days = 1; moments.length < PLANT_QUOTA.month; days++) {
    const morning = stage.daysBefore(at, days)
    for (let n = 0; n < 4 && moments.length < PLANT_QUOTA.month; n++)
      moments.push(morning + n * 10 * MINUTE + (days % 7) * 1000)
  }
  return moments
}
