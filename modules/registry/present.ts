/** Records → responses. Staff answer for public business by name; agents are masked. */
import { mask } from '@hengjian/identifiers'
import type { RequestContext } from '@hengjian/platform/context'
import type { AgentView, FilingState, InstitutionKind, InstitutionView, StaffView } from './contract.ts'
import type { agent, institution, staffMember } from './tables.ts'

export const presentInstitution = (row: typeof institution.$inferSelect): InstitutionView => ({
  id: row.id,
  kind: row.kind as InstitutionKind,
  code: row.code,
  name: row.name,
  unitPath: row.unitPath,
  region: row.region,
  state: row.state as FilingState,
  source: row.source,
})

export const presentStaff = (
  { cipher }: RequestContext,
  row: typeof staffMember.$inferSelect,
): StaffView => ({
  id: row.id,
  name: cipher.decrypt(row.nameEnc),
  staffNumber: row.staffNumber,
  unitPath: row.unitPath,
  institutionId: row.institutionId,
  post: row.post,
})

export const presentAgent = ({ cipher }: RequestContext, row: typeof agent.$inferSelect): AgentView => ({
  id: row.id,
  nameMasked: mask('name', cipher.decrypt(row.nameEnc)),
  company: row.company,
  unitPath: row.unitPath,
  state: row.state as FilingState,
})
