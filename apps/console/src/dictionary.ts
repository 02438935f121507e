/** Codes and names of the agency's dictionaries, read once; a code without a name shows as itself. */
import { administrationContract } from '@hengjian/administration/contract'
import { useQuery } from '@tanstack/react-query'
import { clientOf } from './client.ts'

const administration = clientOf(administrationContract)

export type DictionaryCode = 'plate_kind' | 'use_nature' | 'vehicle_type' | 'licence_class'
export type Words = Readonly<Record<string, string>>

const NOTHING: Words = {}

/** Code → name of a dictionary; empty until it is read. Entries out of use are kept, since old records bear them. */
export function useDictionary(code: DictionaryCode): Words {
  const { data } = useQuery({
    queryKey: ['dictionaries', code, 'words'],
    staleTime: 10 * 60_000,
    queryFn: async () => {
      const { items } = await administration.getDictionary({ code })
      return Object.fromEntries(items.map((entry) => [entry.code, entry.name]))
    },
  })
  return data ?? NOTHING
}
