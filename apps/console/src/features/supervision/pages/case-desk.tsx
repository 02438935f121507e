/** Suspect cases as work: to assign, to investigate, to review. */
import type { CaseRow } from '@hengjian/supervision/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented, Skeleton } from 'antd'
import { DeskPage, useDeskItem } from '../../../parts/desk-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { Timeline } from '../../../parts/timeline.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { useCan } from '../../../session.ts'
import { caseQuery, supervision, supervisionKeys } from '../api.ts'
import { CaseActions } from '../components/case-actions.tsx'
import { CaseFacts } from '../components/case-facts.tsx'
import { caseTimelineOf } from '../components/case-timeline.ts'
import { caseStates } from '../labels.ts'

const QUEUES = {
  to_assign: { label: '待分派', permission: 'supervision.case.assign' },
  mine: { label: '待我调查', permission: 'supervision.case.investigate' },
  to_review: { label: '待审核', permission: 'supervision.case.review' },
} as const
type Queue = keyof typeof QUEUES

export function CaseDeskPage() {
  const can = useCan()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { queue?: string }
  const offered = (Object.keys(QUEUES) as Queue[]).filter((key) => can(QUEUES[key].permission))
  const queue = offered.find((key) => key === search.queue) ?? offered[0] ?? 'mine'
  const list = useQuery({
    queryKey: [...supervisionKeys.cases, 'desk', queue],
    queryFn: () => supervision.findCases({ queue, limit: 100 }),
    refetchInterval: 60_000,
  })
  const rows = list.data?.items ?? []
  const { chosen, goOn } = useDeskItem(rows.map(({ id }) => id))
  return (
    <DeskPage<CaseRow>
      title="嫌疑业务办理"
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
      prefetch={(id) => void queries.prefetchQuery(caseQuery(id))}
      renderQueueItem={(row) => (
        <>
          <span className="hj-queue-item-top">
            <span>{row.subjectLabel}</span>
            <StateTag state={row.state} labels={caseStates} />
          </span>
          <span style={{ display: 'block' }}>{row.title}</span>
          <span className="hj-queue-item-top hj-small" style={{ fontWeight: 400, alignItems: 'center' }}>
            <span className="hj-muted hj-num">{row.number}</span>
            <WorkingDaysLeft dueAt={row.dueAt} compact />
          </span>
        </>
      )}
      keys={KEYS}
      empty="没有等您办理的嫌疑业务"
      item={chosen && <DeskCase key={chosen} id={chosen} />}
      decision={chosen && <DeskDecision key={chosen} id={chosen} onDone={goOn} />}
    />
  )
}

/** Shown in the list of keys; the actions themselves listen for them. */
const KEYS = [
  { key: 'a', label: '分派' },
  { key: 'b', label: '开始调查' },
  { key: 'e', label: '记录调查' },
  { key: 't', label: '提交审核' },
  { key: 'c', label: '审核办结' },
  { key: 'x', label: '退回重办' },
]

function DeskCase({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery(caseQuery(id))
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (isPending) return <Skeleton active paragraph={{ rows: 10 }} />
  return <CaseFacts detail={data} />
}

function DeskDecision({ id, onDone }: { id: string; onDone: () => void }) {
  const { data } = useQuery(caseQuery(id))
  if (!data) return <Skeleton active title={false} />
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <h2 className="hj-h2" style={{ marginBottom: 0 }}>
        办理
        <StateTag state={data.state} labels={caseStates} />
      </h2>
      <CaseActions detail={data} layout="column" onDone={onDone} />
      <h2 className="hj-h2" style={{ margin: '12px 0 0' }}>
        办理过程
      </h2>
      <Timeline entries={caseTimelineOf(data)} />
    </div>
  )
}
