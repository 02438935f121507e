/** Operations of business handling. Pure schemas: console and portal import this file. */
import { isoInstant, operationsOf, pageOf, pageQuery, sortBy } from '@hengjian/platform/contract'
import { z } from 'zod'
import { importOperations } from './imports/contract.ts'
import { businessPermissions } from './permissions.ts'

export { type ImportView, importState, importView } from './imports/contract.ts'
export { businessPermissions } from './permissions.ts'

const operation = operationsOf(businessPermissions, '业务办理')

const code = z.string().trim().min(1).max(64)
const reasonText = z.string().trim().min(2, '请填写理由（至少两个字）').max(500)

export const subjectKind = z.enum(['vehicle', 'licence'])
export const channel = z.enum(['window', 'institution', 'online', 'kiosk'])
export const transactionState = z.enum([
  'accepted',
  'held',
  'in_review',
  'returned',
  'approved',
  'issued',
  'archived',
  'completed',
  'suspended',
  'withdrawn',
])
export const step = z.enum(['accept', 'review', 'issue', 'archive'])

/** A person as shown: masked until unmasking is asked for and recorded. */
export const personView = z.object({
  id: z.uuid(),
  kind: z.enum(['person', 'organisation']),
  name: z.string().nullable(),
  idNumber: z.string().nullable(),
  mobile: z.string().nullable(),
  address: z.string().nullable(),
  idRegion: z.string().nullable(),
  addressRegion: z.string().nullable(),
  masked: z.boolean(),
})

export const vehicleView = z.object({
  id: z.uuid(),
  plateKind: z.string().nullable(),
  plate: z.string().nullable(),
  vin: z.string().nullable(),
  vehicleType: z.string().nullable(),
  useNature: z.string().nullable(),
  brand: z.string().nullable(),
  model: z.string().nullable(),
  colour: z.string().nullable(),
  firstRegisteredAt: z.string().nullable(),
  status: z.string().nullable(),
  unitPath: z.string(),
})

export const warningView = z.object({
  id: z.uuid(),
  code: z.string(),
  title: z.string(),
  sentence: z.string(),
  effect: z.enum(['prompt', 'authorise']),
  state: z.enum(['shown', 'acknowledged']),
})

/** Page of the console; null where the caller may not open it. */
const link = z.string().nullable().describe('Page of the console; null where the caller may not open it')

/** One row of a list of transactions. */
export const transactionRow = z.object({
  id: z.uuid(),
  serial: z.string(),
  subjectKind: z.string(),
  businessKind: z.string(),
  businessTitle: z.string(),
  reason: z.string().nullable(),
  state: z.string(),
  channel: z.string(),
  plate: z.string().nullable(),
  vehicleLink: link,
  person: z.string().nullable().describe('Masked name of owner or driver'),
  personLink: link,
  handlerId: z.uuid().nullable(),
  handler: z.string().nullable(),
  unitPath: z.string(),
  unit: z.string().nullable(),
  acceptedAt: isoInstant,
  completedAt: isoInstant.nullable(),
  dueAt: isoInstant.nullable(),
})

/** From when to when a vehicle is owned. */
const ownership = z.object({
  id: z.uuid(),
  coOwner: z.boolean(),
  from: isoInstant,
  to: isoInstant.nullable(),
})

/** A vehicle's file. */
export const vehicleFile = vehicleView.extend({
  unit: z.string().nullable(),
  scrapDueAt: z.string().nullable(),
  accident: z.boolean().nullable(),
  keyVehicle: z.boolean().nullable(),
  owners: z.array(ownership.extend({ person: personView, personLink: link })).describe('Newest first'),
  numbers: z.array(
    z.object({
      id: z.uuid(),
      number: z.string().nullable(),
      selectedAt: isoInstant,
      withdrawnAt: isoInstant.nullable(),
      originalNumber: z.boolean(),
    }),
  ),
})

