/** Calls of business handling and what they make stale. */
import { businessContract } from '@hengjian/business/contract'
import { useQueryClient } from '@tanstack/react-query'
import { clientOf } from '../../client.ts'

export const business = clientOf(businessContract)

export type Transaction = Awaited<ReturnType<typeof business.getTransaction>>
export type BusinessKind = Awaited<ReturnType<typeof business.listBusinessKinds>>['items'][number]
export type FoundVehicle = Awaited<ReturnType<typeof business.findVehicles>>['items'][number]
export type Person = Awaited<ReturnType<typeof business.findPersons>>['items'][number]
export type VehicleFile = Awaited<ReturnType<typeof business.getVehicle>>
export type PersonFile = Awaited<ReturnType<typeof business.getPerson>>
export type ImportRun = Awaited<ReturnType<typeof business.getImport>>

export const businessKeys = {
  all: ['business'] as const,
  transactions: ['business', 'transactions'] as const,
  transaction: (id: string) => ['business', 'transaction', id] as const,
  vehicle: (id: string) => ['business', 'vehicle', id] as const,
  person: (id: string) => ['business', 'person', id] as const,
  counts: ['business', 'counts'] as const,
  kinds: ['business-kinds'] as const,
  search: ['business', 'search'] as const,
  imports: ['imports'] as const,
  mappings: ['import-mappings'] as const,
}

export const kindsQuery = {
  queryKey: businessKeys.kinds,
  queryFn: async () => (await business.listBusinessKinds({})).items,
  staleTime: Number.POSITIVE_INFINITY,
}

export const transactionQuery = (id: string) => ({
  queryKey: businessKeys.transaction(id),
  queryFn: () => business.getTransaction({ id }),
})

/** A file opened is recorded each time: it is not read again merely because the window got the focus. */
const opened = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false } as const

export const vehicleQuery = (id: string) => ({
  queryKey: businessKeys.vehicle(id),
  queryFn: () => business.getVehicle({ id }),
  ...opened,
})
export const personQuery = (id: string) => ({
  queryKey: businessKeys.person(id),
  queryFn: () => business.getPerson({ id }),
  ...opened,
})

/** After anything that moves a transaction: lists, counts, the record, the workbench. */
export function useTransactionMoved() {
  const queries = useQueryClient()
  return async (): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: businessKeys.all }),
      queries.invalidateQueries({ queryKey: ['supervision'] }),
    ])
  }
}
