/** Hand-worked cases of V1 and V4–V7, as data. */
import type { Facts } from './fact-stores.ts'
import type { ExpectedRow, PostHocVector } from './post-hoc-vector.ts'

type Row = Record<string, unknown>
const times = (n: number, row: Row): Row[] => Array.from({ length: n }, () => row)
const each = (n: number, row: (i: number) => Row): Row[] => Array.from({ length: n }, (_, i) => row(i))
const vector = (
  code: string,
  name: string,
  facts: Facts,
  rows: readonly ExpectedRow[],
  options?: PostHocVector['options'],
): PostHocVector => ({ code, name, facts, rows, ...(options ? { options } : {}) })

const UNIT = 'unit'
const OTHER_UNIT = 'other unit'
const OTHER_PATH = '/45/4503/450303/'
const CITY = '/45/4503/'
const AT = '2026-01-15 10:00'
const LOCAL = { localRegions: [{ unitPath: CITY, regions: ['4503'] }] }

// ---- V1 -----------------------------------------------------------------------------------------------------------

const plates = (n: number, issued_at: string, rest: Row = {}): Row[] =>
  times(n, { unit_id: UNIT, vehicle_id: 'v', person_id: 'p', cross_district: false, issued_at, ...rest })
const MONTHS_2025 = each(12, (i) => ({ day: `2025-${String(i + 1).padStart(2, '0')}-10 10:00` })).map(
  ({ day }) => day as string,
)
/** Ten a month in every month of 2025. */
const TEN_A_MONTH = MONTHS_2025.flatMap((day) => plates(10, day))
const issued = (n: number, ...before: Row[]): Facts => ({ temporary_plate: [...before, ...plates(n, AT)] })
const shared = (within: number, across: number, registrations: number, rest: Row = {}): Facts => ({
  temporary_plate: [...plates(within, AT), ...plates(across, AT, { cross_district: true })],
  transaction: times(registrations, {
    unit_id: UNIT,
    business_kind: 'registration',
    accepted_at: AT,
    ...rest,
  }),
})
const toPersons = (...issues: Array<readonly [person: string | null, at: string, unit?: string]>): Facts => ({
  temporary_plate: issues.flatMap(([person_id, at, unit_id = UNIT]) => plates(1, at, { person_id, unit_id })),
})

