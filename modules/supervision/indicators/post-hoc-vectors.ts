/** Hand-worked cases of the post-hoc indicators, as data: small facts, and every row the analysis must answer. */
import type { Facts } from './fact-stores.ts'
import { l5l7Vectors } from './l5-l7-vectors.ts'
import { l11l12Vectors } from './l11-l12-vectors.ts'
import { licenceVectors } from './licence-vectors.ts'
import type { PostHocVector } from './post-hoc-vector.ts'
import { vehicleVectors } from './vehicle-vectors.ts'

type Row = Record<string, unknown>
const times = (n: number, row: Row): Row[] => Array.from({ length: n }, () => row)
const JANUARY = { period: { from: '2026-01-01', to: '2026-02-01' } }
const LOCAL = { localRegions: [{ unitPath: '/45/4503/', regions: ['4503'] }] }

// ---- V2 -----------------------------------------------------------------------------------------------------------

const reissue = (kind: string, vehicle_id: string, at: string, rest: Row = {}): Row => ({
  business_kind: kind,
  reason: 'reissue',
  vehicle_id,
  accepted_at: at,
  ...rest,
})
const repeated = (code: string, kind: string): PostHocVector[] => {
  const on = (...at: string[]) => ({ transaction: at.map((a) => reissue(kind, 'v', a)) })
  return [
    {
      code,
      name: 'three within twelve months, the last in the period',
      facts: on('2025-03-01 09:00', '2025-08-01 09:00', '2026-01-10 09:00'),
      rows: [{ key: 'v', period: '2026-01-10', measured: 3, threshold: 3, fired: true }],
    },
    {
      code,
      name: 'two within twelve months',
      facts: on('2025-08-01 09:00', '2026-01-10 09:00'),
      rows: [{ key: 'v', measured: 2, fired: false }],
    },
    {
      code,
      name: 'three of which the first lies on the same day a year before',
      facts: on('2025-01-10 23:00', '2025-08-01 09:00', '2026-01-10 09:00'),
      rows: [{ key: 'v', measured: 2, fired: false }],
    },
    {
      code,
      name: 'three of which the first lies on the day after, a year before',
      facts: on('2025-01-11 00:00', '2025-08-01 09:00', '2026-01-10 09:00'),
      rows: [{ key: 'v', measured: 3, fired: true }],
    },
    {
      code,
      name: 'three, none of them in the period',
      facts: on('2025-03-01 09:00', '2025-08-01 09:00', '2025-12-31 23:59'),
      rows: [],
    },
    {
      code,
      name: 'one withdrawn and one an exchange do not count',
      facts: {
        transaction: [
          reissue(kind, 'v', '2025-08-01 09:00', { state: 'withdrawn' }),
          reissue(kind, 'v', '2025-09-01 09:00', { reason: 'exchange' }),
          reissue(kind, 'v', '2026-01-10 09:00'),
        ],
      },
      rows: [{ key: 'v', measured: 1, fired: false }],
    },
    {
      code,
      name: 'in a run over a year, the fullest window is reported once',
      options: { period: { from: '2025-01-01', to: '2026-01-01' } },
      facts: on('2025-02-01 09:00', '2025-02-02 09:00', '2025-02-03 09:00', '2025-12-01 09:00'),
      rows: [{ key: 'v', period: '2025-12-01', measured: 4, fired: true }],
    },
  ]
}

const fleet = (n: number, rest: Row = {}, owner: Row = {}): Facts => ({
  vehicle: Array.from({ length: n }, (_, i) => ({ id: `v${i}`, model: 'M' })),
  vehicle_owner: Array.from({ length: n }, (_, i) => ({
    vehicle_id: `v${i}`,
    organisation_id: 'o',
    from: '2024-01-01 00:00',
    ...owner,
  })),
  transaction: Array.from({ length: n }, (_, i) =>
    reissue('plate_replacement', `v${i}`, `2026-01-1${i} 09:00`, rest),
  ),
})

const both = (plates: string[], licences: string[]): Facts => ({
  transaction: [
    ...plates.map((at) => reissue('plate_replacement', 'v', at)),
    ...licences.map((at) => reissue('vehicle_licence_replacement', 'v', at)),
  ],
})

const v2: PostHocVector[] = [
  ...repeated('V2.1', 'vehicle_licence_replacement'),
  ...repeated('V2.3', 'plate_replacement'),
  {
    code: 'V2.2',
    name: 'two vehicles of one model and owner',
    facts: fleet(2),
    rows: [{ key: 'o/M', measured: 2, fired: true }],
  },
  { code: 'V2.2', name: 'one vehicle', facts: fleet(1), rows: [{ key: 'o/M', measured: 1, fired: false }] },
  { code: 'V2.2', name: 'exchanges are not re-issues', facts: fleet(2, { reason: 'exchange' }), rows: [] },
  {
    code: 'V2.2',
    name: 'the owner of that time counts',
    facts: fleet(2, {}, { to: '2026-01-11 09:00' }),
    rows: [{ key: 'o/M', measured: 1, fired: false }],
  },
  {
    code: 'V2.2',
    name: 'individual owners are not judged',
    facts: fleet(2, {}, { organisation_id: null, person_id: 'p' }),
    rows: [],
  },
  {
    code: 'V2.4',
    name: 'both twice',
    facts: both(['2025-05-01 09:00', '2026-01-10 09:00'], ['2025-06-01 09:00', '2025-07-01 09:00']),
    rows: [{ key: 'v', measured: 2, threshold: 1, fired: true }],
  },
  {
    code: 'V2.4',
    name: 'one loss of both together',
    facts: both(['2026-01-10 09:00'], ['2026-01-10 09:00']),
    rows: [{ key: 'v', measured: 1, fired: false }],
  },
  {
    code: 'V2.4',
    name: 'plates three times, licence once',
    facts: both(['2025-05-01 09:00', '2025-06-01 09:00', '2026-01-10 09:00'], ['2025-06-01 09:00']),
    rows: [{ key: 'v', measured: 1, fired: false }],
  },
]

