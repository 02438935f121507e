/** Hand-worked cases of L1–L4: applicants from elsewhere, licence business for other places, hours, acceptance. */
import type { Facts } from './fact-stores.ts'
import type { PostHocVector } from './post-hoc-vector.ts'

type Row = Record<string, unknown>
const AT = '2026-01-15 10:00'
const LAST_YEAR = '2025-06-10 10:00'
const times = (n: number, row: Row): Row[] => Array.from({ length: n }, () => row)
const each = (n: number, row: (i: number) => Row): Row[] => Array.from({ length: n }, (_, i) => row(i))
const licence = (business_kind: string, rest: Row = {}): Row => ({
  subject_kind: 'licence',
  business_kind,
  accepted_at: AT,
  unit_id: 'u',
  ...rest,
})
const DAY = { period: { from: '2026-01-15', to: '2026-01-16' } }

// ---- L1 -----------------------------------------------------------------------------------------------------------

const first = (rest: Row = {}): Row =>
  licence('first_licence', { local: false, licence_class: 'C1', ...rest })

/** Cases of growth by more than 20 % over last year: `row` makes one transaction that counts, `other` one that does not. */
const growth = (
  code: string,
  key: string,
  percent: number,
  row: (rest?: Row) => Row,
  others: readonly [name: string, row: Row][],
): PostHocVector[] => {
  const before = (n: number, rest: Row = {}) =>
    each(12 * n, (i) =>
      row({ accepted_at: `2025-${String((i % 12) + 1).padStart(2, '0')}-10 10:00`, ...rest }),
    )
  const exact = 10 + percent / 10
  return [
    {
      code,
      name: `${exact + 1} after ten a month`,
      facts: { transaction: [...before(10), ...times(exact + 1, row())] },
      rows: [{ key, measured: exact + 1, base: 10, deviation: percent + 10, fired: true }],
    },
    {
      code,
      name: `${exact} after ten a month is exactly ${percent} percent`,
      facts: { transaction: [...before(10), ...times(exact, row())] },
      rows: [{ key, measured: exact, base: 10, deviation: percent, fired: false }],
    },
    {
      code,
      name: 'a last year with data in two months is divided by two',
      facts: {
        transaction: [
          ...times(12, row({ accepted_at: '2025-11-10 10:00' })),
          ...times(8, row({ accepted_at: '2025-12-31 23:59' })),
          ...times(13, row()),
        ],
      },
      rows: [{ key, measured: 13, base: 10, base_denominator: 2, fired: true }],
    },
    {
      code,
      name: 'nothing last year cannot be judged',
      facts: { transaction: [...times(5, row({ accepted_at: '2024-12-31 23:59' })), ...times(50, row())] },
      rows: [{ key, measured: 50, base: null, judged: false, fired: false, unjudged: 'no_base' }],
    },
    ...others.map(([name, other]) => ({
      code,
      name: `${name} does not count`,
      facts: { transaction: [...before(10), ...times(exact, row()), ...times(5, other)] },
      rows: [{ key, measured: exact, base: 10, fired: false }],
    })),
  ]
}

const firsts = (code: string, classes: readonly string[], outside: string): PostHocVector[] => {
  const row = (rest: Row = {}) => first({ licence_class: classes[0], ...rest })
  return [
    ...growth(code, 'u', 20, row, [
      ['a withdrawn application', row({ state: 'withdrawn' })],
      ['a local applicant', row({ local: true })],
      ['an applicant of unknown place', row({ local: null })],
      [`class ${outside}`, row({ licence_class: outside })],
      ['an added class', row({ business_kind: 'added_class' })],
      ['the month after', row({ accepted_at: '2026-02-01 00:00' })],
    ]),
    {
      code,
      name: `${classes.join(' and ')} are counted together`,
      facts: {
        transaction: [
          ...classes.flatMap((licence_class) => times(4, first({ licence_class, accepted_at: LAST_YEAR }))),
          ...classes.flatMap((licence_class) => times(5, first({ licence_class }))),
        ],
      },
      rows: [{ key: 'u', measured: 5 * classes.length, base: 4 * classes.length, fired: true }],
    },
    {
      code,
      name: 'each unit against its own last year',
      facts: {
        transaction: [
          ...times(10, row({ accepted_at: LAST_YEAR })),
          ...times(4, row({ unit_id: 'w', accepted_at: LAST_YEAR })),
          ...times(10, row()),
          ...times(5, row({ unit_id: 'w' })),
        ],
      },
      rows: [
        { key: 'u', measured: 10, base: 10, fired: false },
        { key: 'w', measured: 5, base: 4, fired: true },
      ],
    },
  ]
}