const v1: PostHocVector[] = [
  vector('V1.1', '14 against ten a month', issued(14, ...TEN_A_MONTH), [
    { key: UNIT, period: '2026-01', measured: 14, base: 10, deviation: 40, fired: true },
  ]),
  vector('V1.1', '13 are exactly thirty percent more', issued(13, ...TEN_A_MONTH), [
    { key: UNIT, measured: 13, deviation: 30, fired: false },
  ]),
  vector(
    'V1.1',
    'records began in October: three months make the average',
    issued(14, ...TEN_A_MONTH.slice(90)),
    [{ key: UNIT, base: 10, base_denominator: 3, deviation: 40, fired: true }],
  ),
  vector('V1.1', 'no plates last year', issued(14), [
    { key: UNIT, measured: 14, judged: false, fired: false, unjudged: 'no_base' },
  ]),
  vector(
    'V1.1',
    'plates of another unit neither add nor form its average',
    { temporary_plate: [...TEN_A_MONTH, ...plates(13, AT), ...plates(9, AT, { unit_id: OTHER_UNIT })] },
    [
      { key: UNIT, measured: 13, fired: false },
      { key: OTHER_UNIT, measured: 9, unjudged: 'no_base', fired: false },
    ],
  ),
  vector(
    'V1.1',
    'plates of the run’s own year are no base',
    issued(14, ...TEN_A_MONTH, ...plates(40, '2024-06-01 10:00')),
    [{ key: UNIT, base: 10, fired: true }],
  ),

  vector('V1.2', '13 against ten of the same month', issued(13, ...plates(10, '2025-01-31 23:59')), [
    { key: UNIT, period: '2026-01', measured: 13, base: 10, deviation: 30, fired: true },
  ]),
  vector('V1.2', '12 are exactly twenty percent more', issued(12, ...plates(10, '2025-01-01 00:00')), [
    { key: UNIT, deviation: 20, fired: false },
  ]),
  vector('V1.2', 'none in the same month last year', issued(12, ...plates(10, '2025-02-01 00:00')), [
    { key: UNIT, judged: false, fired: false, unjudged: 'no_base' },
  ]),

  vector('V1.3', '11 of 50, both kinds together', shared(6, 5, 50), [
    { key: UNIT, period: '2026-01', measured: 22, part_within: 6, part_across: 5, sample: 50, fired: true },
  ]),
  vector('V1.3', '10 of 50 are exactly twenty percent', shared(6, 4, 50), [
    { key: UNIT, measured: 20, fired: false },
  ]),
  vector('V1.3', 'more plates than registrations', shared(60, 0, 50), [
    { key: UNIT, measured: 120, part_within: 60, part_across: 0, fired: true },
  ]),
  vector('V1.3', '29 registrations are too few', shared(20, 0, 29), [
    { key: UNIT, judged: false, fired: false, unjudged: 'small_sample' },
  ]),
  vector(
    'V1.3',
    'withdrawn registrations do not count: nothing to judge',
    shared(20, 0, 50, { state: 'withdrawn' }),
    [],
  ),
  vector('V1.3', 'no plates', shared(0, 0, 50), [{ key: UNIT, measured: 0, part_within: 0, fired: false }]),

  vector(
    'V1.4',
    'three persons, the first in February',
    toPersons(['a', '2025-02-01 00:00'], ['b', '2025-08-01 10:00', OTHER_UNIT], ['c', AT]),
    [{ key: 'v', period: '2026-01', measured: 3, threshold: 3, fired: true }],
  ),
  vector(
    'V1.4',
    'the first at the last moment of the January before',
    toPersons(['a', '2025-01-31 23:59'], ['b', '2025-08-01 10:00'], ['c', AT]),
    [{ key: 'v', measured: 2, fired: false }],
  ),
  vector(
    'V1.4',
    'three plates of two persons',
    toPersons(['a', '2025-06-01 10:00'], ['b', '2025-08-01 10:00'], ['a', AT]),
    [{ key: 'v', measured: 2, sample: 3, fired: false }],
  ),
  vector(
    'V1.4',
    'an organisation is no person',
    toPersons(['a', '2025-06-01 10:00'], ['b', '2025-08-01 10:00'], [null, AT]),
    [{ key: 'v', measured: 2, fired: false }],
  ),
  vector(
    'V1.4',
    'none in the month of the run',
    toPersons(['a', '2025-06-01 10:00'], ['b', '2025-08-01 10:00'], ['c', '2025-12-31 23:59']),
    [],
  ),
]

// ---- V4 -----------------------------------------------------------------------------------------------------------

const taken = (rest: Row = {}): Row => ({
  id: 's',
  vehicle_id: 'v',
  transaction_id: 'old',
  selected_at: '2025-06-01 09:00',
  original_number: false,
  ...rest,
})
const original = (rest: Row = {}): Row => taken({ original_number: true, ...rest })
const business = (id: string, accepted_at: string, rest: Row = {}): Row => ({
  id,
  vehicle_id: 'v',
  business_kind: 'registration',
  accepted_at,
  ...rest,
})
const again = (at: string, rest: Row = {}, selection: Row = {}): Facts => ({
  number_selection: [taken({ withdrawn_at: '2025-06-02 09:00', ...selection })],
  transaction: [business('old', '2025-06-01 08:50', { state: 'withdrawn' }), business('new', at, rest)],
})

const owned = (
  vehicle_id: string,
  person_id: string,
  from: string,
  to: string | null,
  rest: Row = {},
): Row => ({
  vehicle_id,
  person_id,
  from,
  to,
  co_owner: false,
  ...rest,
})
/** `p` uses the number of vehicle `f` on vehicle `v` on 15 January. */
const reused = (owners: Row[], rest: Row = {}): Facts => ({
  transaction: [business('t', AT, { person_id: 'p' })],
  number_selection: [original({ transaction_id: 't', selected_at: AT, former_vehicle_id: 'f', ...rest })],
  vehicle_owner: owners,
})

const restructured = (rest: Row = {}): Facts => ({
  number_selection: [original({ selected_at: AT, ground: 'asset_restructuring', ...rest })],
})

