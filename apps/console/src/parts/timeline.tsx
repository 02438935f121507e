/** What happened, in order, with who and what was said. */
import type { ReactNode } from 'react'
import { formatInstant } from '../formats.ts'

export interface TimelineEntry {
  key: string
  at: string
  title: ReactNode
  who?: string | null
  text?: ReactNode
  tone?: 'good' | 'warn' | 'bad'
}

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  if (entries.length === 0) return <p className="hj-muted">还没有记录。</p>
  return (
    <ol className="hj-timeline">
      {entries.map((entry) => (
        <li key={entry.key} className={entry.tone ? `hj-${entry.tone}` : ''}>
          <div>
            <strong style={{ fontWeight: 500 }}>{entry.title}</strong>
          </div>
          <div className="hj-muted hj-small hj-num">
            {formatInstant(entry.at)}
            {entry.who ? ` · ${entry.who}` : ''}
          </div>
          {entry.text && <div style={{ overflowWrap: 'anywhere' }}>{entry.text}</div>}
        </li>
      ))}
    </ol>
  )
}
