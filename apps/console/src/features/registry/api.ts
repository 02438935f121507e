/** Calls of the registry of institutions, staff and agents. */
import { registryContract } from '@hengjian/registry/contract'
import { clientOf } from '../../client.ts'

export const registry = clientOf(registryContract)

export const registryKeys = {
  institutions: ['registry', 'institutions'] as const,
  staff: ['registry', 'staff'] as const,
  agents: ['registry', 'agents'] as const,
}