const afterwards = (facts: Facts, selection: Row = {}): Facts => ({
  number_selection: [original(selection)],
  ...facts,
})
const corrected = (field: string, at = AT, rest: Row = {}): Facts => ({
  correction: [{ target_kind: 'vehicle', target: 'v', field, at, ...rest }],
})
const changing = (field: string, rest: Row = {}): Facts => ({
  transaction: [business('c', AT, { business_kind: 'change_registration', ...rest })],
  transaction_change: [{ transaction_id: 'c', field }],
})

const transfer = (id: string, at: string, person_id: string, rest: Row = {}): Row =>
  business(id, at, { business_kind: 'transfer_registration', person_id, ...rest })
const AWAY = '2025-06-01 09:00'
/** `a` sells to `b` in June; who has it from 15 January on is given. */
const returned = (
  to: string,
  rest: { selection?: Row; back?: Row; owners?: Row[]; away?: string } = {},
): Facts => ({
  transaction: [transfer('out', AWAY, 'b'), transfer('in', AT, to, rest.back)],
  number_selection: [taken({ transaction_id: 'out', selected_at: AWAY, ...rest.selection })],
  vehicle_owner: rest.owners ?? [
    owned('v', 'a', '2024-01-01 09:00', rest.away ?? AWAY),
    owned('v', 'b', rest.away ?? AWAY, AT),
    owned('v', to, AT, null),
  ],
})

const changed = (fields: string[], rest: Row = {}): Facts => ({
  transaction: [business('c', AT, { business_kind: 'change_registration', ...rest })],
  transaction_change: fields.map((field) => ({ transaction_id: 'c', field })),
})

const together = (fields: string[], rest: Row = {}): Facts => ({
  ...changed(fields),
  number_selection: [original({ transaction_id: 'c', selected_at: AT, ...rest })],
})

