/** Calls of identity and what they make stale. */
import { useQueryClient } from '@tanstack/react-query'
import { unitKeys } from '../../parts/unit-select.tsx'
import { identity } from '../../session.ts'

export { identity }

export const identityKeys = {
  users: ['users'] as const,
  user: (id: string) => ['users', id] as const,
  units: unitKeys.all,
  roles: ['roles'] as const,
  permissions: ['permissions'] as const,
}

export const userQuery = (id: string) => ({
  queryKey: identityKeys.user(id),
  queryFn: () => identity.getUser({ id }),
})
export const rolesQuery = {
  queryKey: identityKeys.roles,
  queryFn: async () => (await identity.findRoles({})).items,
}
export const permissionsQuery = {
  queryKey: identityKeys.permissions,
  queryFn: async () => (await identity.listPermissions({})).items,
  staleTime: Number.POSITIVE_INFINITY,
}

/** After a write: what hangs on it is read again. */
export function useStale() {
  const queries = useQueryClient()
  return (key: readonly unknown[]) => queries.invalidateQueries({ queryKey: key })
}
