import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { DetailPage } from '../../../parts/detail-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { Timeline } from '../../../parts/timeline.tsx'
import { transactionQuery } from '../api.ts'
import { TransactionActions } from '../components/transaction-actions.tsx'
import { TransactionFacts } from '../components/transaction-facts.tsx'
import { timelineOf } from '../components/transaction-timeline.ts'
import { transactionStates } from '../labels.ts'

export function TransactionPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery(transactionQuery(id))
  return (
    <DetailPage
      title={data ? `${data.businessTitle} ${data.serial}` : '业务流水'}
      state={data && <StateTag state={data.state} labels={transactionStates} />}
      back={{ to: '/transactions', label: '业务流水' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={data && <TransactionActions transaction={data} />}
      timeline={data && <Timeline entries={timelineOf(data)} />}
    >
      {data && <TransactionFacts transaction={data} />}
    </DetailPage>
  )
}