// ---- V3: 5 January 2026 is a Monday -----------------------------------------------------------------------------

const issue = (id: string, at: string | null): Row => ({
  transaction_id: id,
  step: 'issue',
  done_at: at,
  occurred_at: '2026-01-05 09:00',
})
const archive = (id: string, at: string | null): Row => ({ ...issue(id, at), step: 'archive' })
const selected = (at: string, done: string | null, rest: Row = {}): Facts => ({
  number_selection: [{ id: 's', vehicle_id: 'v', transaction_id: 't', selected_at: at, ...rest }],
  transaction_step: done ? [issue('t', done)] : [],
})
const archived = (at: string, done: string | null, rest: Row = {}): Facts => ({
  transaction: [{ id: 't', accepted_at: at, business_kind: 'registration', ...rest }],
  transaction_step: [issue('t', at), archive('t', done)],
})
const unfinished = (at: string, rest: Row = {}): Facts => ({
  transaction: [{ id: 't', accepted_at: at, state: 'accepted', business_kind: 'registration', ...rest }],
})

const v3: PostHocVector[] = [
  {
    code: 'V3.1',
    name: 'Monday to Thursday are three working days',
    facts: selected('2026-01-05 09:00', '2026-01-08 09:00'),
    rows: [{ key: 's', period: '2026-01-08', measured: 3, fired: true }],
  },
  {
    code: 'V3.1',
    name: 'Monday to Wednesday are two',
    facts: selected('2026-01-05 09:00', '2026-01-07 23:00'),
    rows: [],
  },
  {
    code: 'V3.1',
    name: 'Thursday to Sunday are one',
    facts: selected('2026-01-08 09:00', '2026-01-11 09:00'),
    rows: [],
  },
  {
    code: 'V3.1',
    name: 'still open at the end of the run',
    facts: selected('2026-01-05 09:00', null),
    rows: [{ key: 's', measured: 19, fired: true }],
  },
  {
    code: 'V3.1',
    name: 'withdrawn meanwhile',
    facts: selected('2026-01-05 09:00', null, { withdrawn_at: '2026-01-06 09:00' }),
    rows: [],
  },
  {
    code: 'V3.1',
    name: 'the limit passed before the period',
    options: { period: { from: '2026-01-09', to: '2026-01-10' } },
    facts: selected('2026-01-05 09:00', null),
    rows: [],
  },
  {
    code: 'V3.1',
    name: 'the limit passes on the day of the run',
    options: { period: { from: '2026-01-08', to: '2026-01-09' } },
    facts: selected('2026-01-05 09:00', '2026-01-30 09:00'),
    rows: [{ key: 's', measured: 3, fired: true }],
  },
  {
    code: 'V3.1',
    name: 'a licence made late but before another step',
    facts: {
      ...selected('2026-01-05 09:00', '2026-01-06 09:00'),
      transaction_step: [issue('t', '2026-01-06 09:00'), issue('t', '2026-01-20 09:00')],
    },
    rows: [],
  },

  {
    code: 'V3.2',
    name: 'Monday to Friday are four working days',
    facts: archived('2026-01-05 09:00', '2026-01-09 09:00'),
    rows: [{ key: 't', measured: 4, fired: true }],
  },
  {
    code: 'V3.2',
    name: 'Monday to Thursday are three',
    facts: archived('2026-01-05 09:00', '2026-01-08 23:00'),
    rows: [],
  },
  {
    code: 'V3.2',
    name: 'never archived',
    facts: archived('2026-01-05 09:00', null),
    rows: [{ key: 't', measured: 19, fired: true }],
  },
  {
    code: 'V3.2',
    name: 'withdrawn',
    facts: archived('2026-01-05 09:00', null, { state: 'withdrawn' }),
    rows: [],
  },
  {
    code: 'V3.2',
    name: 'a driving licence',
    facts: archived('2026-01-05 09:00', null, { subject_kind: 'licence' }),
    rows: [],
  },

  {
    code: 'V3.3',
    name: 'unfinished after a month',
    facts: unfinished('2025-12-15 10:00'),
    rows: [{ key: 't', period: '2026-01-15', fired: true }],
  },
  {
    code: 'V3.3',
    name: 'a month passes only after the period',
    facts: unfinished('2026-01-01 00:00'),
    rows: [],
  },
  {
    code: 'V3.3',
    name: 'a month passes at the last moment of the period',
    facts: unfinished('2025-12-31 23:59'),
    rows: [{ key: 't', period: '2026-01-31', fired: true }],
  },
  {
    code: 'V3.3',
    name: 'completed late',
    facts: unfinished('2025-12-15 10:00', { state: 'completed', completed_at: '2026-01-20 10:00' }),
    rows: [],
  },
  {
    code: 'V3.3',
    name: 'under investigation',
    facts: {
      ...unfinished('2025-12-15 10:00'),
      investigation: [{ transaction_id: 't', opened_at: '2026-01-10 10:00' }],
    },
    rows: [],
  },
]

// ---- V8 -----------------------------------------------------------------------------------------------------------

const AT = '2026-01-15 10:00'
const test1 = (institution_id: string, rest: Row = {}): Row => ({
  institution_id,
  attempt: 1,
  passed: true,
  vehicle_id: 'v',
  occurred_at: AT,
  ...rest,
})
const passes = (n: number, passed: number, rest: Row = {}): Row[] => [
  ...times(passed, test1('i', rest)),
  ...times(n - passed, test1('i', { ...rest, passed: false })),
]
const away = (n: number, at: string, institution = 'i', region = '440103'): Row[] =>
  times(n, test1(institution, { origin_region: region, occurred_at: at }))
