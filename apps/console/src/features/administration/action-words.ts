/** Actions of the audit log in words: an action is the id of an operation, and the interface's description names it. */
import { useQuery } from '@tanstack/react-query'

export type ActionWords = Readonly<Record<string, string>>

interface Description {
  paths: Record<string, Record<string, { operationId?: string; summary?: string }>>
}

/** Acts that are no operation of the interface. */
const OTHERS: ActionWords = {
  'business.load-facts': '导入业务事实',
}

export function useActionWords(): ActionWords {
  const { data } = useQuery({
    queryKey: ['action-words'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { paths } = (await (await fetch('/api/openapi.json')).json()) as Description
      const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
      return Object.fromEntries(
        operations.map(({ operationId, summary }) => [operationId ?? '', summary ?? '']),
      )
    },
  })
  return { ...data, ...OTHERS }
}
