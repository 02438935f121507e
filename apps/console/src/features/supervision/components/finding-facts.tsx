/** Down to the records that make a finding. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Empty, Skeleton, Table } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { supervision, supervisionKeys } from '../api.ts'
import { factColumns, formatFactValue, hasPage } from '../labels.ts'

const VALUES_SHOWN = 8

export const FindingFacts = ({ id }: { id: string }) => (
  <FactRecords
    queryKey={[...supervisionKeys.finding(id), 'facts']}
    load={(page) => supervision.findFindingFacts({ id, ...page })}
  />
)

type FactPage = Awaited<ReturnType<typeof supervision.findFindingFacts>>

/** Records that make a figure, page by page. */
export function FactRecords({
  queryKey,
  load,
}: {
  queryKey: readonly unknown[]
  load: (page: { limit: number; cursor?: string }) => Promise<FactPage>
}) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => load({ limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
  const pages = query.data?.pages ?? []
  const rows = pages.flatMap(({ items }) => items)
  const outside = pages.reduce((sum, page) => sum + page.outside, 0)
  const named = rows.flatMap(({ values }) => values.filter(({ value }) => value !== null))
  const names = [...new Set(named.map(({ name }) => name))]
    .filter((name) => Object.hasOwn(factColumns, name))
    .slice(0, VALUES_SHOWN)
  return (
    <Panel
      title="构成该结果的记录"
      extra={<span className="hj-muted">{rows.length > 0 && `已列 ${rows.length} 条`}</span>}
    >
      <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      {query.isPending ? (
        <Skeleton active />
      ) : rows.length === 0 ? (
        <Empty
          image={Empty.PRESENTED_IMAGE_SIMPLE}
          description={outside > 0 ? '记录都不在您的数据范围内' : '这一指标没有可下钻的单条记录'}
        />
      ) : (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={rows}
          columns={[
            {
              title: '记录',
              render: (_, row) => (hasPage(row.link) ? <Link to={row.link}>{row.label}</Link> : row.label),
            },
            { title: '时间', render: (_, row) => formatInstant(row.at) },
            { title: '机构', render: (_, row) => row.unitName ?? row.unitPath ?? '—' },
            ...names.map((name) => ({
              title: factColumns[name],
              render: (_: unknown, row: (typeof rows)[number]) =>
                formatFactValue(row.values.find((value) => value.name === name)?.value),
            })),
          ]}
        />
      )}
      {outside > 0 && <p className="hj-muted">另有 {outside} 条不在您的数据范围内，未显示。</p>}
      {query.hasNextPage && (
        <Button
          style={{ marginTop: 8 }}
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          再列 50 条
        </Button>
      )}
    </Panel>
  )
}
