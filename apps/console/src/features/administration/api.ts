/** Calls of administration and what they make stale. */
import { administrationContract } from '@hengjian/administration/contract'
import { useQueryClient } from '@tanstack/react-query'
import { clientOf } from '../../client.ts'

export const administration = clientOf(administrationContract)

export const administrationKeys = {
  parameters: ['parameters'] as const,
  dictionaries: ['dictionaries'] as const,
  calendar: ['calendar'] as const,
  audit: ['audit'] as const,
  verifications: ['audit-verifications'] as const,
  jobs: ['jobs'] as const,
}

/** After a write: what hangs on it is read again. */
export function useStale() {
  const queries = useQueryClient()
  return (key: readonly unknown[]) => queries.invalidateQueries({ queryKey: key })
}