const rateCases = (code: string, threshold: number, rest: Row = {}, justNot = 0): PostHocVector[] => {
  // Of 50 tests: exactly at the threshold, one above; of 29, all passed.
  const at = (50 * threshold) / 100
  return [
    {
      code,
      name: 'above',
      facts: { inspection: passes(50, at + 1, rest) },
      rows: [{ key: 'i', measured: threshold + 2, fired: true }],
    },
    {
      code,
      name: 'exactly at the threshold',
      facts: { inspection: passes(50, at - justNot, rest) },
      rows: [{ key: 'i', measured: threshold - 2 * justNot, fired: false }],
    },
    {
      code,
      name: '29 tests are too few',
      facts: { inspection: passes(29, 29, rest) },
      rows: [{ key: 'i', measured: 100, judged: false, fired: false, unjudged: 'small_sample' }],
    },
    {
      code,
      name: '30 tests are enough',
      facts: { inspection: passes(30, 30, rest) },
      rows: [{ key: 'i', measured: 100, fired: true }],
    },
  ]
}
const items = (n: number, passed: number, item: string): Facts => ({
  inspection: [test1('i', { id: 'x' })],
  inspection_item: Array.from({ length: n }, (_, i) => ({
    inspection_id: 'x',
    institution_id: 'i',
    item,
    passed: i < passed,
    occurred_at: AT,
  })),
})
const sameOwner = (n: number, rest: Row = {}): Row[] =>
  Array.from({ length: n }, (_, i) => test1('i', { vehicle_id: `v${i}`, owner: 'o', model: 'M', ...rest }))
const audits = (n: number, passed: number, rest: Row = {}): Row[] =>
  Array.from({ length: n }, (_, i) =>
    test1('i', {
      auditor_id: 'a',
      key_vehicle: true,
      first_audit_passed: i < passed,
      audited_at: AT,
      occurred_at: '2025-12-31 23:00',
      ...rest,
    }),
  )
const audit = (submitted_at: string, audited_at: string | null): Facts => ({
  inspection: [test1('i', { id: 'x', submitted_at, audited_at, occurred_at: submitted_at })],
})