/** One person's licence and what moved it. */
const moved = (n: number, done: Row, out: Row, into?: Row): Facts => ({
  transaction: each(n, (i) => ({ person_id: `p${i}`, ...done })),
  licence_transfer: [
    ...each(n, (i) => ({ person_id: `p${i}`, direction: 'out', unit_id: 'elsewhere', ...out })),
    ...(into ? each(n, (i) => ({ person_id: `p${i}`, direction: 'in', ...into })) : []),
  ],
})
const made = (completed_at: string, rest: Row = {}) =>
  licence('first_licence', { accepted_at: '2025-09-01 10:00', completed_at, ...rest })
const added = (accepted_at: string, rest: Row = {}) => licence('added_class', { accepted_at, ...rest })

const addresses = (n: number, rest: Row = {}, person: Row = {}): Facts => ({
  transaction: each(n, (i) => first({ person_id: `p${i}`, ...rest })),
  person: each(n, (i) => ({ id: `p${i}`, address_digest: 'a', mobile_digest: 'm', ...person })),
})
const shared = (code: string, column: 'address_digest' | 'mobile_digest'): PostHocVector[] => {
  const label = column[0]!
  const key = `${label}/u`
  return [
    { code, name: 'six persons', facts: addresses(6), rows: [{ measured: 6, key, fired: true }] },
    { code, name: 'exactly five', facts: addresses(5), rows: [{ measured: 5, key, fired: false }] },
    {
      code,
      name: 'five, one of them twice',
      facts: {
        ...addresses(5),
        transaction: [...addresses(5)['transaction']!, first({ person_id: 'p0' })],
      },
      rows: [{ key, measured: 5, fired: false }],
    },
    {
      code,
      name: 'six, of whom three apply in another unit',
      facts: {
        ...addresses(6),
        transaction: each(6, (i) => first({ person_id: `p${i}`, unit_id: i < 3 ? 'u' : 'w' })),
      },
      rows: [
        { key, measured: 3, fired: false },
        { key: `${label}/w`, measured: 3, fired: false },
      ],
    },
    {
      code,
      name: 'six, of whom one applied the month before',
      facts: {
        ...addresses(6),
        transaction: each(6, (i) =>
          first({ person_id: `p${i}`, accepted_at: i === 0 ? '2025-12-31 10:00' : AT }),
        ),
      },
      rows: [{ key, measured: 5, fired: false }],
    },
    { code, name: 'none given', facts: addresses(6, {}, { [column]: null }), rows: [] },
    { code, name: 'locals', facts: addresses(6, { local: true }), rows: [] },
    { code, name: 'withdrawn', facts: addresses(6, { state: 'withdrawn' }), rows: [] },
  ]
}

const permit = (permit_number_valid: boolean | null, rest: Row = {}): Facts => ({
  transaction: [first({ id: 't', permit_number_valid, ...rest })],
})

