/** Hand-worked cases of L5, L6 and L7. 5 January 2026 is a Monday; its first working day. */
import type { Facts } from './fact-stores.ts'
import { type ExpectedRow, type PostHocVector, vector } from './post-hoc-vector.ts'

type Row = Record<string, unknown>

const business = (id: string, business_kind: string, accepted_at: string, rest: Row = {}): Row => ({
  id,
  business_kind,
  accepted_at,
  subject_kind: 'licence',
  person_id: 'p',
  ...rest,
})
const step = (name: string, done_at: string | null, transaction_id = 't'): Row => ({
  transaction_id,
  step: name,
  done_at,
  occurred_at: done_at ?? '2026-01-05 09:00',
})

// ---- L5 -----------------------------------------------------------------------------------------------------------

const replacement = (accepted_at: string, rest: Row = {}): Row =>
  business(`t ${accepted_at}`, 'licence_replacement', accepted_at, rest)
const replaced = (...at: string[]): Facts => ({ transaction: at.map((each) => replacement(each)) })
const elsewhere = { unit_path: '/45/4501/450103/' }

const l51: PostHocVector[] = [
  vector(
    'L5.1',
    'two within a month, over the turn of the month',
    replaced('2025-12-20 09:00', '2026-01-10 09:00'),
    {
      key: 'p',
      period: '2026-01-10',
      measured: 2,
      threshold: 2,
      fired: true,
    },
  ),
  vector('L5.1', 'one', replaced('2026-01-10 09:00'), { key: 'p', measured: 1, fired: false }),
  vector(
    'L5.1',
    'two of which the first lies on the same day of the month before',
    replaced('2025-12-10 23:00', '2026-01-10 09:00'),
    { key: 'p', measured: 1, fired: false },
  ),
  vector(
    'L5.1',
    'two of which the first lies on the day after, a month before',
    replaced('2025-12-11 00:00', '2026-01-10 09:00'),
    { key: 'p', measured: 2, fired: true },
  ),
  vector(
    'L5.1',
    'one of two withdrawn',
    {
      transaction: [replacement('2026-01-05 09:00', { state: 'withdrawn' }), replacement('2026-01-10 09:00')],
    },
    { key: 'p', measured: 1, fired: false },
  ),
  vector(
    'L5.1',
    'two in different cities',
    { transaction: [replacement('2026-01-05 09:00', elsewhere), replacement('2026-01-10 09:00')] },
    { key: 'p', measured: 2, fired: true },
  ),
  vector(
    'L5.1',
    'one exchange beside a replacement',
    {
      transaction: [business('x', 'licence_exchange', '2026-01-05 09:00'), replacement('2026-01-10 09:00')],
    },
    { key: 'p', measured: 1, fired: false },
  ),
]

interface Sequence {
  readonly asked?: string
  readonly outcome?: string
  readonly made?: string | null
  readonly kind?: string
  readonly times?: number
}
/** A replacement of p in which the register answered and the licence was made. */
const sequence = ({
  asked = '2026-01-10 09:01',
  outcome = 'deceased',
  made = '2026-01-12 10:00',
  kind = 'licence_replacement',
  times = 1,
}: Sequence = {}): Facts => ({
  transaction: [business('t', kind, '2026-01-10 09:00')],
  external_check: Array.from({ length: times }, () => ({
    transaction_id: 't',
    person_id: 'p',
    kind: 'population',
    outcome,
    at: asked,
  })),
  transaction_step: [step('accept', '2026-01-10 09:02'), step('issue', made)],
})
const MADE_ALL_THE_SAME: ExpectedRow = { key: 'p/t', measured: 1, threshold: 1, fired: true }