/** A person's or organisation's file, masked. */
export const personFile = personView.extend({
  unitPath: z.string(),
  unit: z.string().nullable(),
  birthYear: z.number().int().nullable(),
  licences: z.array(
    z.object({
      id: z.uuid(),
      classes: z.string().nullable(),
      state: z.string().nullable(),
      firstIssuedAt: z.string().nullable(),
      validUntil: z.string().nullable(),
      points: z.number().int().nullable(),
    }),
  ),
  vehicles: z
    .array(ownership.extend({ vehicle: vehicleView, vehicleLink: link }))
    .describe('Newest first, at most 100'),
  changes: z
    .array(z.object({ id: z.uuid(), field: z.string(), at: isoInstant, operator: z.string().nullable() }))
    .describe('Newest first, at most 100; what changed, not from what to what'),
})

/** A periodic inspection of a vehicle. */
const inspectionRow = z.object({
  id: z.uuid(),
  at: isoInstant,
  institution: z.string().nullable(),
  line: z.string().nullable(),
  attempt: z.number().int().nullable(),
  passed: z.boolean().nullable(),
  auditor: z.string().nullable(),
  auditedAt: isoInstant.nullable(),
})

/** One sitting of an examination. */
const examinationRow = z.object({
  id: z.uuid(),
  at: isoInstant,
  subject: z.string(),
  licenceClass: z.string().nullable(),
  site: z.string().nullable(),
  examiner: z.string().nullable(),
  attempt: z.number().int().nullable(),
  score: z.number().nullable(),
  passed: z.boolean().nullable(),
})

const transactionAction = z.enum([
  'review',
  'issue',
  'archive',
  'return',
  'resubmit',
  'withdraw',
  'suspend',
  'resume',
  'amend',
  'acknowledge',
])

