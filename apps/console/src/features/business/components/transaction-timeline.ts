import type { TimelineEntry } from '../../../parts/timeline.tsx'
import type { Transaction } from '../api.ts'

/** Newest last, as it happened. */
export const timelineOf = (transaction: Transaction): TimelineEntry[] =>
  transaction.timeline.map((entry, index) => ({
    key: `${entry.at}:${index}`,
    at: entry.at,
    title: entry.title,
    who: entry.who,
    text: entry.detail,
    ...toneOf(entry.kind),
  }))

function toneOf(kind: string): { tone?: 'good' | 'warn' | 'bad' } {
  if (/warning|held|authorisation|suspend|amend/.test(kind)) return { tone: 'warn' }
  if (/return|withdraw|refus/.test(kind)) return { tone: 'bad' }
  if (/complete/.test(kind)) return { tone: 'good' }
  return {}
}