const l52: PostHocVector[] = [
  vector('L5.2', 'deceased, and made two days later', sequence(), {
    ...MADE_ALL_THE_SAME,
    period: '2026-01-01..2026-01-31',
  }),
  vector(
    'L5.2',
    'made at the moment of the answer',
    sequence({ made: '2026-01-10 09:01' }),
    MADE_ALL_THE_SAME,
  ),
  vector('L5.2', 'made a minute before the answer', sequence({ made: '2026-01-10 09:00' })),
  vector('L5.2', 'not made', sequence({ made: null })),
  vector('L5.2', 'made, but known to the register', sequence({ outcome: 'found' })),
  vector('L5.2', 'no answer', sequence({ outcome: 'timeout' })),
  vector('L5.2', 'asked twice and made once', sequence({ times: 2 }), MADE_ALL_THE_SAME),
  vector(
    'L5.2',
    'answered last year, made in the period',
    sequence({ asked: '2025-12-30 09:00' }),
    MADE_ALL_THE_SAME,
  ),
  vector('L5.2', 'made before the period', sequence({ asked: '2025-12-30 09:00', made: '2025-12-31 23:59' })),
  vector('L5.2', 'an exchange is no replacement', sequence({ kind: 'licence_exchange' })),
]

const added = (facts: Facts, ...changes: Row[]): Facts => ({
  ...facts,
  points_change: changes.map((change) => ({ person_id: 'p', at: '2026-01-20 08:00', delta: 3, ...change })),
})
const ADDED: ExpectedRow = { key: 'p', measured: 1, threshold: 1, fired: true }

const l53: PostHocVector[] = [
  vector('L5.3', 'points after the licence was made', added(sequence(), {}), ADDED),
  vector('L5.3', 'points at the moment it was made', added(sequence(), { at: '2026-01-12 10:00' })),
  vector('L5.3', 'points a minute later', added(sequence(), { at: '2026-01-12 10:01' }), ADDED),
  vector('L5.3', 'points taken away', added(sequence(), { delta: -3 })),
  vector('L5.3', 'no change of points', added(sequence(), { delta: 0 })),
  vector('L5.3', 'points of somebody else', added(sequence(), { person_id: 'q' })),
  vector('L5.3', 'known to the register', added(sequence({ outcome: 'found' }), {})),
  vector('L5.3', 'points, but the licence was not made', added(sequence({ made: null }), {})),
  vector(
    'L5.3',
    'made long before, points twice in the period',
    added(sequence({ asked: '2025-02-01 09:00', made: '2025-02-02 09:00' }), {}, { ...elsewhere, delta: 6 }),
    { key: 'p', measured: 2, fired: true },
  ),
  vector(
    'L5.3',
    'points before the period',
    added(sequence({ asked: '2025-02-01 09:00', made: '2025-02-02 09:00' }), { at: '2025-12-31 23:00' }),
  ),
]

// ---- L6 -----------------------------------------------------------------------------------------------------------

interface Made {
  readonly on?: string | null
  readonly kind?: string
  readonly state?: string
  readonly exam?: Row
}
/** A safety test passed, and the licence made. */
const tested = (
  ended_at: string,
  { on = null, kind = 'first_licence', state = 'completed', exam }: Made,
): Facts => ({
  examination: [
    {
      id: 'e',
      candidate_id: 'p',
      subject: 'subject3_safety',
      passed: true,
      full_mark: false,
      started_at: ended_at,
      ended_at,
      ...exam,
    },
  ],
  transaction: [business('t', kind, '2026-01-05 08:00', { state })],
  transaction_step: [step('issue', on)],
})
const OPEN_SINCE_MONDAY = { measured: 19, fired: true }
const MONDAY = '2026-01-05 10:00'