const l1: PostHocVector[] = [
  ...firsts('L1.1', ['C1', 'C2'], 'C3'),
  ...firsts('L1.2', ['D', 'E', 'F'], 'C1'),

  {
    code: 'L1.3',
    name: '21 persons a day before three months have passed',
    facts: moved(21, made('2025-10-16 10:00'), { at: AT }),
    rows: [{ key: 'u', period: '2026-01', measured: 21, threshold: 20, fired: true }],
  },
  {
    code: 'L1.3',
    name: 'exactly twenty persons',
    facts: moved(20, made('2025-10-16 10:00'), { at: AT }),
    rows: [{ key: 'u', measured: 20, fired: false }],
  },
  {
    code: 'L1.3',
    name: 'out when three months have just passed',
    facts: moved(21, made('2025-10-15 10:00'), { at: AT }),
    rows: [],
  },
  {
    code: 'L1.3',
    name: 'out a minute earlier',
    facts: moved(21, made('2025-10-15 10:01'), { at: AT }),
    rows: [{ key: 'u', measured: 21, fired: true }],
  },
  {
    code: 'L1.3',
    name: 'out before the licence was made, or not made at all',
    facts: {
      transaction: [
        { person_id: 'a', ...made('2026-01-16 10:00') },
        { person_id: 'b', ...made('', { completed_at: null, state: 'accepted' }) },
      ],
      licence_transfer: ['a', 'b'].map((person_id) => ({ person_id, direction: 'out', at: AT })),
    },
    rows: [],
  },
  {
    code: 'L1.3',
    name: 'moved in instead of out',
    facts: moved(21, made('2025-10-16 10:00'), { at: AT, direction: 'in' }),
    rows: [],
  },
  {
    code: 'L1.3',
    name: 'twenty persons, one of them out twice, and one out in February',
    facts: {
      transaction: moved(21, made('2025-12-16 10:00'), {})['transaction']!,
      licence_transfer: [
        ...each(20, (i) => ({ person_id: `p${i}`, direction: 'out', at: AT })),
        { person_id: 'p0', direction: 'out', at: '2026-01-20 10:00' },
        { person_id: 'p20', direction: 'out', at: '2026-02-01 00:00' },
      ],
    },
    rows: [{ key: 'u', measured: 20, fired: false }],
  },

  {
    code: 'L1.4',
    name: '21 licences in, added class within a month, out within three',
    facts: moved(21, added('2025-11-20 10:00'), { at: AT }, { at: '2025-11-01 10:00' }),
    rows: [{ key: 'u', period: '2026-01', measured: 21, threshold: 20, fired: true }],
  },
  {
    code: 'L1.4',
    name: 'exactly twenty licences',
    facts: moved(20, added('2025-11-20 10:00'), { at: AT }, { at: '2025-11-01 10:00' }),
    rows: [{ key: 'u', measured: 20, fired: false }],
  },
  {
    code: 'L1.4',
    name: 'added class applied for when a month has just passed',
    facts: moved(21, added('2025-12-01 10:00'), { at: AT }, { at: '2025-11-01 10:00' }),
    rows: [],
  },
  {
    code: 'L1.4',
    name: 'out when three months since the application have just passed',
    facts: moved(21, added('2025-10-15 10:00'), { at: AT }, { at: '2025-10-01 10:00' }),
    rows: [],
  },
  {
    code: 'L1.4',
    name: 'the three months run from the application, not from the transfer in',
    facts: moved(21, added('2025-10-20 10:00'), { at: AT }, { at: '2025-10-01 10:00' }),
    rows: [{ key: 'u', measured: 21, fired: true }],
  },
  {
    code: 'L1.4',
    name: 'the application withdrawn',
    facts: moved(
      21,
      added('2025-11-20 10:00', { state: 'withdrawn' }),
      { at: AT },
      { at: '2025-11-01 10:00' },
    ),
    rows: [],
  },
  {
    code: 'L1.4',
    name: 'never transferred in',
    facts: moved(21, added('2025-11-20 10:00'), { at: AT }),
    rows: [],
  },

  ...shared('L1.5', 'address_digest'),
  ...shared('L1.6', 'mobile_digest'),

  {
    code: 'L1.7',
    name: 'a number that does not match',
    options: DAY,
    facts: permit(false),
    rows: [{ key: 't', period: '2026-01-15', measured: 1, threshold: 1, fired: true }],
  },
  { code: 'L1.7', name: 'a number that matches', options: DAY, facts: permit(true), rows: [] },
  { code: 'L1.7', name: 'no number entered, or no rule', options: DAY, facts: permit(null), rows: [] },
  { code: 'L1.7', name: 'a local applicant', options: DAY, facts: permit(false, { local: true }), rows: [] },
  { code: 'L1.7', name: 'withdrawn', options: DAY, facts: permit(false, { state: 'withdrawn' }), rows: [] },
  {
    code: 'L1.7',
    name: 'the day before',
    options: DAY,
    facts: permit(false, { accepted_at: '2026-01-14 23:59' }),
    rows: [],
  },
]