export const transactionDetail = transactionRow.extend({
  vehicle: vehicleView.nullable(),
  applicant: personView.nullable(),
  agentId: z.uuid().nullable(),
  agent: z.string().nullable(),
  licenceClass: z.string().nullable(),
  issuingCountry: z.string().nullable(),
  local: z.boolean().nullable(),
  workingTime: z.boolean().nullable(),
  changes: z.array(
    z.object({
      field: z.string(),
      title: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
  steps: z.array(
    z.object({
      id: z.uuid(),
      step: z.string(),
      state: z.string(),
      operatorId: z.uuid().nullable(),
      operator: z.string().nullable(),
      openedAt: isoInstant,
      doneAt: isoInstant.nullable(),
      opinion: z.string().nullable(),
    }),
  ),
  warnings: z.array(warningView),
  authorisationId: z.uuid().nullable(),
  actions: z.array(transactionAction).describe('What the caller may do now'),
  timeline: z.array(
    z.object({
      at: isoInstant,
      kind: z.string(),
      title: z.string(),
      who: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
})

const decided = z.object({
  id: z.uuid(),
  serial: z.string(),
  state: transactionState,
  warnings: z.array(warningView),
  authorisationId: z.uuid().nullable(),
})

/** A person as entered at the window. `idNumber` of residents is checked digit by digit. */
export const personInput = z.object({
  kind: z.enum(['person', 'organisation']).default('person'),
  name: z.string().trim().min(1).max(100),
  idNumber: z.string().trim().min(4).max(30),
  mobile: z.string().trim().max(20).optional(),
  address: z.string().trim().max(200).optional(),
  addressRegion: z
    .string()
    .regex(/^\d{6}$/, '行政区划为6位数字')
    .optional(),
})

export const vehicleInput = z.object({
  plateKind: code,
  plate: z.string().trim().max(12).optional(),
  vin: z.string().trim().min(4).max(20),
  vehicleType: code,
  useNature: code,
  brand: z.string().trim().max(60).optional(),
  model: z.string().trim().min(1).max(60),
  colour: code.optional(),
})

export const businessContract = {
  listBusinessKinds: operation({
    id: 'business.list-business-kinds',
    method: 'GET',
    path: '/business-kinds',
    permission: 'signed-in',
    summary: '业务类型目录',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          code: z.string(),
          subjectKind,
          title: z.string(),
          reasons: z.array(z.object({ code: z.string(), title: z.string() })),
          steps: z.array(step),
          limitDays: z.number().int(),
          agentAllowed: z.boolean(),
          changes: z.array(z.object({ code: z.string(), title: z.string() })),
          makes: z.enum(['vehicle', 'owner']).nullable(),
        }),
      ),
    }),
  }),
  acceptTransaction: operation({
    id: 'business.accept-transaction',
    method: 'POST',
    path: '/transactions',
    permission: 'business.transaction.accept',
    summary: '受理业务',
    description: '同一 requestId 重复提交只受理一次，返回首次的结果。需授权时返回 state = held。',
    status: 201,
    input: z.object({
      requestId: z.uuid().describe('Made by the client; makes a repeated submission harmless'),
      businessKind: code,
      reason: code.optional(),
      channel: channel.default('window'),
      vehicleId: z.uuid().optional(),
      vehicle: vehicleInput.optional().describe('Particulars of a vehicle to be registered'),
      personId: z.uuid().optional(),
      person: personInput.optional().describe('Applicant not yet on record, or entered anew'),
      agentId: z.uuid().optional(),
      institutionId: z.uuid().optional(),
      kioskId: z.uuid().optional(),
      changes: z
        .array(
          z.object({
            field: code,
            before: z.string().max(60).optional(),
            after: z.string().max(60).optional(),
          }),
        )
        .max(20)
        .default([]),
      selectedNumber: z.string().trim().max(12).optional(),
      licenceClass: z.string().trim().max(8).optional(),
      issuingCountry: z.string().trim().max(3).optional(),
      permitNumber: z.string().trim().max(40).optional(),
      newMobile: z.string().trim().max(20).optional().describe('For information_change, reason mobile'),
    }),
    output: decided.extend({ dueAt: isoInstant.nullable() }),
  }),
  findTransactions: operation({
    id: 'business.find-transactions',
    method: 'GET',
    path: '/transactions',
    permission: 'business.transaction.find',
    summary: '查询业务流水',
    exported: { title: '业务流水', personal: ['idNumber'] },
    input: pageQuery.extend({
      state: z.array(transactionState).max(10).optional(),
      subjectKind: subjectKind.optional(),
      businessKind: code.optional(),
      channel: channel.optional(),
      serial: z.string().trim().max(40).optional(),
      plate: z.string().trim().max(12).optional(),
      idNumber: z.string().trim().max(30).optional(),
      vehicleId: z.uuid().optional(),
      personId: z.uuid().optional().describe('A person or an organisation'),
      handlerId: z.uuid().optional(),
      unitPath: z.string().max(200).optional(),
      acceptedFrom: isoInstant.optional(),
      acceptedUntil: isoInstant.optional(),
      mine: z.boolean().optional().describe('Handled by the caller'),
      sort: sortBy('acceptedAt', 'dueAt', 'serial'),
    }),
    output: pageOf(transactionRow),
  }),
  countTransactions: operation({
    id: 'business.count-transactions',
    method: 'GET',
    path: '/transactions/counts',
    permission: 'business.transaction.find',
    summary: '按状态统计未办结业务',
    input: z.object({}),
    output: z.object({ items: z.array(z.object({ state: z.string(), count: z.number().int() })) }),
  }),
  getTransaction: operation({
    id: 'business.get-transaction',
    method: 'GET',
    path: '/transactions/{id}',
    permission: 'business.transaction.find',
    summary: '业务流水详情',
    input: z.object({ id: z.uuid() }),
    output: transactionDetail,
  }),
  completeStep: operation({
    id: 'business.complete-step',
    method: 'POST',
    path: '/transactions/{id}/steps/{step}/complete',
    permission: 'business.transaction.find',
    summary: '完成办理环节（复核、制证、归档）',
    input: z.object({
      id: z.uuid(),
      step: z.enum(['review', 'issue', 'archive']),
      opinion: z.string().trim().max(500).optional(),
    }),
    output: decided,
  }),
  returnTransaction: operation({
    id: 'business.return-transaction',
    method: 'POST',
    path: '/transactions/{id}/return',
    permission: 'business.transaction.review',
    summary: '退回上一环节补正',
    input: z.object({ id: z.uuid(), reason: reasonText }),
    output: decided,
  }),
  resubmitTransaction: operation({
    id: 'business.resubmit-transaction',
    method: 'POST',
    path: '/transactions/{id}/resubmit',
    permission: 'business.transaction.accept',
    summary: '补正后重新提交复核',
    input: z.object({ id: z.uuid(), opinion: z.string().trim().max(500).optional() }),
    output: decided,
  }),
  withdrawTransaction: operation({
    id: 'business.withdraw-transaction',
    method: 'POST',
    path: '/transactions/{id}/withdraw',
    permission: 'business.transaction.withdraw',
    summary: '退办',
    input: z.object({ id: z.uuid(), reason: reasonText }),
    output: decided,
  }),
  suspendTransaction: operation({
    id: 'business.suspend-transaction',
    method: 'POST',
    path: '/transactions/{id}/suspend',
    permission: 'business.transaction.withdraw',
    summary: '挂起',
    input: z.object({ id: z.uuid(), reason: reasonText }),
    output: decided,
  }),
  resumeTransaction: operation({
    id: 'business.resume-transaction',
    method: 'POST',
    path: '/transactions/{id}/resume',
    permission: 'business.transaction.withdraw',
    summary: '恢复办理',
    input: z.object({ id: z.uuid() }),
    output: decided,
  }),
  amendTransaction: operation({
    id: 'business.amend-transaction',
    method: 'POST',
    path: '/transactions/{id}/amendments',
    permission: 'business.transaction.amend',
    summary: '流水修改',
    status: 201,
    input: z.object({
      id: z.uuid(),
      field: z.enum(['address', 'mobile', 'name', 'licence_class', 'colour']),
      value: z.string().trim().min(1).max(200),
      region: z
        .string()
        .regex(/^\d{6}$/, '行政区划为6位数字')
        .optional()
        .describe('Region of the new address'),
      reason: reasonText,
    }),
    output: decided,
  }),
  findVehicles: operation({
    id: 'business.find-vehicles',
    method: 'GET',
    path: '/vehicles',
    permission: 'business.vehicle.find',
    summary: '按号牌或车辆识别代号查询机动车',
    input: z.object({
      plate: z.string().trim().max(12).optional(),
      vin: z.string().trim().max(20).optional(),
    }),
    output: z.object({ items: z.array(vehicleView.extend({ owner: personView.nullable() })) }),
  }),
  getVehicle: operation({
    id: 'business.get-vehicle',
    method: 'GET',
    path: '/vehicles/{id}',
    permission: 'business.vehicle.find',
    summary: '查看机动车档案（记入审计）',
    input: z.object({ id: z.uuid() }),
    output: vehicleFile,
  }),
  findInspections: operation({
    id: 'business.find-inspections',
    method: 'GET',
    path: '/inspections',
    permission: 'business.vehicle.find',
    summary: '查询机动车的检验记录',
    input: pageQuery.extend({ vehicleId: z.uuid(), sort: sortBy('at') }),
    output: pageOf(inspectionRow),
  }),
  getPerson: operation({
    id: 'business.get-person',
    method: 'GET',
    path: '/persons/{id}',
    permission: 'business.person.find',
    summary: '查看人员档案（个人信息遮蔽，记入审计）',
    input: z.object({ id: z.uuid() }),
    output: personFile,
  }),
  findExaminations: operation({
    id: 'business.find-examinations',
    method: 'GET',
    path: '/examinations',
    permission: 'business.person.find',
    summary: '查询人员的考试记录',
    input: pageQuery.extend({ candidateId: z.uuid(), sort: sortBy('at') }),
    output: pageOf(examinationRow),
  }),
  findPersons: operation({
    id: 'business.find-persons',
    method: 'GET',
    path: '/persons',
    permission: 'business.person.find',
    summary: '按身份证明号码或手机号查询人员',
    input: z.object({
      idNumber: z.string().trim().max(30).optional(),
      mobile: z.string().trim().max(20).optional(),
    }),
    output: z.object({ items: z.array(personView) }),
  }),
  unmaskPerson: operation({
    id: 'business.unmask-person',
    method: 'POST',
    path: '/persons/{id}/unmask',
    permission: 'business.person.unmask',
    summary: '查看人员完整信息（记入审计）',
    input: z.object({ id: z.uuid(), reason: reasonText }),
    output: personView,
  }),
  searchRecords: operation({
    id: 'business.search-records',
    method: 'GET',
    path: '/search',
    permission: 'business.transaction.find',
    summary: '全局检索：流水号、号牌、身份证明号码、车辆识别代号',
    input: z.object({ text: z.string().trim().min(3).max(40) }),
    output: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['transaction', 'vehicle', 'person']),
          id: z.uuid(),
          title: z.string(),
          detail: z.string(),
          link,
        }),
      ),
    }),
  }),
  ...importOperations,
}
