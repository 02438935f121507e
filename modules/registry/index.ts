export {
  type AgentSeed,
  ensureAgents,
  ensureInstitutions,
  ensureStaff,
  type InstitutionSeed,
  type StaffSeed,
} from './ensure.ts'
export { registryModule } from './module.ts'
export { institutionsByName, namesOf } from './names.ts'
export { agentIdOf, institutionIdOf, staffIdOf } from './rules/derived-id.ts'