// ---- L2 -----------------------------------------------------------------------------------------------------------

const shares = (code: string, fact: string): PostHocVector[] => {
  const of = (n: number, elsewhere: number, rest: Row = {}): Facts => ({
    [fact]: each(n, (i) => ({ at: AT, unit_id: 'u', elsewhere: i < elsewhere, ...rest })),
  })
  return [
    {
      code,
      name: '31 of 100',
      facts: of(100, 31),
      rows: [{ key: 'u', measured: 31, sample: 100, fired: true }],
    },
    {
      code,
      name: 'exactly 30 percent',
      facts: of(100, 30),
      rows: [{ key: 'u', measured: 30, fired: false }],
    },
    {
      code,
      name: '29 are too few',
      facts: of(29, 29),
      rows: [{ key: 'u', measured: 100, judged: false, fired: false, unjudged: 'small_sample' }],
    },
    { code, name: '30 are enough', facts: of(30, 10), rows: [{ key: 'u', sample: 30, fired: true }] },
    {
      code,
      name: 'of those whose place is not known none is elsewhere',
      facts: { [fact]: [...of(30, 30)[fact]!, ...of(70, 0, { elsewhere: null })[fact]!] },
      rows: [{ key: 'u', measured: 30, sample: 100, fired: false }],
    },
    {
      code,
      name: 'another month, another unit',
      facts: {
        [fact]: [
          ...of(100, 30)[fact]!,
          ...of(50, 50, { at: '2025-12-31 23:59' })[fact]!,
          ...of(40, 0, { unit_id: 'w' })[fact]!,
        ],
      },
      rows: [
        { key: 'u', measured: 30, fired: false },
        { key: 'w', measured: 0, fired: false },
      ],
    },
  ]
}
const changed = (n: number, rest: Row = {}): Row[] =>
  times(n, { direction: 'in', id_changed: true, at: AT, unit_id: 'u', ...rest })

const l2: PostHocVector[] = [
  ...shares('L2.1', 'validation'),
  ...shares('L2.2', 'medical_report'),
  ...shares('L2.3', 'full_mark_study'),
  {
    code: 'L2.4',
    name: 'four',
    facts: { licence_transfer: changed(4) },
    rows: [{ key: 'u', measured: 4, threshold: 3, fired: true }],
  },
  {
    code: 'L2.4',
    name: 'exactly three',
    facts: { licence_transfer: changed(3) },
    rows: [{ key: 'u', measured: 3, fired: false }],
  },
  {
    code: 'L2.4',
    name: 'out, without a changed number, in another month or not yet handled do not count',
    facts: {
      licence_transfer: [
        ...changed(3),
        ...changed(1, { direction: 'out' }),
        ...changed(1, { id_changed: false }),
        ...changed(1, { at: '2025-12-31 23:59' }),
        ...changed(1, { at: null, downloaded_at: AT }),
      ],
    },
    rows: [{ key: 'u', measured: 3, fired: false }],
  },
]

// ---- L3 -----------------------------------------------------------------------------------------------------------