const l61: PostHocVector[] = [
  vector('L6.1', 'Monday to Wednesday are two working days', tested(MONDAY, { on: '2026-01-07 09:00' }), {
    key: 'p/e',
    period: '2026-01-07',
    measured: 2,
    threshold: 1,
    fired: true,
  }),
  vector('L6.1', 'Monday to Tuesday night is one', tested(MONDAY, { on: '2026-01-06 23:00' })),
  vector('L6.1', 'Friday to Monday is one', tested('2026-01-09 16:00', { on: '2026-01-12 16:00' })),
  vector('L6.1', 'Saturday to Monday is one', tested('2026-01-10 16:00', { on: '2026-01-12 16:00' })),
  vector('L6.1', 'Saturday to Tuesday are two', tested('2026-01-10 16:00', { on: '2026-01-13 09:00' }), {
    key: 'p/e',
    measured: 2,
    fired: true,
  }),
  vector('L6.1', 'still not made at the end of the run', tested(MONDAY, {}), {
    key: 'p/e',
    ...OPEN_SINCE_MONDAY,
  }),
  vector('L6.1', 'a class added', tested(MONDAY, { on: '2026-01-06 09:00', kind: 'added_class' })),
  vector(
    'L6.1',
    'a licence made for another reason',
    tested(MONDAY, { on: '2026-01-06 09:00', kind: 'licence_exchange' }),
    {
      key: 'p/e',
      ...OPEN_SINCE_MONDAY,
    },
  ),
  vector('L6.1', 'made before the test', tested(MONDAY, { on: '2026-01-05 09:59' }), {
    key: 'p/e',
    ...OPEN_SINCE_MONDAY,
  }),
  vector(
    'L6.1',
    'the business was withdrawn',
    tested(MONDAY, { on: '2026-01-06 09:00', state: 'withdrawn' }),
    {
      key: 'p/e',
      ...OPEN_SINCE_MONDAY,
    },
  ),
  vector('L6.1', 'failed', tested(MONDAY, { exam: { passed: false } })),
  vector('L6.1', 'a full-mark exam', tested(MONDAY, { exam: { full_mark: true } })),
  vector('L6.1', 'another subject', tested(MONDAY, { exam: { subject: 'subject3_road' } })),
]

const archived = (made: string, on: string | null, rest: Row = {}): Facts => ({
  transaction: [business('t', 'licence_exchange', made, rest)],
  transaction_step: [step('issue', made), step('archive', on)],
})

const l62: PostHocVector[] = [
  vector('L6.2', 'Monday to Thursday are three working days', archived(MONDAY, '2026-01-08 09:00'), {
    key: 'p/t',
    period: '2026-01-08',
    measured: 3,
    threshold: 2,
    fired: true,
  }),
  vector('L6.2', 'Monday to Wednesday night are two', archived(MONDAY, '2026-01-07 23:00')),
  vector('L6.2', 'Thursday to Monday are two', archived('2026-01-08 10:00', '2026-01-12 09:00')),
  vector('L6.2', 'never archived', archived(MONDAY, null), { key: 'p/t', ...OPEN_SINCE_MONDAY }),
  vector('L6.2', 'withdrawn', archived(MONDAY, null, { state: 'withdrawn' })),
  vector('L6.2', 'vehicle business', archived(MONDAY, null, { subject_kind: 'vehicle' })),
]

const transfer = (row: Row): Facts => ({
  licence_transfer: [
    {
      id: 'x',
      person_id: 'p',
      direction: 'in',
      downloaded_at: MONDAY,
      occurred_at: (row['downloaded_at'] as string | null | undefined) ?? MONDAY,
      ...row,
    },
  ],
})
/** `asked`: that makes the transfer wait for `done`; the limit is `limit` working days after Monday. */
const waits = (code: string, asked: Row, notAsked: Row, done: string, limit: number): PostHocVector[] => {
  const day = (n: number) => `2026-01-${String(5 + n).padStart(2, '0')}`
  const late: ExpectedRow = { key: 'p/x', measured: limit + 1, threshold: limit, fired: true }
  return [
    vector(
      code,
      `${limit + 1} working days after Monday`,
      transfer({ ...asked, [done]: `${day(limit + 1)} 08:00` }),
      {
        ...late,
        period: day(limit + 1),
      },
    ),
    vector(
      code,
      `${limit} working days after Monday, late at night`,
      transfer({ ...asked, [done]: `${day(limit)} 23:59` }),
    ),
    vector(
      code,
      'over a weekend',
      transfer({ ...asked, downloaded_at: '2026-01-09 16:00', [done]: `2026-01-${11 + limit} 16:00` }),
    ),
    vector(code, 'still open at the end of the run', transfer(asked), { key: 'p/x', ...OPEN_SINCE_MONDAY }),
    vector(code, 'done before the download', transfer({ ...asked, [done]: '2026-01-04 09:00' })),
    vector(code, 'never downloaded', transfer({ ...asked, downloaded_at: null })),
    vector(code, 'not asked for', transfer(notAsked)),
  ]
}

