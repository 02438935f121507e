/** Facts of any kind for property tests of the shipped indicators. */
import fc from 'fast-check'
import type { Facts } from './fact-stores.ts'

/** One of the values. */
export const pick = <T>(...values: T[]) => fc.constantFrom(...values)
const when = fc
  .tuple(
    pick('2025-02', '2025-12', '2026-01'),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 0, max: 23 }),
  )
  .map(([month, day, hour]) => `${month}-${String(day).padStart(2, '0')} ${String(hour).padStart(2, '0')}:30`)
const unit_path = pick('/45/4503/450302/', '/45/4503/450305/', '/45/4501/450103/')
const later = (at: string, minutes: number | null) =>
  minutes === null
    ? null
    : new Date(Date.parse(`${at.replace(' ', 'T')}Z`) + minutes * 60_000)
        .toISOString()
        .slice(0, 16)
        .replace('T', ' ')

const inspection = fc
  .record({
    institution_id: pick('i', 'j', 'k', null),
    vehicle_id: pick('v', 'w', 'x'),
    owner: pick('o', null),
    model: pick('M', 'N'),
    origin_region: pick('440103', '440106', '450302', null),
    attempt: pick(1, 2, null),
    passed: pick(true, true, false, null),
    vehicle_age_years: pick(15, 16, null),
    occurred_at: when,
    unit_path,
  })
  .map((row) => ({
    ...row,
    submitted_at: row.occurred_at,
    audited_at: later(row.occurred_at, row.vehicle_age_years === 16 ? 1500 : null),
  }))
const examination = fc
  .record({
    id: fc.integer({ min: 0, max: 10_000 }).map((n) => `e${n}`),
    site_id: pick('s', 'o', null),
    school_id: pick('a', 'b', null),
    examiner_id: pick('x', 'y'),
    candidate_id: pick('c0', 'c1', 'c2', 'c3'),
    device_id: pick('d', 'e', null),
    subject: pick('subject2', 'subject2', 'subject1', 'subject3_safety'),
    passed: pick(true, false, null),
    make_up: pick(true, false),
    full_mark: pick(false, false, false, true, null),
    local: pick(true, false, null),
    working_time: pick(true, false, null),
    score: pick(60, 84, 85, 95),
    started_at: when,
    unit_path,
  })
  .chain((row) =>
    pick(0, 20, 90, 40_000).map((minutes) => ({
      ...row,
      occurred_at: row.started_at,
      ended_at: later(row.started_at, minutes),
    })),
  )
const transaction = fc.record({
  id: fc.integer({ min: 0, max: 10_000 }).map((n) => `t${n}`),
  business_kind: pick(
    'plate_replacement',
    'vehicle_licence_replacement',
    'licence_replacement',
    'licence_replacement',
    'added_class',
  ),
  subject_kind: pick('vehicle', 'vehicle', 'licence'),
  reason: pick('reissue', 'reissue', 'exchange', null),
  state: pick('completed', 'accepted', 'withdrawn'),
  vehicle_id: pick('v', 'w', null),
  person_id: pick('c0', 'c1', null),
  accepted_at: when,
  unit_path,
})
const dayless = pick(null, 0, 3000, 20_000)
const points_change = fc.record({ person_id: pick('c0', 'c1'), at: when, delta: pick(-3, 0, 3), unit_path })
const correction = fc.record({
  target_kind: pick('person', 'person', 'vehicle'),
  target: pick('c0', 'c1'),
  field: pick('id_number', 'name', 'class', 'address'),
  at: pick('2026-01-07 10:00', '2026-01-07 11:00', '2025-12-08 10:00'),
  unit_path,
})
const licence_transfer = fc
  .record({
    person_id: pick('c0', 'c1'),
    direction: pick('in', 'out'),
    clearing_required: fc.boolean(),
    combined_replacement: fc.boolean(),
    downloaded_at: when,
    unit_path,
  })
  .chain((row) =>
    fc.tuple(dayless, dayless, dayless).map(([at, cleared, checked]) => ({
      ...row,
      occurred_at: row.downloaded_at,
      at: later(row.downloaded_at, at),
      cleared_at: later(row.downloaded_at, cleared),
      checked_at: later(row.downloaded_at, checked),
    })),
  )
const unique = { selector: (row: { id: string }) => row.id, minLength: 12, maxLength: 25 }
/** Facts of a few subjects, so that they meet, over three months of two years. */
export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    inspection: fc.array(inspection, { minLength: 15, maxLength: 40 }),
    examination: fc.uniqueArray(examination, { ...unique, minLength: 15, maxLength: 40 }),
    transaction: fc.uniqueArray(transaction, unique),
    steps: fc.array(fc.tuple(fc.nat(6), pick('issue', 'archive'), when), { minLength: 8, maxLength: 20 }),
    answers: fc.array(fc.tuple(fc.nat(4), pick('deceased', 'deceased', 'found'), when), {
      minLength: 8,
      maxLength: 20,
    }),
    points_change: fc.array(points_change, { minLength: 6, maxLength: 12 }),
    correction: fc.array(correction, { maxLength: 12 }),
    licence_transfer: fc.array(licence_transfer, { maxLength: 12 }),
    errors: fc.array(fc.tuple(fc.nat(14), fc.boolean(), pick(0, 10)), { maxLength: 20 }),
  })
  .map(({ steps, answers, errors, ...rest }) => ({
    ...rest,
    vehicle: ['v', 'w'].map((id) => ({ id, model: id === 'v' ? 'M' : 'N' })),
    vehicle_owner: [
      { vehicle_id: 'v', organisation_id: 'o', from: '2025-01-01 00:00', to: '2026-01-10 00:00' },
      { vehicle_id: 'v', organisation_id: 'q', from: '2026-01-10 00:00' },
      { vehicle_id: 'w', organisation_id: 'o', from: '2025-01-01 00:00' },
    ],
    transaction_step: steps.flatMap(([i, step, done_at]) =>
      rest.transaction[i]
        ? [{ transaction_id: rest.transaction[i].id, step, done_at, occurred_at: done_at }]
        : [],
    ),
    external_check: answers.flatMap(([i, outcome, at]) =>
      rest.transaction[i]
        ? [{ transaction_id: rest.transaction[i].id, kind: 'population', outcome, at }]
        : [],
    ),
    examination_item: errors.flatMap(([i, misjudged, deduction]) =>
      rest.examination[i]
        ? [
            {
              examination_id: rest.examination[i].id,
              item: 'x',
              misjudged,
              deduction,
              occurred_at: rest.examination[i].started_at,
            },
          ]
        : [],
    ),
  }))