const outside = (code: string, key: string): PostHocVector[] => {
  const row = (business_kind: string, rest: Row = {}) =>
    licence(business_kind, { handler_id: 'h', working_time: true, ...rest })
  const work = (n: number) => times(n, row('first_licence'))
  const late = (business_kind: string, rest: Row = {}) => row(business_kind, { working_time: false, ...rest })
  const case_ = (name: string, transaction: Row[], expected: Record<string, unknown>): PostHocVector => ({
    code,
    name,
    facts: { transaction },
    rows: [{ key, period: '2026-01-15', ...expected }],
  })
  return [
    case_(
      'one of each kind among a hundred',
      [
        ...work(96),
        late('licence_replacement'),
        late('licence_exchange', { reason: 'expired' }),
        late('validation'),
        late('information_change', { reason: 'mobile' }),
      ],
      { measured: 4, sample: 100, fired: true },
    ),
    case_('exactly three percent', [...work(97), ...times(3, late('validation'))], {
      measured: 3,
      fired: false,
    }),
    case_('29 a day are too few', [...work(9), ...times(20, late('validation'))], {
      judged: false,
      fired: false,
      unjudged: 'small_sample',
    }),
    case_('30 are enough', [...work(29), late('validation')], { sample: 30, fired: true }),
    case_(
      'other business, a change of address and unknown hours count below the line only',
      [
        ...work(90),
        ...times(5, late('first_licence')),
        ...times(4, late('information_change', { reason: 'address' })),
        row('validation', { working_time: null }),
      ],
      { measured: 0, sample: 100, fired: false },
    ),
    case_(
      'vehicle business and withdrawn business do not count at all',
      [
        ...work(97),
        ...times(3, late('validation')),
        ...times(5, late('validation', { state: 'withdrawn' })),
        ...times(50, late('plate_replacement', { subject_kind: 'vehicle' })),
      ],
      { measured: 3, sample: 100, fired: false },
    ),
    {
      code,
      name: 'two days are two groups',
      facts: {
        transaction: [
          ...work(49),
          late('validation'),
          ...times(49, row('first_licence', { accepted_at: '2026-01-16 10:00' })),
          ...times(2, late('validation', { accepted_at: '2026-01-16 20:00' })),
        ],
      },
      rows: [
        { key, period: '2026-01-15', measured: 2, fired: false },
        { key, period: '2026-01-16', sample: 51, fired: true },
      ],
    },
  ]
}

// ---- L4 -----------------------------------------------------------------------------------------------------------

const amended = (code: string, key: string): PostHocVector[] => {
  const work = (n: number, rest: Row = {}) =>
    each(n, (i) => licence('first_licence', { id: `t${i}`, handler_id: 'h', ...rest }))
  const amend = (transaction_id: string, rest: Row = {}): Row => ({
    transaction_id,
    operator_id: 'h',
    unit_id: 'u',
    at: AT,
    ...rest,
  })
  const old = (rest: Row = {}) =>
    licence('added_class', {
      id: 'old',
      handler_id: 'h',
      accepted_at: '2026-01-14 10:00',
      unit_id: 'u',
      ...rest,
    })
  const case_ = (
    name: string,
    transaction: Row[],
    amendment: Row[],
    expected: Record<string, unknown>,
  ): PostHocVector => ({
    code,
    name,
    options: DAY,
    facts: { transaction, amendment },
    rows: [{ key, period: '2026-01-15', ...expected }],
  })
  const three = each(3, (i) => amend(`t${i}`))
  return [
    case_('three of a hundred reach three percent', work(100), three, {
      measured: 3,
      numerator: 3,
      sample: 100,
      fired: true,
    }),
    case_('two of a hundred', work(100), three.slice(0, 2), { measured: 2, fired: false }),
    case_('three of 101 stay below', work(101), three, { numerator: 3, sample: 101, fired: false }),
    case_('two fields of one transaction count once', work(100), [...three.slice(0, 2), amend('t0')], {
      measured: 2,
      fired: false,
    }),
    case_(
      'the transaction amended may be of another day',
      [...work(100), old()],
      [...three.slice(0, 2), amend('old')],
      { measured: 3, sample: 100, fired: true },
    ),
    case_('29 accepted are too few', work(29), three, {
      judged: false,
      fired: false,
      unjudged: 'small_sample',
    }),
    case_(
      'vehicle business amended, and amendments of another day, do not count',
      [...work(100), old({ subject_kind: 'vehicle' })],
      [...three.slice(0, 2), amend('old'), amend('t5', { at: '2026-01-16 00:00' })],
      { measured: 2, fired: false },
    ),
    case_(
      code === 'L4.1'
        ? 'what others amend is not the handler’s'
        : 'what is amended in another unit is not this one’s',
      work(100),
      [...three.slice(0, 2), amend('t7', { operator_id: 'other', unit_id: 'other' })],
      { measured: 2, fired: false },
    ),
    {
      code,
      name: 'nothing accepted cannot be judged',
      options: DAY,
      facts: { transaction: [old()], amendment: [amend('old')] },
      rows: [],
    },
  ]
}