const v4: PostHocVector[] = [
  vector('V4.1', 'selected, withdrawn, registered anew', again(AT), [
    { key: 'v', period: '2026-01-15', measured: 1, threshold: 1, fired: true },
  ]),
  vector(
    'V4.1',
    'anew at the very moment of withdrawal',
    again('2025-06-02 09:00'),
    [{ key: 'v', measured: 1, fired: true }],
    { period: { from: '2025-06-01', to: '2025-07-01' } },
  ),
  vector('V4.1', 'business before the withdrawal', again('2025-06-02 08:59'), [], {
    period: { from: '2025-06-01', to: '2025-07-01' },
  }),
  vector('V4.1', 'not withdrawn', again(AT, {}, { withdrawn_at: null }), []),
  vector('V4.1', 'a mortgage is no new use of a number', again(AT, { business_kind: 'mortgage' }), []),
  vector('V4.1', 'another vehicle', again(AT, { vehicle_id: 'w' }), []),
  vector('V4.1', 'anew before the period', again('2025-12-31 23:59'), []),
  vector(
    'V4.1',
    'two withdrawn selections are two sequences',
    {
      ...again(AT),
      number_selection: [
        taken({ withdrawn_at: '2025-06-02 09:00' }),
        taken({ id: 's2', transaction_id: 'older', withdrawn_at: '2025-05-02 09:00' }),
      ],
    },
    [{ key: 'v', measured: 2, fired: true }],
  ),

  vector(
    'V4.2',
    'the user bought the vehicle of the number a year ago',
    reused([
      owned('f', 'x', '2020-01-01 09:00', '2025-01-05 09:00'),
      owned('f', 'p', '2025-01-05 09:00', AT),
    ]),
    [{ key: 'v', period: '2026-01-15', measured: 1, fired: true }],
  ),
  vector(
    'V4.2',
    'the first owner sold it and keeps his number',
    reused([
      owned('f', 'p', '2020-01-01 09:00', '2025-12-05 09:00'),
      owned('f', 'x', '2025-12-05 09:00', null),
    ]),
    [],
  ),
  vector(
    'V4.2',
    'the owner before was a co-owner only',
    reused([
      owned('f', 'x', '2020-01-01 09:00', '2025-01-05 09:00', { co_owner: true }),
      owned('f', 'p', '2020-01-01 09:00', AT),
    ]),
    [],
  ),
  vector(
    'V4.2',
    'the change follows the selection',
    reused([
      owned('f', 'x', '2020-01-01 09:00', '2026-01-15 10:01'),
      owned('f', 'p', '2026-01-15 10:01', null),
    ]),
    [],
  ),
  vector(
    'V4.2',
    'the owner before was a company',
    reused([
      owned('f', 'x', '2020-01-01 09:00', '2025-01-05 09:00', { person_id: null, organisation_id: 'o' }),
      owned('f', 'p', '2025-01-05 09:00', AT),
    ]),
    [{ key: 'v', measured: 1, fired: true }],
  ),
  vector(
    'V4.2',
    'a number that is no original one',
    reused(
      [owned('f', 'x', '2020-01-01 09:00', '2025-01-05 09:00'), owned('f', 'p', '2025-01-05 09:00', AT)],
      { original_number: false },
    ),
    [],
  ),

  vector('V4.3', 'asset restructuring', restructured(), [
    { key: 'v', period: '2026-01-15', measured: 1, fired: true },
  ]),
  vector('V4.3', 'another ground', restructured({ ground: 'trade_in' }), []),
  vector('V4.3', 'withdrawn', restructured({ withdrawn_at: '2026-01-15 11:00' }), []),
  vector('V4.3', 'no original number', restructured({ original_number: false }), []),
  vector('V4.3', 'no ground known', restructured({ ground: null }), []),

  vector('V4.4', 'the owner corrected', afterwards(corrected('owner')), [
    { key: 'v', period: '2026-01-15', measured: 1, fired: true },
  ]),
  vector('V4.4', 'the co-owner changed', afterwards(changing('co_owner')), [
    { key: 'v', measured: 1, fired: true },
  ]),
  vector(
    'V4.4',
    'both: two sequences',
    afterwards({ ...corrected('owner', '2025-08-01 10:00'), ...changing('co_owner') }),
    [{ key: 'v', measured: 2, fired: true }],
  ),
  vector(
    'V4.4',
    'the colour corrected, the use changed',
    afterwards({ ...corrected('colour'), ...changing('use_nature') }),
    [],
  ),
  vector(
    'V4.4',
    'corrected before the number was used',
    afterwards(corrected('owner', '2025-05-31 10:00')),
    [],
    {
      period: { from: '2025-05-01', to: '2025-07-01' },
    },
  ),
  vector('V4.4', 'the change was withdrawn', afterwards(changing('co_owner', { state: 'withdrawn' })), []),
  vector(
    'V4.4',
    'the selection was withdrawn',
    afterwards(corrected('owner'), { withdrawn_at: '2025-06-02 09:00' }),
    [],
  ),
  vector(
    'V4.4',
    'a change in the very transaction that uses the number is V4.7',
    afterwards(changing('co_owner'), { transaction_id: 'c', selected_at: '2026-01-15 09:00' }),
    [],
  ),
  vector('V4.4', 'a person corrected', afterwards(corrected('owner', AT, { target_kind: 'person' })), []),

  vector('V4.5', 'to another with a number, and back', returned('a'), [
    { key: 'v', period: '2026-01-15', measured: 1, fired: true },
  ]),
  vector('V4.5', 'on to a third', returned('c'), []),
  vector('V4.5', 'no number was selected', returned('a', { selection: { transaction_id: 'elsewhere' } }), []),
  vector('V4.5', 'the number was withdrawn', returned('a', { selection: { withdrawn_at: AT } }), []),
  vector('V4.5', 'the way back was withdrawn', returned('a', { back: { state: 'withdrawn' } }), []),
  vector(
    'V4.5',
    'owners change when the transfer is completed',
    returned('a', { away: '2025-06-02 16:00' }),
    [{ key: 'v', measured: 1, fired: true }],
  ),
  vector(
    'V4.5',
    'back through a third',
    {
      ...returned('a', {
        owners: [
          owned('v', 'a', '2024-01-01 09:00', AWAY),
          owned('v', 'b', AWAY, '2025-09-01 09:00'),
          owned('v', 'c', '2025-09-01 09:00', AT),
          owned('v', 'a', AT, null),
        ],
      }),
      transaction: [
        transfer('out', AWAY, 'b'),
        transfer('on', '2025-09-01 09:00', 'c'),
        transfer('in', AT, 'a'),
      ],
    },
    [{ key: 'v', measured: 1, fired: true }],
  ),

  vector('V4.6', 'only the plate', changed(['plate']), [
    { key: 'c', period: '2026-01-15', measured: 1, fired: true },
  ]),
  vector('V4.6', 'the plate and the colour', changed(['plate', 'colour']), []),
  vector('V4.6', 'only the colour', changed(['colour']), []),
  vector('V4.6', 'withdrawn', changed(['plate'], { state: 'withdrawn' }), []),
  vector('V4.6', 'in a transfer', changed(['plate'], { business_kind: 'transfer_registration' }), []),

  vector('V4.7', 'the co-owner with an original number', together(['co_owner', 'plate']), [
    { key: 'c', period: '2026-01-15', measured: 1, fired: true },
  ]),
  vector('V4.7', 'two co-owners are one use', together(['co_owner', 'co_owner']), [
    { key: 'c', measured: 1, fired: true },
  ]),
  vector('V4.7', 'another change', together(['use_nature']), []),
  vector('V4.7', 'the number withdrawn', together(['co_owner'], { withdrawn_at: '2026-01-15 11:00' }), []),
  vector('V4.7', 'no original number', together(['co_owner'], { original_number: false }), []),
]

