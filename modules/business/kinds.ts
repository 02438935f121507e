/**
 * Business kinds of vehicles and driving licences as data: reasons, steps after acceptance, time limit.
 *
 * Limits are working days (公安部令164 art. 92, 公安部令162 art. 110); agents: 164 art. 86, 162 ch. 3. Declared matters
 * will take the place of this table; everything else asks `businessKindOf` only.
 */

/** Steps of a transaction in order; `accept` is done when the transaction comes to be. */
export type Step = 'accept' | 'review' | 'issue' | 'archive'

/** Steps in words. */
export const STEP_TITLES: Readonly<Record<string, string>> = {
  accept: '受理',
  review: '复核',
  issue: '制证',
  archive: '归档',
}

/** What a business kind asks and allows. */
export interface BusinessKind {
  readonly code: string
  readonly subjectKind: 'vehicle' | 'licence'
  readonly title: string
  readonly reasons: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
  /** Working days from acceptance to completion. */
  readonly limitDays: number
  readonly agentAllowed: boolean
  /** Fields that the transaction may change, code → Chinese. */
  readonly changes: Readonly<Record<string, string>>
  /** The transaction brings a vehicle or an owner into being. */
  readonly makes: 'vehicle' | 'owner' | null
  /** External checks asked at acceptance; residence permits are asked for non-local applicants only. */
  readonly checks: readonly ('population' | 'residence_permit' | 'military_licence')[]
}

const FULL: readonly Step[] = ['accept', 'review', 'issue', 'archive']
const PAPERLESS: readonly Step[] = ['accept', 'review', 'archive']

const VEHICLE_CHANGES = {
  plate: '号牌号码',
  use_nature: '使用性质',
  administrative_division: '行政区划',
  co_owner: '共同所有人',
  colour: '车身颜色',
  engine: '发动机',
  body: '车身/车架',
  address: '住所地址',
}
const REPLACEMENT = { reissue: '补领', exchange: '换领' }

const kind = (
  subjectKind: BusinessKind['subjectKind'],
  code: string,
  title: string,
  rest: Partial<Omit<BusinessKind, 'code' | 'subjectKind' | 'title'>> = {},
): BusinessKind => ({
  code,
  subjectKind,
  title,
  reasons: {},
  steps: FULL,
  limitDays: 1,
  agentAllowed: true,
  changes: {},
  makes: null,
  ...rest,
  checks: [...(subjectKind === 'licence' ? (['population'] as const) : []), ...(rest.checks ?? [])],
})

/** All kinds in the order the desk offers them. */
export const businessKinds: readonly BusinessKind[] = [
  kind('vehicle', 'registration', '注册登记', {
    limitDays: 2,
    makes: 'vehicle',
    checks: ['residence_permit'],
  }),
  kind('vehicle', 'change_registration', '变更登记', { changes: VEHICLE_CHANGES }),
  kind('vehicle', 'transfer_registration', '转让登记', { makes: 'owner', checks: ['residence_permit'] }),
  kind('vehicle', 'mortgage', '抵押登记', { reasons: { create: '抵押', release: '解除抵押' } }),
  kind('vehicle', 'deregistration', '注销登记', {
    reasons: { scrap: '报废', lost: '灭失', returned: '退车', exported: '出境' },
    steps: PAPERLESS,
  }),
  kind('vehicle', 'plate_replacement', '补换领号牌', { reasons: REPLACEMENT, limitDays: 15 }),
  kind('vehicle', 'vehicle_licence_replacement', '补换领行驶证', { reasons: REPLACEMENT }),
  kind('vehicle', 'certificate_replacement', '补换领登记证书', { reasons: REPLACEMENT, agentAllowed: false }),
  kind('vehicle', 'temporary_plate', '核发临时号牌', {
    reasons: { within_district: '本行政辖区内行驶', cross_district: '跨行政辖区行驶' },
  }),
  kind('vehicle', 'inspection_mark', '核发检验标志', { steps: PAPERLESS }),
  kind('vehicle', 'vehicle_transfer_in', '转入', { limitDays: 3, checks: ['residence_permit'] }),
  kind('vehicle', 'vehicle_transfer_out', '转出', { limitDays: 3 }),
  kind('vehicle', 'entrusted_inspection', '委托异地检验', { steps: PAPERLESS }),
  kind('licence', 'first_licence', '初次申领', {
    reasons: {
      ordinary: '正常申领',
      expired_foreign_licence: '持过期境外驾驶证',
      expired_military_licence: '持过期军队驾驶证',
    },
    agentAllowed: false,
    checks: ['residence_permit'],
  }),
  kind('licence', 'added_class', '增加准驾车型', { agentAllowed: false, checks: ['residence_permit'] }),
  kind('licence', 'licence_exchange', '换证', {
    reasons: { expired: '期满换证', damaged: '损毁换证', age: '达到年龄换证', voluntary: '自愿降级' },
  }),
  kind('licence', 'licence_replacement', '补证'),
  kind('licence', 'validation', '审验', { steps: PAPERLESS }),
  kind('licence', 'full_mark_study', '满分学习', { agentAllowed: false, steps: PAPERLESS }),
  kind('licence', 'medical_report', '提交身体条件证明', { steps: PAPERLESS }),
  kind('licence', 'licence_transfer_in', '转入', {
    reasons: { exchange: '转入换证', id_number: '合并变更身份证明号码', replacement: '合并补证' },
    agentAllowed: false,
    checks: ['residence_permit'],
  }),
  kind('licence', 'military_exchange', '军警换证', {
    agentAllowed: false,
    checks: ['residence_permit', 'military_licence'],
  }),
  kind('licence', 'foreign_exchange', '境外换证', { agentAllowed: false, checks: ['residence_permit'] }),
  kind('licence', 'information_change', '变更信息', {
    reasons: { mobile: '变更手机号', address: '变更联系地址' },
    steps: PAPERLESS,
  }),
  kind('licence', 'licence_cancellation', '注销', { steps: PAPERLESS }),
  kind('licence', 'licence_restoration', '恢复驾驶资格', { agentAllowed: false }),
  kind('licence', 'licence_file_recreation', '档案补建', { agentAllowed: false, steps: PAPERLESS }),
]

const byCode = new Map(businessKinds.map((entry) => [entry.code, entry]))

/** The kind of a code; undefined for codes of other systems, which imports may bring. */
export const businessKindOf = (code: string): BusinessKind | undefined => byCode.get(code)

/** The step that follows `step` in the kind's order; null after the last. */
export function stepAfter(entry: BusinessKind, step: Step): Step | null {
  return entry.steps[entry.steps.indexOf(step) + 1] ?? null
}

/** Channels of handling (办理渠道) in words. */
export const CHANNELS: Readonly<Record<string, string>> = {
  window: '窗口办',
  institution: '社会办',
  online: '网上办',
  kiosk: '自助办',
}
