/** Who is signed in, read once and kept current by sign-in, sign-out and every answer of 401. */
import { identityContract, type SessionView } from '@hengjian/identity/contract'
import { QueryClient, useQuery } from '@tanstack/react-query'
import { clientOf, problemOf, setCsrfToken, whenSignedOut } from './client.ts'

export const identity = clientOf(identityContract)

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      // A refused or wrong call does not get better by repeating; a lost connection may.
      retry: (failures, error) =>
        failures < 2 && ['console.offline', 'platform.unavailable'].includes(problemOf(error).code),
    },
  },
})

const SESSION_KEY = ['session'] as const

/** Take over a session as sign-in or a change of password answered it. */
export function takeSession(session: SessionView | null): void {
  setCsrfToken(session?.csrfToken ?? '')
  queryClient.setQueryData(SESSION_KEY, session)
}

/** End the session in the browser and forget everything that was read under it. */
export function forgetSession(): void {
  takeSession(null)
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
}

whenSignedOut(() => {
  if (queryClient.getQueryData(SESSION_KEY)) forgetSession()
})

/** The session; `null` when nobody is signed in. */
export const useSessionQuery = () =>
  useQuery({
    queryKey: SESSION_KEY,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<SessionView | null> => {
      try {
        const session = await identity.currentSession({})
        setCsrfToken(session.csrfToken)
        return session
      } catch (error) {
        if (problemOf(error).code === 'platform.sign_in_required') return null
        throw error
      }
    },
  })

/** The session inside the shell, where there always is one. */
export function useSession(): SessionView {
  const { data } = useSessionQuery()
  if (!data) throw new Error('no session')
  return data
}

/** Whether the caller holds a permission. The server decides; this only hides what it would refuse. */
export function useCan(): (permission: string) => boolean {
  const { permissions } = useSession()
  return (permission) => permissions.includes(permission)
}
