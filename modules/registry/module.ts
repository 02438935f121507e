/** Manifest of registry. */
import { defineModule } from '@hengjian/platform/http'
import { createAgent } from './commands/create-agent.ts'
import { registryContract, registryPermissions } from './contract.ts'
import { registryExports } from './exports.ts'
import { findAgents } from './queries/find-agents.ts'
import { findInstitutions } from './queries/find-institutions.ts'
import { findStaff } from './queries/find-staff.ts'
import { getInstitution } from './queries/get-institution.ts'

export const registryModule = defineModule({
  name: 'registry',
  permissions: registryPermissions,
  contract: registryContract,
  handlers: { findInstitutions, getInstitution, findStaff, findAgents, createAgent },
  exports: registryExports,
})
