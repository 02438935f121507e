import type { CaseDetail } from '@hengjian/supervision/contract'
import type { TimelineEntry } from '../../../parts/timeline.tsx'

export const caseTimelineOf = (detail: CaseDetail): TimelineEntry[] =>
  detail.timeline.map(({ id, at, title, actorName, text, action }) => ({
    key: id,
    at,
    title,
    who: actorName,
    text,
    ...(action === 'closed'
      ? { tone: 'good' as const }
      : action === 'returned'
        ? { tone: 'bad' as const }
        : action === 'escalated' || action === 'reminded' || action === 'worsened'
          ? { tone: 'warn' as const }
          : {}),
  }))
