/** The window: accept something new, or take the next transaction that waits for a step of mine. */
import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented, Skeleton } from 'antd'
import { DeskPage, useDeskItem } from '../../../parts/desk-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { Timeline } from '../../../parts/timeline.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { useCan } from '../../../session.ts'
import { business, businessKeys, transactionQuery } from '../api.ts'
import { AcceptForm } from '../components/accept-form.tsx'
import { TransactionActions } from '../components/transaction-actions.tsx'
import { TransactionFacts } from '../components/transaction-facts.tsx'
import { timelineOf } from '../components/transaction-timeline.ts'
import { transactionStates } from '../labels.ts'

type State = 'accepted' | 'held' | 'in_review' | 'returned' | 'approved' | 'issued' | 'suspended'

/** What each queue holds, and who works on it. */
const QUEUES = {
  mine: {
    label: '我受理的',
    permission: 'business.transaction.accept',
    states: ['returned', 'held', 'accepted', 'in_review', 'approved', 'issued', 'suspended'],
  },
  review: { label: '待复核', permission: 'business.transaction.review', states: ['accepted', 'in_review'] },
  finish: { label: '待制证归档', permission: 'business.transaction.issue', states: ['approved', 'issued'] },
} as const satisfies Record<string, { label: string; permission: string; states: readonly State[] }>
type Queue = keyof typeof QUEUES

export function WindowDeskPage() {
  const can = useCan()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { queue?: string }
  const offered = (Object.keys(QUEUES) as Queue[]).filter((key) => can(QUEUES[key].permission))
  const queue = offered.find((key) => key === search.queue) ?? offered[0] ?? 'mine'
  const list = useQuery({
    queryKey: [...businessKeys.transactions, 'desk', queue],
    queryFn: () =>
      business.findTransactions({
        limit: 100,
        state: [...QUEUES[queue].states],
        ...(queue === 'mine' ? { mine: true } : {}),
      }),
    refetchInterval: 30_000,
  })
  const rows = list.data?.items ?? []
  const accepting = can('business.transaction.accept') && queue === 'mine'
  const { chosen, choose, goOn } = useDeskItem([...(accepting ? ['new'] : []), ...rows.map(({ id }) => id)])
  const isNew = chosen === 'new'
  return (
    <DeskPage
      title="窗口办理"
      head={
        offered.length > 1 && (
          <Segmented
            value={queue}
            options={offered.map((key) => ({ value: key, label: QUEUES[key].label }))}
            onChange={(next) => void navigate({ to: '.', search: { queue: next } as never })}
          />
        )
      }
      queue={rows}
      loading={list.isPending}
      error={list.error}
      onRetry={() => void list.refetch()}
      idOf={(row) => row.id}
      prefetch={(id) => void queries.prefetchQuery(transactionQuery(id))}
      {...(accepting
        ? {
            pinned: {
              id: 'new',
              content: (
                <span className="hj-queue-item-top">
                  <span>
                    <PlusOutlined /> 受理新业务
                  </span>
                  <kbd className="hj-kbd">N</kbd>
                </span>
              ),
            },
          }
        : {})}
      renderQueueItem={(row) => (
        <>
          <span className="hj-queue-item-top">
            <span>{row.businessTitle}</span>
            <StateTag state={row.state} labels={transactionStates} />
          </span>
          <span className="hj-muted hj-small" style={{ display: 'block' }}>
            {[row.plate, row.person].filter(Boolean).join(' · ') || '—'}
          </span>
          <span className="hj-queue-item-top hj-small" style={{ fontWeight: 400, alignItems: 'center' }}>
            <span className="hj-muted hj-num">{row.serial}</span>
            <WorkingDaysLeft dueAt={row.dueAt} compact />
          </span>
        </>
      )}
      keys={accepting ? [{ key: 'n', label: '受理新业务', run: () => choose('new') }] : []}
      empty={queue === 'mine' ? '没有在办的业务' : '没有待处理的业务'}
      item={
        isNew ? <AcceptForm onAccepted={choose} /> : chosen && <DeskTransaction key={chosen} id={chosen} />
      }
      decision={isNew ? <AcceptHints /> : chosen && <DeskDecision key={chosen} id={chosen} onDone={goOn} />}
    />
  )
}

function DeskTransaction({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery(transactionQuery(id))
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (isPending) return <Skeleton active paragraph={{ rows: 10 }} />
  return <TransactionFacts transaction={data} />
}

function DeskDecision({ id, onDone }: { id: string; onDone: () => void }) {
  const { data } = useQuery(transactionQuery(id))
  if (!data) return <Skeleton active title={false} />
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <h2 className="hj-h2" style={{ marginBottom: 0 }}>
        {data.businessTitle}
        <StateTag state={data.state} labels={transactionStates} />
      </h2>
      <TransactionActions transaction={data} layout="column" onDone={onDone} />
      <h2 className="hj-h2" style={{ margin: '12px 0 0' }}>
        办理过程
      </h2>
      <Timeline entries={timelineOf(data)} />
    </div>
  )
}

function AcceptHints() {
  return (
    <div className="hj-muted">
      <h2 className="hj-h2">受理说明</h2>
      <ul style={{ paddingInlineStart: 18 }}>
        <li>先选业务，再查机动车或申请人；已登记的信息自动带出。</li>
        <li>提交后立即预警：业务提示须确认后继续；需授权的业务暂停，等负责人授权。</li>
        <li>提交失败不会丢失已填内容；重复提交只受理一次。</li>
        <li>
          <kbd className="hj-kbd">Ctrl</kbd> + <kbd className="hj-kbd">Enter</kbd> 提交。
        </li>
      </ul>
    </div>
  )
}