const l63to65: PostHocVector[] = [
  ...waits('L6.3', { direction: 'out' }, { direction: 'in' }, 'at', 2),
  ...waits('L6.4', { clearing_required: true }, { clearing_required: false }, 'cleared_at', 1),
  ...waits('L6.5', { combined_replacement: true }, { combined_replacement: false }, 'checked_at', 3),
]

// ---- L7 -----------------------------------------------------------------------------------------------------------

const corrected = (...rows: Array<Row & { field: string }>): Facts => ({
  correction: rows.map((row) => ({ target_kind: 'person', target: 'p', at: '2026-01-07 10:00', ...row })),
})
const CORRECTED: ExpectedRow = { key: 'p', period: '2026-01-07', measured: 1, threshold: 1, fired: true }

const l71: PostHocVector[] = [
  vector(
    'L7.1',
    'number and name by one act',
    corrected({ field: 'id_number' }, { field: 'name' }),
    CORRECTED,
  ),
  vector('L7.1', 'number alone', corrected({ field: 'id_number' })),
  vector('L7.1', 'name alone', corrected({ field: 'name' })),
  vector(
    'L7.1',
    'name a minute after the number',
    corrected({ field: 'id_number' }, { field: 'name', at: '2026-01-07 10:01' }),
  ),
  vector(
    'L7.1',
    'number of one and name of another',
    corrected({ field: 'id_number' }, { field: 'name', target: 'q' }),
  ),
  vector('L7.1', 'class', corrected({ field: 'class' }), CORRECTED),
  vector('L7.1', 'validity', corrected({ field: 'validity' }), CORRECTED),
  vector(
    'L7.1',
    'class and validity by one act',
    corrected({ field: 'class' }, { field: 'validity' }),
    CORRECTED,
  ),
  vector(
    'L7.1',
    'two acts on one day, a third on another',
    corrected(
      { field: 'class' },
      { field: 'validity', at: '2026-01-07 15:00' },
      { field: 'class', at: '2026-01-08 10:00' },
    ),
    { key: 'p', period: '2026-01-07', measured: 2, fired: true },
    { key: 'p', period: '2026-01-08', measured: 1, fired: true },
  ),
  vector(
    'L7.1',
    'a vehicle, an address',
    corrected({ field: 'class', target_kind: 'vehicle' }, { field: 'address' }),
  ),
]

const recreated = (...rows: Row[]): Facts => ({ transaction: rows })
const RECREATED: ExpectedRow = { key: 'p/t', period: '2026-01-07', measured: 1, threshold: 1, fired: true }
const recreation = (id: string, rest: Row = {}) =>
  business(id, 'licence_file_recreation', '2026-01-07 09:00', rest)

const l72: PostHocVector[] = [
  vector('L7.2', 'a file re-created', recreated(recreation('t')), RECREATED),
  vector('L7.2', 'still being handled', recreated(recreation('t', { state: 'accepted' })), RECREATED),
  vector('L7.2', 'withdrawn', recreated(recreation('t', { state: 'withdrawn' }))),
  vector(
    'L7.2',
    'the file of a vehicle',
    recreated(business('t', 'vehicle_file_recreation', '2026-01-07 09:00')),
  ),
  vector('L7.2', 'two of one driver on a day', recreated(recreation('t'), recreation('u')), RECREATED, {
    ...RECREATED,
    key: 'p/u',
  }),
]

/** All cases of the three groups. */
export const l5l7Vectors: readonly PostHocVector[] = [
  ...l51,
  ...l52,
  ...l53,
  ...l61,
  ...l62,
  ...l63to65,
  ...l71,
  ...l72,
]
