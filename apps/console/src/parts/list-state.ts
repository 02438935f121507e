/** Filters of a list in the address, pages by cursor. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo } from 'react'

/** Filters as they stand in the address: text only. */
export type Filters = Readonly<Record<string, string>>

/** A page as every list operation answers it. */
export interface Page<R> {
  items: R[]
  nextCursor: string | null
  total?: number | undefined
}

/** What a list asks of its page. */
export interface PageRequest {
  cursor?: string
  limit: number
  /** Key of a sortable column, led by `-` for descending; which ones there are, the list's operation says. */
  sort?: never
}

/** Keys of the address that are no filters. */
const NO_FILTERS = ['page', 'id', 'sort']

/** Read and set the filters. Setting goes back to the first page and keeps the order. */
export function useFilters(): [Filters, (next: Filters) => void] {
  const search = useSearch({ strict: false }) as Record<string, string>
  const navigate = useNavigate()
  const filters = useMemo(
    () => Object.fromEntries(Object.entries(search).filter(([key]) => !NO_FILTERS.includes(key))),
    [search],
  )
  const set = useCallback(
    (next: Filters) => {
      void navigate({
        to: '.',
        search: ((old: Filters) => ({
          ...Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')),
          ...(old['sort'] ? { sort: old['sort'] } : {}),
        })) as never,
        replace: true,
      })
    },
    [navigate],
  )
  return [filters, set]
}

/** Read and set the order; it stands in the address. Setting goes back to the first page. */
export function useSort(): [string | undefined, (sort: string | undefined) => void] {
  const { sort } = useSearch({ strict: false }) as { sort?: string }
  const navigate = useNavigate()
  const set = (next: string | undefined): void => {
    void navigate({
      to: '.',
      search: ((old: Filters) => ({ ...old, page: undefined, sort: next })) as never,
      replace: true,
    })
  }
  return [sort, set]
}

/** One page of a list and how to get to the others; the page number stands in the address. */
export function usePages<R>(
  key: readonly unknown[],
  load: (page: PageRequest) => Promise<Page<R>>,
  limit: number,
  refetchMs?: number,
) {
  const search = useSearch({ strict: false }) as Record<string, string>
  const navigate = useNavigate()
  const wanted = Math.max(0, Number(search['page'] ?? '1') - 1) || 0
  const query = useInfiniteQuery({
    queryKey: [...key, limit],
    queryFn: ({ pageParam }) => load({ limit, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    ...(refetchMs === undefined ? {} : { refetchInterval: refetchMs }),
  })
  const pages = query.data?.pages ?? []
  const { hasNextPage, isFetching, fetchNextPage } = query
  useEffect(() => {
    if (pages.length <= wanted && hasNextPage && !isFetching) void fetchNextPage()
  }, [pages.length, wanted, hasNextPage, isFetching, fetchNextPage])
  const index = Math.min(wanted, Math.max(0, pages.length - 1))
  const goTo = (next: number): void => {
    void navigate({
      to: '.',
      search: ((old: object) => ({ ...old, page: next > 0 ? String(next + 1) : undefined })) as never,
    })
  }
  return {
    query,
    items: pages[index]?.items ?? [],
    total: pages[0]?.total,
    index,
    first: index * limit + 1,
    hasPrevious: index > 0,
    hasNext: index + 1 < pages.length || hasNextPage,
    previous: () => goTo(index - 1),
    next: () => goTo(index + 1),
  }
}