const v8: PostHocVector[] = [
  {
    code: 'V8.1',
    name: 'eleven after ten is exactly ten percent',
    options: LOCAL,
    facts: { inspection: [...away(10, '2025-12-05 09:00'), ...away(11, AT)] },
    rows: [{ key: 'i/4401', measured: 11, base: 10, deviation: 10, fired: false }],
  },
  {
    code: 'V8.1',
    name: 'twelve after ten',
    options: LOCAL,
    facts: { inspection: [...away(10, '2025-12-05 09:00'), ...away(12, AT)] },
    rows: [{ key: 'i/4401', measured: 12, base: 10, deviation: 20, fired: true }],
  },
  {
    code: 'V8.1',
    name: 'none in the month before cannot be judged',
    options: LOCAL,
    facts: { inspection: away(12, AT) },
    rows: [{ key: 'i/4401', measured: 12, base: null, judged: false, fired: false, unjudged: 'no_base' }],
  },
  {
    code: 'V8.1',
    name: 'districts of one city are one place, re-tests and locals do not count',
    options: LOCAL,
    facts: {
      inspection: [
        ...away(10, '2025-12-05 09:00'),
        ...away(6, AT),
        ...away(6, AT, 'i', '440106'),
        test1('i', { origin_region: '440103', attempt: 2 }),
        ...away(5, AT, 'i', '450302'),
      ],
    },
    rows: [{ key: 'i/4401', measured: 12, fired: true }],
  },

  {
    code: 'V8.2',
    name: 'more than ten percent over the city’s average per institution',
    options: LOCAL,
    facts: {
      inspection: [...away(120, '2025-06-05 09:00'), ...away(120, '2025-07-05 09:00', 'j'), ...away(12, AT)],
    },
    rows: [{ key: 'i', measured: 12, base: 10, deviation: 20, fired: true }],
  },
  {
    code: 'V8.2',
    name: 'exactly ten percent over',
    options: LOCAL,
    facts: {
      inspection: [...away(120, '2025-06-05 09:00'), ...away(120, '2025-07-05 09:00', 'j'), ...away(11, AT)],
    },
    rows: [{ key: 'i', measured: 11, base: 10, deviation: 10, fired: false }],
  },
  {
    code: 'V8.2',
    name: 'an institution that inspected only locals counts among the city’s',
    options: LOCAL,
    facts: {
      inspection: [
        ...away(240, '2025-06-05 09:00'),
        ...away(1, '2025-07-05 09:00', 'j', '450302'),
        ...away(12, AT),
      ],
    },
    rows: [{ key: 'i', base: 10, fired: true }],
  },
  {
    code: 'V8.2',
    name: 'no last year',
    options: LOCAL,
    facts: { inspection: away(12, AT) },
    rows: [{ key: 'i', judged: false, fired: false, unjudged: 'no_base' }],
  },

  {
    code: 'V8.3',
    name: 'four vehicles of one owner and model on one day',
    facts: { inspection: sameOwner(4) },
    rows: [{ key: 'i/o/M', period: '2026-01-15', measured: 4, fired: true }],
  },
  {
    code: 'V8.3',
    name: 'three',
    facts: { inspection: sameOwner(3) },
    rows: [{ key: 'i/o/M', measured: 3, fired: false }],
  },
  {
    code: 'V8.3',
    name: 'three and a re-test of one',
    facts: { inspection: [...sameOwner(3), ...sameOwner(1, { attempt: 2 })] },
    rows: [{ key: 'i/o/M', measured: 3, fired: false }],
  },
  {
    code: 'V8.3',
    name: 'two days',
    facts: { inspection: [...sameOwner(3), ...sameOwner(4, { occurred_at: '2026-01-16 00:00' })] },
    rows: [
      { key: 'i/o/M', period: '2026-01-15', fired: false },
      { key: 'i/o/M', period: '2026-01-16', measured: 4, fired: true },
    ],
  },

  {
    code: 'V8.4',
    name: 'twelve where the others have ten',
    facts: { inspection: [...times(12, test1('i')), ...times(8, test1('j')), ...times(12, test1('k'))] },
    rows: [
      { key: 'i', measured: 12, base: 10, deviation: 20, fired: true },
      { key: 'j', measured: 8, base: 12, fired: false },
      { key: 'k', measured: 12, base: 10, fired: true },
    ],
  },
  {
    code: 'V8.4',
    name: 'eleven is exactly ten percent over ten',
    facts: { inspection: [...times(11, test1('i')), ...times(10, test1('j'))] },
    rows: [
      { key: 'i', deviation: 10, fired: false },
      { key: 'j', base: 11, fired: false },
    ],
  },
  {
    code: 'V8.4',
    name: 'alone in the city',
    facts: {
      inspection: [...times(50, test1('i')), ...times(10, test1('j', { unit_path: '/45/4501/450103/' }))],
    },
    rows: [
      { key: 'i', base: null, judged: false, fired: false, unjudged: 'no_base' },
      { key: 'j', judged: false, fired: false, unjudged: 'no_base' },
    ],
  },

  ...rateCases('V8.5', 80),
  {
    code: 'V8.5',
    name: 'a unit whose code merely begins alike lies outside the scope',
    options: { scope: '/45/4503/' },
    facts: {
      inspection: [
        ...passes(50, 50),
        ...passes(50, 50, { institution_id: 'j', unit_path: '/45/45030/450302/' }),
        ...passes(50, 50, { institution_id: 'k', unit_path: '/45/4504/450402/' }),
      ],
    },
    rows: [{ key: 'i', measured: 100, fired: true }],
  },
  {
    code: 'V8.5',
    name: 're-tests do not count',
    facts: { inspection: [...passes(50, 40), ...passes(50, 50, { attempt: 2 })] },
    rows: [{ key: 'i', measured: 80, sample: 50, fired: false }],
  },

  {
    code: 'V8.6',
    name: 'first tests 18 %, re-tests 82 %',
    facts: { inspection: [...passes(50, 9), ...passes(50, 41, { attempt: 2 })] },
    rows: [{ key: 'i', measured: 82, also_measured: 18, also_threshold: 20, fired: true }],
  },
  {
    code: 'V8.6',
    name: 'first tests exactly 20 %',
    facts: { inspection: [...passes(50, 10), ...passes(50, 41, { attempt: 2 })] },
    rows: [{ key: 'i', measured: 82, also_measured: 20, fired: false }],
  },
  {
    code: 'V8.6',
    name: 're-tests exactly 80 %',
    facts: { inspection: [...passes(50, 9), ...passes(50, 40, { attempt: 3 })] },
    rows: [{ key: 'i', measured: 80, fired: false }],
  },
  {
    code: 'V8.6',
    name: 'too few first tests',
    facts: { inspection: [...passes(29, 0), ...passes(50, 50, { attempt: 2 })] },
    rows: [{ key: 'i', measured: 100, judged: false, fired: false, unjudged: 'small_sample' }],
  },

  ...rateCases('V8.7', 80, { vehicle_age_years: 16 }),
  {
    code: 'V8.7',
    name: 'exactly fifteen years is not older than fifteen',
    facts: { inspection: passes(50, 50, { vehicle_age_years: 15 }) },
    rows: [],
  },
  {
    code: 'V8.7',
    name: 'by model, two years together, older than ten',
    options: {
      period: { from: '2019-01-01', to: '2021-01-01' },
      window: 'period',
      dimensions: [{ name: 'model', of: 'inspection.model' }],
      parameters: { values: { F1_age_years: 10 } },
    },
    facts: {
      inspection: [
        ...passes(20, 20, { model: 'A', vehicle_age_years: 11, occurred_at: '2019-07-01 00:00' }),
        ...passes(20, 13, { model: 'A', vehicle_age_years: 11, occurred_at: '2020-07-01 00:00' }),
        ...passes(40, 40, { model: 'B', vehicle_age_years: 10, occurred_at: '2020-07-01 00:00' }),
      ],
    },
    rows: [
      {
        key: 'A',
        period: '2019-01-01..2020-12-31',
        measured: 82.5,
        numerator: 33,
        denominator: 40,
        fired: true,
      },
    ],
  },
  {
    code: 'V8.7',
    name: 'the nearest unit’s threshold wins over that of the unit above',
    options: {
      parameters: {
        overrides: [
          { unitPath: '/45/4503/', name: 'X8_rate_percent', value: 95 },
          { unitPath: '/45/4503/450302/', name: 'X8_rate_percent', value: 70 },
        ],
      },
    },
    facts: {
      inspection: [
        ...passes(50, 38, { vehicle_age_years: 16 }),
        ...passes(50, 45, { vehicle_age_years: 16, institution_id: 'j', unit_path: '/45/4503/450305/' }),
      ],
    },
    rows: [
      { key: 'i', measured: 76, threshold: 70, fired: true },
      { key: 'j', measured: 90, threshold: 95, fired: false },
    ],
  },
  {
    code: 'V8.7',
    name: 'a stricter threshold for one unit only',
    options: {
      parameters: { overrides: [{ unitPath: '/45/4503/450302/', name: 'X8_rate_percent', value: 95 }] },
    },
    facts: {
      inspection: [
        ...passes(50, 45, { vehicle_age_years: 16 }),
        ...passes(50, 45, { vehicle_age_years: 16, institution_id: 'j', unit_path: '/45/4503/450305/' }),
      ],
    },
    rows: [
      { key: 'i', measured: 90, threshold: 95, fired: false },
      { key: 'j', measured: 90, threshold: 80, fired: true },
    ],
  },

  {
    code: 'V8.8',
    name: 'exactly 90 % is at or above',
    facts: items(30, 27, 'brake'),
    rows: [{ key: 'i/brake', measured: 90, fired: true }],
  },
  {
    code: 'V8.8',
    name: 'below',
    facts: items(50, 44, 'lamp'),
    rows: [{ key: 'i/lamp', measured: 88, fired: false }],
  },
  {
    code: 'V8.8',
    name: 'too few',
    facts: items(29, 29, 'brake'),
    rows: [{ key: 'i/brake', judged: false, fired: false }],
  },
  { code: 'V8.8', name: 'an item that is not of the list', facts: items(30, 30, 'tyre'), rows: [] },
  {
    code: 'V8.8',
    name: 'an item that the unit added to the list',
    options: { parameters: { overrides: [{ unitPath: '/45/', name: 'S1_items', value: ['tyre'] }] } },
    facts: items(30, 30, 'tyre'),
    rows: [{ key: 'i/tyre', fired: true }],
  },

  ...rateCases('V8.9', 90, { accident: true }),
  {
    code: 'V8.9',
    name: 'vehicles without accident',
    facts: { inspection: passes(50, 50, { accident: false }) },
    rows: [],
  },

  {
    code: 'V8.10',
    name: 'above, by the month of the audit',
    facts: { inspection: audits(50, 41) },
    rows: [{ key: 'a', period: '2026-01', measured: 82, fired: true }],
  },
  {
    code: 'V8.10',
    name: 'exactly 80 %',
    facts: { inspection: audits(50, 40) },
    rows: [{ key: 'a', measured: 80, fired: false }],
  },
  {
    code: 'V8.10',
    name: 'too few',
    facts: { inspection: audits(29, 29) },
    rows: [{ key: 'a', judged: false, fired: false }],
  },
  {
    code: 'V8.10',
    name: 'vehicles that are not key vehicles, audits without outcome',
    facts: {
      inspection: [
        ...audits(50, 50, { key_vehicle: false }),
        ...audits(50, 50, { first_audit_passed: null }),
      ],
    },
    rows: [],
  },

  {
    code: 'V8.11',
    name: 'a minute over 24 hours',
    facts: audit('2026-01-10 10:00', '2026-01-11 10:01'),
    rows: [{ key: 'x', period: '2026-01-11', measured: 1441, fired: true }],
  },
  { code: 'V8.11', name: 'exactly 24 hours', facts: audit('2026-01-10 10:00', '2026-01-11 10:00'), rows: [] },
  {
    code: 'V8.11',
    name: 'still open',
    facts: audit('2026-01-30 10:00', null),
    rows: [{ key: 'x', period: '2026-01-31', measured: 2280, fired: true }],
  },
  {
    code: 'V8.11',
    name: 'not yet 24 hours at the end of the run',
    facts: audit('2026-01-31 00:00', null),
    rows: [],
  },
]

