/** Records of one kind that belong to the record shown: the newest, and more of them on asking. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Skeleton, Table, type TableColumnsType } from 'antd'
import type { ReactNode } from 'react'
import { Panel } from './detail-page.tsx'
import type { Page } from './list-state.ts'
import { ProblemAlert } from './problem-alert.tsx'

const PAGE = 20

export function RecordsPanel<R extends { id: string }>({
  title,
  queryKey,
  load,
  columns,
  empty,
  extra,
}: {
  title: string
  queryKey: readonly unknown[]
  load: (page: { cursor?: string; limit: number }) => Promise<Page<R>>
  columns: TableColumnsType<R>
  /** Said when there are none. */
  empty: string
  extra?: ReactNode
}) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => load({ limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Panel
      title={rows.length > 0 ? `${title}（${rows.length}${query.hasNextPage ? '+' : ''}）` : title}
      extra={extra}
    >
      <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      {query.isPending ? (
        <Skeleton active paragraph={{ rows: 2 }} />
      ) : rows.length === 0 ? (
        !query.error && <span className="hj-muted">{empty}</span>
      ) : (
        <Table<R>
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={rows}
          columns={columns}
        />
      )}
      {query.hasNextPage && (
        <Button
          style={{ marginTop: 8 }}
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          再列 {PAGE} 条
        </Button>
      )}
    </Panel>
  )
}