// ---- V5 -----------------------------------------------------------------------------------------------------------

/** `p` registers `new`, having `n` vehicles of a type. */
const garage = (
  n: number,
  more: { vehicle?: Row; owner?: Row; extra?: Facts; business?: Row } = {},
): Facts => ({
  transaction: [
    business('t', AT, { vehicle_id: 'new', person_id: 'p', ...more.business }),
    ...(more.extra?.['transaction'] ?? []),
  ],
  vehicle: [
    { id: 'new', vehicle_type: 'K33' },
    ...each(n, (i) => ({ id: `v${i}`, vehicle_type: 'K33', ...more.vehicle })),
    ...(more.extra?.['vehicle'] ?? []),
  ],
  vehicle_owner: [
    owned('new', 'p', AT, null),
    ...each(n, (i) => owned(`v${i}`, 'p', '2024-01-01 09:00', null, more.owner)),
    ...(more.extra?.['vehicle_owner'] ?? []),
  ],
})

const bought = (n: number, vehicle: Row, rest: Row = {}): Facts => ({
  vehicle: each(n, (i) => ({ id: `v${i}`, ...vehicle })),
  transaction: each(n, (i) =>
    business(`t${i}`, i === n - 1 ? AT : `2024-01-01 09:${String(i % 60).padStart(2, '0')}`, {
      vehicle_id: `v${i}`,
      person_id: 'p',
      ...rest,
    }),
  ),
})
const BUS = { vehicle_type: 'K11', use_nature: 'A' }
const TRICYCLE = { vehicle_type: 'M12', use_nature: 'A' }

