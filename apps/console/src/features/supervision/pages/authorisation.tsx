import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { DetailPage } from '../../../parts/detail-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { authorisationQuery } from '../api.ts'
import { AuthorisationDecision, type Decision } from '../components/authorisation-decision.tsx'
import { AuthorisationFacts } from '../components/authorisation-facts.tsx'
import { authorisationStates } from '../labels.ts'

export function AuthorisationPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery(authorisationQuery(id))
  const [deciding, setDeciding] = useState<Decision | null>(null)
  return (
    <DetailPage
      title={data ? `${data.businessTitle ?? data.businessKind} ${data.serial}` : '业务授权'}
      state={data && <StateTag state={data.state} labels={authorisationStates} />}
      back={{ to: '/authorisations', label: '审核授权' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      timelineTitle="处理"
      timeline={<AuthorisationDecision id={id} deciding={deciding} onDeciding={setDeciding} />}
    >
      {data && <AuthorisationFacts authorisation={data} />}
    </DetailPage>
  )
}
