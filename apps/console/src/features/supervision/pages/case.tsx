import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { DetailPage } from '../../../parts/detail-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { Timeline } from '../../../parts/timeline.tsx'
import { caseQuery } from '../api.ts'
import { CaseActions } from '../components/case-actions.tsx'
import { CaseFacts } from '../components/case-facts.tsx'
import { caseTimelineOf } from '../components/case-timeline.ts'
import { caseStates } from '../labels.ts'

export function CasePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery(caseQuery(id))
  return (
    <DetailPage
      title={data?.title ?? '嫌疑业务'}
      state={data && <StateTag state={data.state} labels={caseStates} />}
      back={{ to: '/suspect-cases', label: '嫌疑业务' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={data && <CaseActions detail={data} />}
      timeline={data && <Timeline entries={caseTimelineOf(data)} />}
    >
      {data && <CaseFacts detail={data} />}
    </DetailPage>
  )
}
