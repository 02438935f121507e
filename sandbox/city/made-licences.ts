/**
 * The licence that follows the last test: whoever passes the safety test has the class added at the window of the exam
 * site, the same day or the next working day.
 */
import { dayOfInstant, instantAt } from './calendar.ts'
import type { Population } from './population.ts'
import { promptTimeline, type Recorder, type Timeline } from './record.ts'
import type { Window } from './world.ts'

const MINUTE = 60_000
/** Nobody is accepted later in the day. */
const LAST_MINUTE = 1010

export interface PassedLast {
  readonly window: Window
  readonly candidate: number
  readonly end: number
  /** Working days until the licence is made; null = not made; default in time. */
  readonly after?: number | null
}

/** Records the transaction; nothing where it would lie beyond the history. */
export function makeLicence(recorder: Recorder, population: Population, passed: PassedLast): void {
  const { calendar } = recorder.world
  const { window, candidate, end, after } = passed
  const day = dayOfInstant(end)
  const soon = end + 5 * MINUTE
  const sameDay = calendar.isWorking(day) && soon <= instantAt(day, LAST_MINUTE)
  const next = calendar.workingDayAfter(day, 1)
  if (!sameDay && next >= calendar.until) return
  const at = sameDay ? soon : instantAt(next, 540 + (candidate % 120))
  recorder.transaction({
    window,
    subject: 'licence',
    kind: 'added_class',
    at,
    timeline:
      typeof after === 'number' ? madeOn(calendar.workingDayAfter(day, after), at) : promptTimeline(at),
    stage: after === null ? 'in_review' : 'completed',
    personId: population.personId(candidate),
    local: population.isLocalPerson(candidate),
    licenceClass: 'C1',
    checks: [{ kind: 'population', outcome: 'found' }],
  })
}

function madeOn(day: number, at: number): Timeline {
  const issue = Math.max(instantAt(day, 600), at + 40 * MINUTE)
  return { review: at + 15 * MINUTE, issue, archive: issue + 30 * MINUTE }
}
