/** Columns of the exported lists, as the console shows them. */
import type { ExportColumn } from '@hengjian/platform/http'
import { type AgentView, filingStates, type InstitutionView, institutionKinds } from './contract.ts'

const institutions: readonly ExportColumn<InstitutionView>[] = [
  { key: 'name', title: '名称', of: (row) => row.name },
  { key: 'kind', title: '类别', of: (row) => institutionKinds[row.kind] },
  { key: 'code', title: '代码', of: (row) => row.code },
  { key: 'region', title: '行政区划', of: (row) => row.region },
  { key: 'state', title: '状态', of: (row) => filingStates[row.state] },
  { key: 'unitPath', title: '管理机构路径', of: (row) => row.unitPath },
  { key: 'source', title: '来源', of: (row) => row.source },
]
const agents: readonly ExportColumn<AgentView>[] = [
  { key: 'name', title: '姓名', of: (row) => row.nameMasked },
  { key: 'company', title: '代理公司', of: (row) => row.company },
  { key: 'state', title: '状态', of: (row) => filingStates[row.state] },
  { key: 'unitPath', title: '管理机构路径', of: (row) => row.unitPath },
]

export const registryExports = { findInstitutions: institutions, findAgents: agents }
