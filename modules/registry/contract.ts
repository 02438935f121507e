/** Operations of registry: institutions, staff, agents as far as facts name them (BIZ-30, BIZ-31, BIZ-40). */
import { operationsOf, pageOf, pageQuery, sortBy } from '@hengjian/platform/contract'
import { z } from 'zod'
import { registryPermissions } from './permissions.ts'

export { registryPermissions } from './permissions.ts'

const operation = operationsOf(registryPermissions, '机构、人员与代理人备案')

/** Kinds of institution (社会化服务机构), in words. */
export const institutionKinds = {
  inspection_station: '检验机构',
  exam_site: '考场',
  driving_school: '驾校',
  hospital: '医院',
  dealer: '4S 店',
  used_car_market: '二手车市场',
  registration_station: '机动车登记服务站',
  service_station: '服务站',
  post_office: '邮政网点',
  training_body: '培训机构',
  other: '其他',
} as const
export const institutionKind = z.enum(
  Object.keys(institutionKinds) as [keyof typeof institutionKinds, ...(keyof typeof institutionKinds)[]],
)
export type InstitutionKind = z.infer<typeof institutionKind>

/** States of a filing, in words. */
export const filingStates = { active: '正常', suspended: '暂停', revoked: '撤销' } as const
export const filingState = z.enum(['active', 'suspended', 'revoked'])
export type FilingState = z.infer<typeof filingState>

export const institutionView = z.object({
  id: z.uuid(),
  kind: institutionKind,
  code: z.string().nullable(),
  name: z.string(),
  unitPath: z.string(),
  region: z.string().nullable(),
  state: filingState,
  source: z.string(),
})
export type InstitutionView = z.infer<typeof institutionView>

export const staffView = z.object({
  id: z.uuid(),
  name: z.string(),
  staffNumber: z.string().nullable(),
  unitPath: z.string(),
  institutionId: z.uuid().nullable(),
  post: z.string().nullable(),
})
export type StaffView = z.infer<typeof staffView>

export const agentView = z.object({
  id: z.uuid(),
  nameMasked: z.string(),
  company: z.string().nullable(),
  unitPath: z.string(),
  state: filingState,
})
export type AgentView = z.infer<typeof agentView>

const under = z
  .string()
  .regex(/^\/([0-9A-Za-z_-]+\/)*$/, '机构路径格式有误')
  .optional()
  .describe('机构路径，含下级')
const byId = z.object({ id: z.uuid() })

export const registryContract = {
  findInstitutions: operation({
    id: 'registry.find-institutions',
    method: 'GET',
    path: '/institutions',
    permission: 'registry.institution.find',
    summary: '查询社会化服务机构',
    exported: { title: '社会化服务机构' },
    input: pageQuery.extend({
      kind: institutionKind.optional(),
      under,
      text: z.string().trim().max(60).optional().describe('名称片段或代码前缀'),
      sort: sortBy('name', 'code'),
      state: filingState.optional(),
    }),
    output: pageOf(institutionView),
  }),
  getInstitution: operation({
    id: 'registry.get-institution',
    method: 'GET',
    path: '/institutions/{id}',
    permission: 'registry.institution.find',
    summary: '社会化服务机构详情',
    input: byId,
    output: institutionView,
  }),
  findStaff: operation({
    id: 'registry.find-staff',
    method: 'GET',
    path: '/staff-members',
    permission: 'registry.staff.find',
    summary: '查询经办人员',
    input: pageQuery.extend({
      under,
      institutionId: z.uuid().optional(),
      text: z.string().trim().max(60).optional().describe('工号前缀，或完整姓名'),
    }),
    output: pageOf(staffView),
  }),
  findAgents: operation({
    id: 'registry.find-agents',
    method: 'GET',
    path: '/agents',
    permission: 'registry.agent.find',
    summary: '查询代理人（姓名脱敏）',
    exported: { title: '代理人', personal: ['text'] },
    input: pageQuery.extend({
      under,
      text: z.string().trim().max(60).optional().describe('完整姓名，或代理公司名称片段'),
      sort: sortBy('company'),
      state: filingState.optional(),
    }),
    output: pageOf(agentView),
  }),
  createAgent: operation({
    id: 'registry.create-agent',
    method: 'POST',
    path: '/agents',
    permission: 'registry.agent.create',
    summary: '登记代理人',
    status: 201,
    input: z.object({
      name: z.string().trim().min(1).max(60),
      company: z.string().trim().min(1).max(100).nullable().default(null),
      unitId: z.uuid().optional().describe('管理机构；缺省为本人所在机构'),
    }),
    output: agentView,
  }),
}