// ---- L8 -----------------------------------------------------------------------------------------------------------

const exam = (site_id: string, subject: string, rest: Row = {}): Row => ({
  site_id,
  subject,
  full_mark: false,
  make_up: false,
  passed: true,
  occurred_at: AT,
  ...rest,
})
const sat = (site: string, subject: string, n: number, passed: number, rest: Row = {}): Row[] => [
  ...times(passed, exam(site, subject, rest)),
  ...times(n - passed, exam(site, subject, { ...rest, passed: false })),
]
/** Site s at `own` % of 50, the other site so that the city stands at 50 % of 100. */
const city = (own: number, rest: Row = {}): Row[] => [
  ...sat('s', 'subject2', 50, own / 2, rest),
  ...sat('o', 'subject2', 50, 50 - own / 2, rest),
]
const DECEMBER = { occurred_at: '2025-12-15 10:00' }

const makeUps = (code: string, subject: string): PostHocVector[] => {
  const pair = (makeUp: [number, number], other: [number, number]) => ({
    examination: [...sat('s', subject, ...makeUp, { make_up: true }), ...sat('s', subject, ...other)],
  })
  return [
    {
      code,
      name: 'make-ups 62 %, others 50 %',
      facts: pair([50, 31], [50, 25]),
      rows: [{ key: 's', measured: 62, base: 50, deviation: 12, fired: true }],
    },
    {
      code,
      name: 'exactly ten points, of thirds',
      facts: pair([30, 13], [30, 10]),
      rows: [{ key: 's', numerator: 13, base_numerator: 10, fired: false }],
    },
    {
      code,
      name: 'too few others',
      facts: pair([50, 50], [29, 0]),
      rows: [{ key: 's', judged: false, fired: false, unjudged: 'small_sample' }],
    },
    {
      code,
      name: 'no others at all',
      facts: pair([50, 50], [0, 0]),
      rows: [{ key: 's', judged: false, fired: false, unjudged: 'no_base' }],
    },
    {
      code,
      name: 'another subject, full-mark exams',
      facts: {
        examination: [
          ...sat('s', 'subject9', 50, 50, { make_up: true }),
          ...sat('s', subject, 50, 50, { make_up: true, full_mark: true }),
        ],
      },
      rows: [],
    },
  ]
}

/** Candidates c0…: a first test with a score, then a make-up of which the first `passed` pass. */
const lowScores = (n: number, passed: number, score: number): Row[] =>
  Array.from({ length: n }, (_, i) => [
    exam('s', 'subject1', {
      candidate_id: `c${i}`,
      score,
      passed: false,
      started_at: '2026-01-05 09:00',
      occurred_at: '2026-01-05 09:00',
    }),
    exam('s', 'subject1', {
      candidate_id: `c${i}`,
      score: 95,
      passed: i < passed,
      make_up: true,
      started_at: '2026-01-05 10:00',
      occurred_at: '2026-01-05 10:00',
    }),
  ]).flat()