const v5: PostHocVector[] = [
  vector('V5.1', 'eleven cars already', garage(11), [
    { key: 'p', period: '2026-01-15', measured: 11, threshold: 10, fired: true },
  ]),
  vector('V5.1', 'ten cars already, the one at hand not counted', garage(10), [
    { key: 'p', measured: 10, fired: false },
  ]),
  vector('V5.1', 'eleven motorcycles are no automobiles', garage(11, { vehicle: { vehicle_type: 'M21' } }), [
    { key: 'p', measured: 0, fired: false },
  ]),
  vector('V5.1', 'eleven as co-owner', garage(11, { owner: { co_owner: true } }), [
    { key: 'p', measured: 0, fired: false },
  ]),
  vector('V5.1', 'sold at the moment of acceptance', garage(11, { owner: { to: AT } }), [
    { key: 'p', measured: 0, fired: false },
  ]),
  vector('V5.1', 'the registration was withdrawn', garage(11, { business: { state: 'withdrawn' } }), []),
  vector(
    'V5.1',
    'of two registrations on one day the second sees one more',
    garage(10, {
      extra: {
        transaction: [business('t2', '2026-01-15 11:00', { vehicle_id: 'new2', person_id: 'p' })],
        vehicle: [{ id: 'new2', vehicle_type: 'K33' }],
        vehicle_owner: [owned('new2', 'p', '2026-01-15 11:00', null)],
      },
    }),
    [{ key: 'p', measured: 11, sample: 2, fired: true }],
  ),

  vector('V5.2', 'the third bus', bought(3, BUS), [
    { key: 'p', period: '2026-01-15', measured: 3, threshold: 2, fired: true },
  ]),
  vector('V5.2', 'the second bus', bought(2, BUS), [{ key: 'p', measured: 2, fired: false }]),
  vector('V5.2', 'commercial buses', bought(3, { ...BUS, use_nature: 'B' }), []),
  vector('V5.2', 'medium buses', bought(3, { ...BUS, vehicle_type: 'K21' }), []),
  vector('V5.2', 'of a company', bought(3, BUS, { person_id: null, organisation_id: 'o' }), []),
  vector(
    'V5.2',
    'one bus registered and changed twice is one',
    {
      vehicle: [{ id: 'v', ...BUS }],
      transaction: [
        business('t0', '2024-01-01 09:00', { person_id: 'p' }),
        business('t1', '2025-01-01 09:00', { person_id: 'p', business_kind: 'change_registration' }),
        business('t2', AT, { person_id: 'p', business_kind: 'change_registration' }),
      ],
    },
    [{ key: 'p', measured: 1, sample: 3, fired: false }],
  ),

  vector('V5.3', 'the 21st tricycle', bought(21, TRICYCLE, { local: false }), [
    { key: 'p', period: '2026-01-15', measured: 21, threshold: 20, fired: true },
  ]),
  vector('V5.3', 'the 20th tricycle', bought(20, TRICYCLE, { local: false }), [
    { key: 'p', measured: 20, fired: false },
  ]),
  vector('V5.3', 'a local person', bought(21, TRICYCLE, { local: true }), []),
  vector('V5.3', 'two-wheeled motorcycles', bought(21, { vehicle_type: 'M21' }, { local: false }), []),
  vector('V5.3', 'whether local is not known', bought(21, TRICYCLE, { local: null }), []),
]

// ---- V6, V7 -------------------------------------------------------------------------------------------------------

const recreated = (rest: Row = {}, facts: Facts = {}): Facts => ({
  ...facts,
  transaction: [
    business('t', AT, { business_kind: 'vehicle_file_recreation', ...rest }),
    ...(facts['transaction'] ?? []),
  ],
})
const check = (kind: string, outcome: string): Facts => ({
  external_check: [{ transaction_id: 't', kind, outcome, at: AT }],
})
const vehicleDue = (scrap_due_at: string | null): Facts => ({ vehicle: [{ id: 'v', scrap_due_at }] })
const scrapping = (reason: string, rest: Row = {}): Facts => ({
  transaction: [business('scrap', '2024-01-01 09:00', { business_kind: 'deregistration', reason, ...rest })],
})

