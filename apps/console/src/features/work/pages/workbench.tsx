/** The first page: what waits for me, what is about to be late, what came back. */

import type { WorkItem } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Empty, Skeleton, Tag } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { type Figure, Figures } from '../../../parts/board-page.tsx'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { useCan, useSession } from '../../../session.ts'
import { business, businessKeys } from '../../business/api.ts'
import { transactionStates } from '../../business/labels.ts'
import { supervision, supervisionKeys } from '../../supervision/api.ts'
import { workKinds } from '../labels.ts'

export function WorkbenchPage() {
  const { user, unit } = useSession()
  const can = useCan()
  const work = useQuery({
    queryKey: supervisionKeys.workbench,
    queryFn: () => supervision.getWorkbench({}),
    refetchInterval: 60_000,
  })
  const counts = useQuery({
    queryKey: businessKeys.counts,
    queryFn: () => business.countTransactions({}),
    enabled: can('business.transaction.find'),
  })
  const figures = (counts.data?.items ?? []).map(
    ({ state, count }): Figure => ({
      key: state,
      label: transactionStates[state]?.label ?? state,
      value: count,
      to: '/transactions',
      search: { state },
    }),
  )
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>{user.name}，您好</h1>
        <span className="hj-muted">{unit.name}</span>
        <div className="hj-actions">
          {can('business.transaction.accept') && (
            <Link to="/desk">
              <Button type="primary">受理业务</Button>
            </Link>
          )}
        </div>
      </div>
      <ProblemAlert error={work.error} onRetry={() => void work.refetch()} />
      {!work.error && (
        <div className="hj-work">
          <WorkList
            title="等我处理"
            items={work.data?.waiting}
            count={work.data?.counts.waiting}
            nothing="没有等您处理的事项。"
          />
          <WorkList
            title="已超期或即将到期"
            items={work.data?.late}
            count={work.data?.counts.late}
            nothing="没有超期或一个工作日内到期的事项。"
          />
          <WorkList
            title="退回给我"
            items={work.data?.returned}
            count={work.data?.counts.returned}
            nothing="没有退回给您的事项。"
          />
        </div>
      )}
      {figures.length > 0 && (
        <>
          <h2 className="hj-h2" style={{ marginTop: 20 }}>
            未办结业务
          </h2>
          <Figures figures={figures} />
        </>
      )}
    </div>
  )
}

function WorkList({
  title,
  items,
  count,
  nothing,
}: {
  title: string
  items: readonly WorkItem[] | undefined
  count: number | undefined
  nothing: string
}) {
  return (
    <Panel title={title} extra={<strong className="hj-num">{count ?? ''}</strong>}>
      {!items && <Skeleton active title={false} />}
      {items?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={nothing} />}
      {items?.map((item) => (
        <Link key={`${item.kind}:${item.id}`} to={item.link} className="hj-work-item">
          <span className="hj-work-item-text">
            <Tag>{workKinds[item.kind]}</Tag>
            {item.title}
            <span className="hj-muted hj-small">{item.detail}</span>
          </span>
          <span className="hj-work-item-when">
            {item.dueAt ? <WorkingDaysLeft dueAt={item.dueAt} /> : null}
            <span className="hj-muted hj-small hj-num">{formatInstant(item.at)}</span>
          </span>
        </Link>
      ))}
      {items && count !== undefined && count > items.length && (
        <p className="hj-muted hj-small">只显示前 {items.length} 件，其余请到对应页面查看。</p>
      )}
    </Panel>
  )
}