const judged = (n: number, errors: number, subject = 'subject2', candidate = 'c'): Facts => ({
  examination: Array.from({ length: n }, (_, i) =>
    exam('s', subject, { id: `e${i}`, candidate_id: candidate, device_id: 'd' }),
  ),
  examination_item: Array.from({ length: errors }, (_, i) => ({
    examination_id: `e${i % n}`,
    item: 'x',
    misjudged: true,
    deduction: 10,
    occurred_at: AT,
  })),
})

const sitting = (candidate: string, from: string, to: string, rest: Row = {}): Row =>
  exam('s', 'subject2', {
    candidate_id: candidate,
    device_id: 'd',
    started_at: `2026-01-15 ${from}`,
    ended_at: `2026-01-15 ${to}`,
    ...rest,
  })
const together = (n: number, rest: Row = {}): Row[] =>
  Array.from({ length: n }, (_, i) => sitting(`c${i}`, '09:00', '09:30', rest))

const overlaps = (code: string, subject: string, place: 'device_id' | 'car_id'): PostHocVector[] => {
  const rest = { subject, device_id: null, car_id: null, [place]: 'd' }
  return [
    {
      code,
      name: 'four at one moment',
      facts: { examination: together(4, rest) },
      rows: [{ key: 's/d', measured: 4, fired: true }],
    },
    {
      code,
      name: 'three at one moment',
      facts: { examination: together(3, rest) },
      rows: [{ key: 's/d', measured: 3, fired: false }],
    },
    {
      code,
      name: 'the fourth starts when the others end',
      facts: { examination: [...together(3, rest), sitting('z', '09:30', '10:00', rest)] },
      rows: [{ key: 's/d', measured: 3, fired: false }],
    },
    {
      code,
      name: 'one candidate twice is one',
      facts: { examination: [...together(3, rest), sitting('c0', '09:10', '09:40', rest)] },
      rows: [{ key: 's/d', measured: 3, fired: false }],
    },
    {
      code,
      name: 'four that never stand together',
      facts: {
        examination: ['09:00', '09:10', '09:20', '09:30'].map((from, i) =>
          sitting(`c${i}`, from, `${from.slice(0, 3)}${Number(from.slice(3)) + 15}`, rest),
        ),
      },
      rows: [{ key: 's/d', measured: 2, fired: false }],
    },
    {
      code,
      name: 'another subject',
      facts: { examination: together(4, { ...rest, subject: 'subject1' }) },
      rows: [],
    },
    {
      code,
      name: 'reaching into the period from before',
      facts: {
        examination: together(4, {
          ...rest,
          started_at: '2025-12-31 23:50',
          ended_at: '2026-01-01 00:10',
          occurred_at: '2025-12-31 23:50',
        }),
      },
      rows: [{ key: 's/d', measured: 4, fired: true }],
    },
  ]
}

const clocks = (code: string, subject: string): PostHocVector[] => {
  const off = (...minutes: number[]) => ({
    clock_offset: minutes.map((m) => ({ system: 'exam', site_id: 's', subject, minutes: m, at: AT })),
  })
  return [
    {
      code,
      name: 'six minutes slow',
      facts: off(2, -6),
      rows: [{ key: 's', period: '2026-01-15', measured: 6, fired: true }],
    },
    { code, name: 'exactly five minutes', facts: off(5), rows: [{ key: 's', measured: 5, fired: false }] },
    {
      code,
      name: 'another system',
      facts: { clock_offset: [{ system: 'video', site_id: 's', subject, minutes: 9, at: AT }] },
      rows: [],
    },
    {
      code,
      name: 'another subject',
      facts: { clock_offset: [{ system: 'exam', site_id: 's', subject: 'subject1', minutes: 9, at: AT }] },
      rows: [],
    },
  ]
}