const v6: PostHocVector[] = [
  vector('V6.1', 'the VIN', corrected('vin'), [{ key: 'v', period: '2026-01-15', measured: 1, fired: true }]),
  vector('V6.1', 'the scrap date', corrected('scrap_on'), [{ key: 'v', measured: 1, fired: true }]),
  vector('V6.1', 'the colour', corrected('colour'), []),
  vector('V6.1', 'a person’s record', corrected('owner', AT, { target_kind: 'person' }), []),
  vector('V6.1', 'the day before the period', corrected('vin', '2025-12-31 23:59'), []),
  vector('V6.1', 'fields as a unit sets them', corrected('vin'), [], {
    parameters: { values: { F1_fields: ['owner'] } },
  }),

  vector('V6.2', 'a check says stolen', recreated({}, check('stolen_vehicle', 'hit')), [
    { key: 't', period: '2026-01-15', measured: 1, judged: true, fired: true },
  ]),
  vector('V6.2', 'checks are clear', recreated({}, check('stolen_vehicle', 'clear')), []),
  vector('V6.2', 'no check, own facts silent: cannot be judged', recreated({}, vehicleDue(null)), [
    { key: 't', judged: false, fired: false, unjudged: 'unknown' },
  ]),
  vector('V6.2', 'the outside system did not answer', recreated({}, check('stolen_vehicle', 'timeout')), [
    { key: 't', judged: false, fired: false, unjudged: 'unknown' },
  ]),
  vector('V6.2', 'no check, but due for scrapping that very day', recreated({}, vehicleDue('2026-01-15')), [
    { key: 't', measured: 1, judged: true, fired: true },
  ]),
  vector('V6.2', 'due the day after', recreated({}, vehicleDue('2026-01-16')), [
    { key: 't', judged: false, fired: false },
  ]),
  vector('V6.2', 'deregistered as scrap before', recreated({}, scrapping('scrap')), [
    { key: 't', measured: 1, judged: true, fired: true },
  ]),
  vector(
    'V6.2',
    'deregistered as exported before, checks clear',
    recreated({}, { ...scrapping('exported'), ...check('scrapped_vehicle', 'clear') }),
    [],
  ),
  vector(
    'V6.2',
    'a deregistration that was withdrawn',
    recreated({}, scrapping('scrap', { state: 'withdrawn' })),
    [{ key: 't', judged: false, fired: false }],
  ),
  vector('V6.2', 'withdrawn', recreated({ state: 'withdrawn' }, check('stolen_vehicle', 'hit')), []),
  vector('V6.2', 'a hit of another kind of check', recreated({}, check('population', 'hit')), [
    { key: 't', judged: false, fired: false, unjudged: 'unknown' },
  ]),
]

const scrapped = (n: number, completed_at: string, origin_region = '440103', rest: Row = {}): Row[] =>
  times(n, {
    business_kind: 'deregistration',
    reason: 'scrap',
    accepted_at: completed_at,
    completed_at,
    origin_region,
    ...rest,
  })
/** Ten a month from elsewhere and one of the city in every month of 2025. */
const TEN_SCRAPPED = MONTHS_2025.flatMap((day) => [...scrapped(10, day), ...scrapped(1, day, '450302')])

const v7: PostHocVector[] = [
  vector(
    'V7.1',
    'twelve against ten a month, over two units',
    {
      transaction: [
        ...TEN_SCRAPPED,
        ...scrapped(5, AT),
        ...scrapped(7, AT, '440103', { unit_path: OTHER_PATH }),
      ],
    },
    [{ key: '', period: '2026-01', unit_path: CITY, measured: 12, base: 10, deviation: 20, fired: true }],
    LOCAL,
  ),
  vector(
    'V7.1',
    'eleven are exactly ten percent more',
    { transaction: [...TEN_SCRAPPED, ...scrapped(11, AT), ...scrapped(9, AT, '450321')] },
    [{ key: '', measured: 11, deviation: 10, fired: false }],
    LOCAL,
  ),
  vector(
    'V7.1',
    'a month without vehicles from elsewhere is a month of the average',
    {
      transaction: [
        ...TEN_SCRAPPED.slice(0, 110),
        ...scrapped(1, '2025-11-10 10:00', '450302'),
        ...scrapped(1, '2025-12-10 10:00', '450302'),
        ...scrapped(10, AT),
      ],
    },
    [{ key: '', base: 100 / 12, base_denominator: 12, fired: true }],
    LOCAL,
  ),
  vector(
    'V7.1',
    'another city, another reason, not completed',
    {
      transaction: [
        ...TEN_SCRAPPED,
        ...scrapped(10, AT),
        ...scrapped(9, AT, '440103', { unit_path: '/45/4501/450102/' }),
        ...scrapped(9, AT, '440103', { reason: 'lost' }),
        ...scrapped(9, AT, '440103', { state: 'issued', completed_at: null }),
      ],
    },
    [{ key: '', city: CITY, measured: 10, deviation: 0, fired: false }],
    LOCAL,
  ),
  vector(
    'V7.1',
    'nothing last year',
    { transaction: scrapped(11, AT) },
    [{ key: '', judged: false, fired: false, unjudged: 'no_base' }],
    LOCAL,
  ),
]

/** Cases of V1 and V4–V7. */
export const vehicleVectors: readonly PostHocVector[] = [...v1, ...v4, ...v5, ...v6, ...v7]
