import { filingStates as words } from '@hengjian/registry/contract'
import type { StateLabels } from '../../parts/state-tag.tsx'

export { institutionKinds } from '@hengjian/registry/contract'

export const filingStates: StateLabels = {
  active: { label: words.active, tone: 'good' },
  suspended: { label: words.suspended, tone: 'warn' },
  revoked: { label: words.revoked, tone: 'bad' },
}