const expired = (code: string, key: string, limit: number): PostHocVector[] => {
  const of = (n: number, rest: Row = {}) =>
    times(n, licence('first_licence', { reason: 'expired_foreign_licence', handler_id: 'h', ...rest }))
  const military = { reason: 'expired_military_licence' }
  return [
    {
      code,
      name: 'both grounds together above',
      facts: { transaction: [...of(limit), ...of(1, military)] },
      rows: [{ key, period: '2026-01-01..2026-01-31', measured: limit + 1, fired: true }],
    },
    {
      code,
      name: 'exactly at the threshold',
      facts: { transaction: [...of(limit - 1), ...of(1, military)] },
      rows: [{ key, measured: limit, fired: false }],
    },
    {
      code,
      name: 'ordinary applications, withdrawn ones and those before the period do not count',
      facts: {
        transaction: [
          ...of(limit),
          ...of(3, { reason: 'ordinary' }),
          ...of(3, { state: 'withdrawn' }),
          ...of(3, { accepted_at: '2025-12-31 23:59' }),
          ...of(3, { business_kind: 'added_class' }),
        ],
      },
      rows: [{ key, measured: limit, fired: false }],
    },
    {
      code,
      name: 'the period is that of the run',
      options: { period: { from: '2025-12-01', to: '2026-02-01' } },
      facts: { transaction: [...of(limit), ...of(1, { accepted_at: '2025-12-31 23:59' })] },
      rows: [{ key, period: '2025-12-01..2026-01-31', measured: limit + 1, fired: true }],
    },
  ]
}

const exchanged = (code: string, kind: string, key: string, percent: number): PostHocVector[] => {
  const row = (rest: Row = {}) => licence(kind, { handler_id: 'h', issuing_country: 'JPN', ...rest })
  const other = kind === 'foreign_exchange' ? 'military_exchange' : 'foreign_exchange'
  return growth(code, key, percent, row, [
    ['a withdrawn exchange', row({ state: 'withdrawn' })],
    ['the other kind of exchange', row({ business_kind: other })],
  ])
}
const CITY = '/45/4503/'
const country = (issuing_country: string, n: number, rest: Row = {}): Row[] =>
  times(n, licence('foreign_exchange', { issuing_country, ...rest }))

const l4: PostHocVector[] = [
  ...amended('L4.1', 'h'),
  ...amended('L4.2', 'u'),
  ...expired('L4.3', 'h', 5),
  ...expired('L4.4', 'u', 10),
  ...exchanged('L4.5', 'foreign_exchange', 'h', 10),
  ...exchanged('L4.6', 'foreign_exchange', 'u', 10),
  ...exchanged('L4.7', 'foreign_exchange', 'JPN', 10),
  {
    code: 'L4.7',
    name: 'all units of the city together, each country by itself',
    facts: {
      transaction: [
        ...country('JPN', 10, { accepted_at: LAST_YEAR, unit_id: 'u' }),
        ...country('KOR', 10, { accepted_at: LAST_YEAR, unit_id: 'u' }),
        ...country('JPN', 6, { unit_id: 'u' }),
        ...country('JPN', 6, { unit_id: 'w', unit_path: '/45/4503/450305/' }),
        ...country('JPN', 6, { unit_id: 'x', unit_path: '/45/4501/450103/' }),
        ...country('KOR', 11),
      ],
    },
    rows: [
      { key: 'JPN', city: CITY, measured: 12, base: 10, deviation: 20, fired: true },
      { key: 'KOR', city: CITY, measured: 11, base: 10, deviation: 10, fired: false },
      { key: 'JPN', city: '/45/4501/', measured: 6, judged: false, fired: false, unjudged: 'no_base' },
    ],
  },
  {
    code: 'L4.7',
    name: 'a country that was not recorded is not judged',
    facts: { transaction: country(null as never, 20) },
    rows: [],
  },
  ...exchanged('L4.8', 'military_exchange', 'h', 20),
  ...exchanged('L4.9', 'military_exchange', 'u', 20),
]

/** All cases of L1–L4. */
export const licenceVectors: readonly PostHocVector[] = [
  ...l1,
  ...l2,
  ...outside('L3.1', 'h'),
  ...outside('L3.2', 'u'),
  ...l4,
]
