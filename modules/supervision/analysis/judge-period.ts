/** Judge each day or month of a stretch as a run of its own would, in as few statements as that takes. */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { lastDayOfMonth, type Period } from '../rules/period.ts'
import {
  type Evaluated,
  type Evaluation,
  evaluateIndicator,
  type SharingStore,
} from './evaluate-indicator.ts'

/** A part of what was judged, and its answer. */
export interface Judged {
  readonly evaluation: Evaluation
  readonly answer: Evaluated
}

/** What the schedule of an indicator judges at a time. */
export const stepOf = ({ schedule }: IndicatorDefinition): 'day' | 'month' =>
  schedule === 'monthly' ? 'month' : 'day'

/**
 * The answers over `evaluation.period`: one, unless that was cut short: what is missing in it would look as if it had
 * vanished, so halves of its days or months are asked apart.
 */
export async function judgePeriod(
  store: SharingStore,
  evaluation: Evaluation,
  signal?: AbortSignal,
): Promise<Judged[]> {
  const { each, period } = evaluation
  const steps = each ? stepsOf(period, each) : [period]
  const answer = await evaluateIndicator(store, evaluation, signal)
  const isCut = answer.outcome === 'judged' && answer.worthKeeping > answer.rows.length
  if (!isCut || steps.length === 1) return [{ evaluation, answer }]
  const half = Math.ceil(steps.length / 2)
  const part = (some: readonly Period[]) =>
    judgePeriod(store, { ...evaluation, period: { from: some[0]!.from, to: some.at(-1)!.to } }, signal)
  return [...(await part(steps.slice(0, half))), ...(await part(steps.slice(half)))]
}

/** The days or months of a period, which begins and ends with one. */
function stepsOf({ from, to }: Period, step: 'day' | 'month'): Period[] {
  const steps: Period[] = []
  for (let day = from; day <= to; ) {
    const last = step === 'month' ? lastDayOfMonth(day) : day
    steps.push({ from: day, to: last })
    day = Temporal.PlainDate.from(last).add({ days: 1 }).toString()
  }
  return steps
}
