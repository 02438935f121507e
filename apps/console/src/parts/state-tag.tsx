/** A state in words, with a tone that helps but carries nothing alone. */
import { Tag } from 'antd'

export type Tone = 'plain' | 'active' | 'good' | 'warn' | 'bad'

/** Label and tone of each state of a record kind. */
export type StateLabels = Readonly<Record<string, { label: string; tone: Tone }>>

const COLOURS: Record<Tone, string> = {
  plain: 'default',
  active: 'processing',
  good: 'success',
  warn: 'warning',
  bad: 'error',
}

export function StateTag({ state, labels }: { state: string; labels: StateLabels }) {
  const entry = labels[state] ?? { label: state, tone: 'plain' as const }
  return (
    <Tag color={COLOURS[entry.tone]} style={{ marginInlineEnd: 0 }}>
      {entry.label}
    </Tag>
  )
}

/** Options of a select over the states. */
export const stateOptions = (labels: StateLabels) =>
  Object.entries(labels).map(([value, { label }]) => ({ value, label }))