const l8: PostHocVector[] = [
  {
    code: 'L8.1',
    name: 'twelve points over the city',
    facts: { examination: city(62) },
    rows: [
      { key: 's/subject2', measured: 62, base: 50, deviation: 12, fired: true },
      { key: 'o/subject2', measured: 38, fired: false },
    ],
  },
  {
    code: 'L8.1',
    name: 'exactly ten points over',
    facts: { examination: city(60) },
    rows: [
      { key: 's/subject2', deviation: 10, fired: false },
      { key: 'o/subject2', fired: false },
    ],
  },
  {
    code: 'L8.1',
    name: 'exactly ten points of thirds',
    facts: { examination: [...sat('s', 'subject2', 30, 13), ...sat('o', 'subject2', 30, 7)] },
    rows: [
      { key: 's/subject2', base_numerator: 20, base_denominator: 60, fired: false },
      { key: 'o/subject2', fired: false },
    ],
  },
  {
    code: 'L8.1',
    name: 'too few',
    facts: { examination: [...sat('s', 'subject2', 29, 29), ...sat('o', 'subject2', 50, 0)] },
    rows: [
      { key: 's/subject2', judged: false, fired: false, unjudged: 'small_sample' },
      { key: 'o/subject2', fired: false },
    ],
  },
  {
    code: 'L8.1',
    name: 'full-mark exams apart, make-ups included',
    facts: {
      examination: [...city(62, { make_up: true }), ...sat('s', 'subject2', 50, 0, { full_mark: true })],
    },
    rows: [
      { key: 's/subject2', measured: 62, fired: true },
      { key: 'o/subject2', fired: false },
    ],
  },
  {
    code: 'L8.1',
    name: 'another city is no base',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 50),
        ...sat('o', 'subject2', 50, 0, { unit_path: '/45/4501/450103/' }),
      ],
    },
    rows: [
      { key: 'o/subject2', base: 0, fired: false },
      { key: 's/subject2', base: 100, fired: false },
    ],
  },
  {
    code: 'L8.1',
    name: 'everything pooled as one city',
    options: { city: 'all' },
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 50),
        ...sat('o', 'subject2', 50, 0, { unit_path: '/45/4501/450103/' }),
      ],
    },
    rows: [
      { key: 'o/subject2', base: 50, fired: false },
      { key: 's/subject2', base: 50, deviation: 50, fired: true },
    ],
  },
  {
    code: 'L8.1',
    name: 'one brigade judged against the whole city',
    options: { scope: '/45/4503/450302/' },
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 31),
        ...sat('o', 'subject2', 50, 19, { unit_path: '/45/4503/450305/' }),
      ],
    },
    rows: [{ key: 's/subject2', base: 50, fired: true }],
  },
  ...makeUps('L8.2', 'subject1'),
  {
    code: 'L8.3',
    name: '52 % of low scorers pass',
    facts: { examination: lowScores(50, 26, 84) },
    rows: [{ key: 's', measured: 52, sample: 50, fired: true }],
  },
  {
    code: 'L8.3',
    name: 'exactly half',
    facts: { examination: lowScores(50, 25, 84) },
    rows: [{ key: 's', measured: 50, fired: false }],
  },
  { code: 'L8.3', name: 'first scores of 85', facts: { examination: lowScores(50, 50, 85) }, rows: [] },
  {
    code: 'L8.3',
    name: 'the preceding test decides, not an older one',
    facts: {
      examination: [
        ...lowScores(30, 30, 70),
        ...Array.from({ length: 30 }, (_, i) =>
          exam('s', 'subject1', {
            candidate_id: `c${i}`,
            score: 88,
            started_at: '2026-01-05 09:30',
            occurred_at: '2026-01-05 09:30',
          }),
        ),
      ],
    },
    rows: [],
  },
  ...makeUps('L8.4', 'subject2'),
  ...makeUps('L8.5', 'subject3_road'),
  ...makeUps('L8.6', 'subject3_safety'),
  {
    code: 'L8.7',
    name: 'outside hours 62 %, in hours 50 %',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 31, { working_time: false }),
        ...sat('s', 'subject2', 50, 25, { working_time: true, make_up: true }),
      ],
    },
    rows: [{ key: 's/subject2', measured: 62, base: 50, fired: true }],
  },
  {
    code: 'L8.7',
    name: 'exactly ten points',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 30, { working_time: false }),
        ...sat('s', 'subject2', 50, 25, { working_time: true }),
      ],
    },
    rows: [{ key: 's/subject2', deviation: 10, fired: false }],
  },
  {
    code: 'L8.7',
    name: 'nothing in working hours',
    facts: { examination: sat('s', 'subject2', 50, 50, { working_time: false }) },
    rows: [{ key: 's/subject2', judged: false, fired: false, unjudged: 'no_base' }],
  },
  {
    code: 'L8.8',
    name: '62 % after 50 %',
    facts: { examination: [...sat('s', 'subject2', 50, 31), ...sat('s', 'subject2', 50, 25, DECEMBER)] },
    rows: [{ key: 's/subject2', measured: 62, base: 50, deviation: 12, fired: true }],
  },
  {
    code: 'L8.8',
    name: '60 % after 50 %',
    facts: { examination: [...sat('s', 'subject2', 50, 30), ...sat('s', 'subject2', 50, 25, DECEMBER)] },
    rows: [{ key: 's/subject2', deviation: 10, fired: false }],
  },
  {
    code: 'L8.8',
    name: 'too few in the month before',
    facts: { examination: [...sat('s', 'subject2', 50, 50), ...sat('s', 'subject2', 29, 0, DECEMBER)] },
    rows: [{ key: 's/subject2', judged: false, fired: false, unjudged: 'small_sample' }],
  },
  {
    code: 'L8.8',
    name: 'two months before is no base',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 50),
        ...sat('s', 'subject2', 50, 0, { occurred_at: '2025-11-30 10:00' }),
      ],
    },
    rows: [{ key: 's/subject2', judged: false, fired: false, unjudged: 'no_base' }],
  },
  {
    code: 'L8.9',
    name: '26 misjudgements in 50',
    facts: judged(50, 26),
    rows: [{ key: 's/subject2', measured: 52, numerator: 26, denominator: 50, fired: true }],
  },
  {
    code: 'L8.9',
    name: 'exactly half',
    facts: judged(50, 25),
    rows: [{ key: 's/subject2', measured: 50, fired: false }],
  },
  {
    code: 'L8.9',
    name: 'none at all',
    facts: judged(50, 0),
    rows: [{ key: 's/subject2', measured: 0, fired: false }],
  },
  {
    code: 'L8.9',
    name: 'more than one each',
    facts: judged(30, 60, 'subject3_road'),
    rows: [{ key: 's/subject3_road', measured: 200, fired: true }],
  },
  {
    code: 'L8.9',
    name: 'too few',
    facts: judged(29, 29),
    rows: [{ key: 's/subject2', judged: false, fired: false }],
  },
  {
    code: 'L8.10',
    name: 'four of one candidate',
    facts: judged(2, 4),
    rows: [{ key: 'c', measured: 4, fired: true }],
  },
  { code: 'L8.10', name: 'three', facts: judged(2, 3), rows: [{ key: 'c', measured: 3, fired: false }] },
  { code: 'L8.10', name: 'subject 1 does not count', facts: judged(2, 4, 'subject1'), rows: [] },
  {
    code: 'L8.11',
    name: 'four deductions in thirty examinations',
    facts: judged(30, 4),
    rows: [{ key: 's/d', measured: 4, sample: 30, fired: true }],
  },
  {
    code: 'L8.11',
    name: 'none at all',
    facts: judged(30, 0),
    rows: [{ key: 's/d', measured: 0, fired: true }],
  },
  {
    code: 'L8.11',
    name: 'exactly five',
    facts: judged(30, 5),
    rows: [{ key: 's/d', measured: 5, fired: false }],
  },
  {
    code: 'L8.11',
    name: 'an idle device',
    facts: judged(29, 0),
    rows: [{ key: 's/d', measured: 0, judged: false, fired: false, unjudged: 'small_sample' }],
  },
  ...overlaps('L8.12', 'subject2', 'device_id'),
  {
    code: 'L8.13',
    name: 'on four devices at one moment',
    facts: {
      examination: Array.from({ length: 4 }, (_, i) =>
        sitting('c', '09:00', '09:30', { device_id: `d${i}` }),
      ),
    },
    rows: [{ key: 's/c', measured: 4, fired: true }],
  },
  {
    code: 'L8.13',
    name: 'on three',
    facts: {
      examination: Array.from({ length: 3 }, (_, i) =>
        sitting('c', '09:00', '09:30', { device_id: `d${i}` }),
      ),
    },
    rows: [{ key: 's/c', measured: 3, fired: false }],
  },
  {
    code: 'L8.13',
    name: 'on four one after the other',
    facts: {
      examination: Array.from({ length: 4 }, (_, i) =>
        sitting('c', `09:${i}0`, `09:${i + 1}0`, { device_id: `d${i}` }),
      ),
    },
    rows: [{ key: 's/c', measured: 1, fired: false }],
  },
  ...clocks('L8.14', 'subject2'),
  ...overlaps('L8.15', 'subject3_road', 'car_id'),
  ...clocks('L8.16', 'subject3_safety'),
]

