/** The leader's desk: transactions that wait for an authorisation. */
import type { AuthorisationRow } from '@hengjian/supervision/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented, Skeleton } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../formats.ts'
import { DeskPage, useDeskItem } from '../../../parts/desk-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { authorisationQuery, supervision, supervisionKeys } from '../api.ts'
import { AuthorisationDecision, type Decision } from '../components/authorisation-decision.tsx'
import { AuthorisationFacts } from '../components/authorisation-facts.tsx'
import { authorisationStates } from '../labels.ts'

export function AuthorisationDeskPage() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { queue?: string }
  const queue = search.queue === 'all' ? 'all' : 'mine'
  const [deciding, setDeciding] = useState<Decision | null>(null)
  const list = useQuery({
    queryKey: [...supervisionKeys.authorisations, queue],
    queryFn: () => supervision.findAuthorisations({ queue, limit: 100 }),
    refetchInterval: 20_000,
  })
  const rows = list.data?.items ?? []
  const { chosen, goOn } = useDeskItem(rows.map(({ id }) => id))
  return (
    <DeskPage<AuthorisationRow>
      title="审核授权"
      head={
        <Segmented
          value={queue}
          options={[
            { value: 'mine', label: '待我授权' },
            { value: 'all', label: '全部' },
          ]}
          onChange={(next) => void navigate({ to: '.', search: { queue: next } as never })}
        />
      }
      queue={rows}
      loading={list.isPending}
      error={list.error}
      onRetry={() => void list.refetch()}
      idOf={(row) => row.id}
      prefetch={(id) => void queries.prefetchQuery(authorisationQuery(id))}
      renderQueueItem={(row) => <QueueEntry row={row} />}
      keys={[
        { key: 'g', label: '同意授权', run: () => setDeciding('grant') },
        { key: 'x', label: '不予授权', run: () => setDeciding('refuse') },
      ]}
      empty={queue === 'mine' ? '没有等您授权的业务' : '没有授权记录'}
      item={chosen && <DeskAuthorisation key={chosen} id={chosen} />}
      decision={
        chosen && (
          <AuthorisationDecision
            key={chosen}
            id={chosen}
            deciding={deciding}
            onDeciding={setDeciding}
            onDone={goOn}
          />
        )
      }
    />
  )
}

function QueueEntry({ row }: { row: AuthorisationRow }) {
  return (
    <>
      <span className="hj-queue-item-top">
        <span>{row.businessTitle ?? row.businessKind}</span>
        {row.state === 'requested' ? (
          <WorkingDaysLeft dueAt={row.expiresAt} compact />
        ) : (
          <StateTag state={row.state} labels={authorisationStates} />
        )}
      </span>
      <span style={{ display: 'block' }}>{row.titles.join('；')}</span>
      <span className="hj-muted hj-small">
        {row.handlerName} · {row.unitName ?? row.unitPath} · {formatInstant(row.requestedAt)}
      </span>
    </>
  )
}

function DeskAuthorisation({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery(authorisationQuery(id))
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (isPending) return <Skeleton active paragraph={{ rows: 10 }} />
  return <AuthorisationFacts authorisation={data} />
}
