/** The name of the unit that a path means; the path itself until it is known, or where it is out of sight. */
import { useQuery } from '@tanstack/react-query'
import { identity } from '../session.ts'
import { unitKeys } from './unit-select.tsx'

export function UnitName({ path }: { path: string }) {
  const { data } = useQuery({
    queryKey: [...unitKeys.all, 'name', path],
    staleTime: 30 * 60_000,
    queryFn: async () => {
      const { items } = await identity.findUnits({ under: path, limit: 1 })
      return items.find((unit) => unit.path === path)?.name ?? null
    },
  })
  return <>{data ?? path}</>
}