// ---- L9, L10 ------------------------------------------------------------------------------------------------------

const pupils = (field: 'school_id' | 'examiner_id', own: number): Row[] => [
  ...sat('s', 'subject2', 50, own / 2, { [field]: 'a' }),
  ...sat('s', 'subject2', 50, 50 - own / 2, { [field]: null }),
]
const over = (code: string, field: 'school_id' | 'examiner_id'): PostHocVector[] => [
  {
    code,
    name: 'twelve points over the city, those without one included in it',
    facts: { examination: pupils(field, 62) },
    rows: [{ key: 'a/subject2', measured: 62, base: 50, fired: true }],
  },
  {
    code,
    name: 'exactly ten points',
    facts: { examination: pupils(field, 60) },
    rows: [{ key: 'a/subject2', deviation: 10, fired: false }],
  },
  {
    code,
    name: 'too few',
    facts: {
      examination: [
        ...sat('s', 'subject2', 29, 29, { [field]: 'a' }),
        ...sat('s', 'subject2', 50, 0, { [field]: null }),
      ],
    },
    rows: [{ key: 'a/subject2', judged: false, fired: false }],
  },
]
const l9l10: PostHocVector[] = [
  ...over('L9.1', 'school_id'),
  {
    code: 'L9.2',
    name: '62 % after 50 %',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 31, { school_id: 'a' }),
        ...sat('s', 'subject2', 50, 25, { ...DECEMBER, school_id: 'a' }),
      ],
    },
    rows: [{ key: 'a/subject2', deviation: 12, fired: true }],
  },
  {
    code: 'L9.2',
    name: '60 % after 50 %',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 30, { school_id: 'a' }),
        ...sat('s', 'subject2', 50, 25, { ...DECEMBER, school_id: 'a' }),
      ],
    },
    rows: [{ key: 'a/subject2', deviation: 10, fired: false }],
  },
  {
    code: 'L9.2',
    name: 'no month before',
    facts: { examination: sat('s', 'subject2', 50, 31, { school_id: 'a' }) },
    rows: [{ key: 'a/subject2', judged: false, fired: false, unjudged: 'no_base' }],
  },
  ...over('L10.1', 'examiner_id'),
  {
    code: 'L10.2',
    name: 'one school 62 %, all together 50 %',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 31, { examiner_id: 'x', school_id: 'a' }),
        ...sat('s', 'subject2', 50, 19, { examiner_id: 'x', school_id: null }),
      ],
    },
    rows: [{ key: 'x/a/subject2', measured: 62, base: 50, fired: true }],
  },
  {
    code: 'L10.2',
    name: 'exactly ten points',
    facts: {
      examination: [
        ...sat('s', 'subject2', 50, 30, { examiner_id: 'x', school_id: 'a' }),
        ...sat('s', 'subject2', 50, 20, { examiner_id: 'x', school_id: 'b' }),
      ],
    },
    rows: [
      { key: 'x/a/subject2', deviation: 10, fired: false },
      { key: 'x/b/subject2', deviation: -10, fired: false },
    ],
  },
  {
    code: 'L10.2',
    name: 'too few of the school',
    facts: {
      examination: [
        ...sat('s', 'subject2', 29, 29, { examiner_id: 'x', school_id: 'a' }),
        ...sat('s', 'subject2', 50, 0, { examiner_id: 'x', school_id: null }),
      ],
    },
    rows: [{ key: 'x/a/subject2', judged: false, fired: false, unjudged: 'small_sample' }],
  },
]

/** Options of every case, unless it says otherwise. */
export const standardOptions = { ...JANUARY }

/** All cases. */
export const postHocVectors: readonly PostHocVector[] = [
  ...v2,
  ...v3,
  ...v8,
  ...vehicleVectors,
  ...licenceVectors,
  ...l5l7Vectors,
  ...l8,
  ...l9l10,
  ...l11l12Vectors,
]
