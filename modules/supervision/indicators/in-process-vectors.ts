/** Hand-worked cases of the in-process indicators, as data. */
import type { AtHand } from '@hengjian/indicators'
import type { Facts } from './fact-stores.ts'

/** One case. Ids are labels; `silent` = the trigger does not even ask. */
export interface InProcessVector {
  readonly code: string
  readonly name: string
  readonly event?: 'accept' | 'amendment' | 'information_change' | 'external_check'
  readonly now: string
  readonly atHand: Partial<AtHand> & { readonly businessKind: string }
  readonly facts: Facts
  readonly parameters?: Readonly<Record<string, number | string | readonly string[] | null>>
  readonly status: 'fired' | 'clear' | 'cannot_judge' | 'unavailable' | 'silent'
  readonly measured?: number
  readonly effect?: 'prompt' | 'authorise'
}

const NOW = '2026-03-15 10:00'
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))

const prompt = { status: 'fired', effect: 'prompt' } as const
const hold = { status: 'fired', effect: 'authorise' } as const
const clear = { status: 'clear' } as const

// ---- owners -----------------------------------------------------------------------------------------------------

const owned = (n: number, rest: object = {}) =>
  times(n, (i) => ({ vehicle_id: `v${i}`, person_id: 'p', from: '2025-01-01 00:00', ...rest }))
const registration = { businessKind: 'registration', vehicleId: 'new', personId: 'p', local: true } as const
const tricycle = { id: 'new', vehicle_type: 'M11' }
const tricycles = (n: number, rest: object = {}) => ({
  vehicle: [tricycle, ...times(n, (i) => ({ id: `t${i}`, vehicle_type: 'M11' }))],
  transaction: times(n, (i) => ({
    business_kind: 'registration',
    vehicle_id: `t${i}`,
    person_id: 'p',
    accepted_at: '2025-06-01 09:00',
    ...rest,
  })),
})
const outsider = { ...registration, local: false } as const
const buses = (n: number, nature: string, rest: object = {}) => ({
  vehicle: [
    { id: 'new', vehicle_type: 'K11', use_nature: 'A' },
    ...times(n, (i) => ({ id: `b${i}`, vehicle_type: 'K11', use_nature: nature })),
  ],
  transaction: times(n, (i) => ({
    business_kind: 'registration',
    vehicle_id: `b${i}`,
    person_id: 'p',
    accepted_at: '2025-06-01 09:00',
    ...rest,
  })),
})

const owners: InProcessVector[] = [
  {
    code: '012001',
    name: 'at the 12th vehicle',
    now: NOW,
    atHand: registration,
    facts: { vehicle_owner: [...owned(11), { vehicle_id: 'new', person_id: 'p', from: NOW }] },
    ...prompt,
    measured: 11,
  },
  {
    code: '012001',
    name: 'the 11th vehicle: ten owned is not more than ten',
    now: NOW,
    atHand: registration,
    facts: { vehicle_owner: owned(10) },
    ...clear,
    measured: 10,
  },
  {
    code: '012001',
    name: 'when one of eleven was sold at that very instant',
    now: NOW,
    atHand: registration,
    facts: {
      vehicle_owner: [
        ...owned(10),
        { vehicle_id: 'sold', person_id: 'p', from: '2024-01-01 00:00', to: NOW },
      ],
    },
    ...clear,
    measured: 10,
  },
  {
    code: '012001',
    name: 'a co-owner of eleven',
    now: NOW,
    atHand: registration,
    facts: { vehicle_owner: owned(11, { co_owner: true }) },
    ...clear,
    measured: 0,
  },
  {
    code: '012001',
    name: 'vehicles of other units, counted all the same',
    now: NOW,
    atHand: registration,
    facts: { vehicle_owner: owned(11, { unit_path: '/44/4401/440103/' }) },
    ...prompt,
    measured: 11,
  },
  {
    code: '012001',
    name: 'an organisation',
    now: NOW,
    atHand: { ...registration, personId: null, organisationId: 'o' },
    facts: {},
    status: 'silent',
  },
  {
    code: '012001',
    name: 'at six under a limit of five set for the unit',
    now: NOW,
    atHand: registration,
    facts: { vehicle_owner: owned(6) },
    parameters: { F1_vehicles: 5 },
    ...prompt,
    measured: 6,
  },

  {
    code: '012002',
    name: 'at the 22nd three-wheeler',
    now: NOW,
    atHand: outsider,
    facts: tricycles(21),
    ...prompt,
    measured: 21,
  },
  {
    code: '012002',
    name: 'the 21st: twenty is not more than twenty',
    now: NOW,
    atHand: outsider,
    facts: tricycles(20),
    ...clear,
    measured: 20,
  },
  {
    code: '012002',
    name: 'when one of 21 was withdrawn',
    now: NOW,
    atHand: outsider,
    facts: {
      ...tricycles(20),
      transaction: [
        ...tricycles(20).transaction,
        {
          business_kind: 'registration',
          vehicle_id: 't0',
          person_id: 'p',
          state: 'withdrawn',
          accepted_at: '2025-06-01 09:00',
        },
      ],
    },
    ...clear,
    measured: 20,
  },
  {
    code: '012002',
    name: 'a local person',
    now: NOW,
    atHand: registration,
    facts: tricycles(21),
    status: 'silent',
  },
  {
    code: '012002',
    name: 'another kind of vehicle',
    now: NOW,
    atHand: outsider,
    facts: { ...tricycles(21), vehicle: [{ id: 'new', vehicle_type: 'K33' }] },
    status: 'silent',
  },

  {
    code: '012005',
    name: 'at the fourth large bus',
    now: NOW,
    atHand: registration,
    facts: buses(3, 'A'),
    ...prompt,
    measured: 3,
  },
  {
    code: '012005',
    name: 'the third: two is not more than two',
    now: NOW,
    atHand: registration,
    facts: buses(2, 'L'),
    ...clear,
    measured: 2,
  },
  {
    code: '012005',
    name: 'three commercial buses',
    now: NOW,
    atHand: registration,
    facts: buses(3, 'B'),
    ...clear,
    measured: 0,
  },
  {
    code: '012005',
    name: 'a change of registration that leaves the use nature alone',
    now: NOW,
    atHand: { ...registration, businessKind: 'change_registration' },
    facts: buses(3, 'A'),
    status: 'silent',
  },
  {
    code: '012005',
    name: 'a change of registration to non-commercial',
    now: NOW,
    atHand: { ...registration, businessKind: 'change_registration' },
    facts: { ...buses(3, 'A'), transaction_change: [{ transaction_id: 'now', field: 'use_nature' }] },
    ...prompt,
    measured: 3,
  },
]

// ---- re-issues ----------------------------------------------------------------------------------------------------

const reissue = (kind: string, at: string, rest: object = {}) => ({
  business_kind: kind,
  reason: 'reissue',
  vehicle_id: 'v',
  accepted_at: at,
  ...rest,
})
const reissues = (code: string, kind: string): InProcessVector[] => {
  const atHand = { businessKind: kind, reason: 'reissue', vehicleId: 'v' }
  const earlier = (...at: string[]) => ({ transaction: at.map((a) => reissue(kind, a)) })
  return [
    {
      code,
      name: 'at the fourth within twelve months',
      now: NOW,
      atHand,
      facts: earlier('2025-03-15 10:01', '2025-08-01 09:00', '2026-02-01 09:00'),
      ...prompt,
      measured: 4,
    },
    {
      code,
      name: 'the third',
      now: NOW,
      atHand,
      facts: earlier('2025-08-01 09:00', '2026-02-01 09:00'),
      ...clear,
      measured: 3,
    },
    {
      code,
      name: 'a fourth whose first lies exactly twelve months back',
      now: NOW,
      atHand,
      facts: earlier('2025-03-15 10:00', '2025-08-01 09:00', '2026-02-01 09:00'),
      ...clear,
      measured: 3,
    },
    {
      code,
      name: 'a fourth when one was withdrawn',
      now: NOW,
      atHand,
      facts: {
        transaction: [
          reissue(kind, '2025-08-01 09:00'),
          reissue(kind, '2025-09-01 09:00'),
          reissue(kind, '2026-02-01 09:00', { state: 'withdrawn' }),
        ],
      },
      ...clear,
      measured: 3,
    },
    {
      code,
      name: 'a fourth when one was an exchange',
      now: NOW,
      atHand,
      facts: {
        transaction: [
          reissue(kind, '2025-08-01 09:00'),
          reissue(kind, '2025-09-01 09:00'),
          reissue(kind, '2026-02-01 09:00', { reason: 'exchange' }),
        ],
      },
      ...clear,
      measured: 3,
    },
    {
      code,
      name: 'an exchange',
      now: NOW,
      atHand: { ...atHand, reason: 'exchange' },
      facts: earlier('2025-08-01 09:00', '2025-09-01 09:00', '2026-02-01 09:00'),
      status: 'silent',
    },
  ]
}

const repeated = (code: string, kind: string): InProcessVector[] => {
  const atHand = { businessKind: kind, personId: 'p' }
  const earlier = (at: string, rest: object = {}) => ({
    transaction: [{ business_kind: kind, subject_kind: 'licence', person_id: 'p', accepted_at: at, ...rest }],
  })
  return [
    {
      code,
      name: 'at the second within one month',
      now: NOW,
      atHand,
      facts: earlier('2026-02-15 10:01'),
      ...prompt,
      measured: 2,
    },
    { code, name: 'the first', now: NOW, atHand, facts: {}, ...clear, measured: 1 },
    {
      code,
      name: 'a second exactly one month later',
      now: NOW,
      atHand,
      facts: earlier('2026-02-15 10:00'),
      ...clear,
      measured: 1,
    },
    {
      code,
      name: 'a second at another unit',
      now: NOW,
      atHand,
      facts: earlier('2026-03-01 10:00', { unit_path: '/11/1101/110101/' }),
      ...prompt,
      measured: 2,
    },
    {
      code,
      name: 'another driver',
      now: NOW,
      atHand,
      facts: earlier('2026-03-01 10:00', { person_id: 'q' }),
      ...clear,
      measured: 1,
    },
    {
      code,
      name: 'on 31 March after 28 February',
      now: '2026-03-31 10:00',
      atHand,
      facts: earlier('2026-02-28 10:01'),
      ...prompt,
      measured: 2,
    },
  ]
}

// ---- temporary plates, outside checks -----------------------------------------------------------------------------

const plate = { businessKind: 'temporary_plate', personId: 'p' } as const
const applicant = (id_region: string | null, address_region: string | null) => ({
  person: [{ id: 'p', kind: 'person', id_region, address_region }],
})

const checks = (
  code: string,
  businessKind: string,
  kind: string,
  bad: string,
  effect: 'prompt' | 'authorise',
): InProcessVector[] => {
  const answers = (...outcomes: string[]) => ({
    external_check: outcomes.map((outcome, i) => ({
      transaction_id: 'now',
      kind,
      outcome,
      at: `2026-03-15 09:5${i}`,
    })),
  })
  const atHand = { businessKind, personId: 'p', local: false }
  return [
    {
      code,
      name: 'when the answer is bad',
      now: NOW,
      atHand,
      facts: answers(bad),
      status: 'fired',
      effect,
      measured: 1,
    },
    {
      code,
      name: 'when the answer is good',
      now: NOW,
      atHand,
      facts: answers('found'),
      ...clear,
      measured: 0,
    },
    {
      code,
      name: 'when a later answer is good: the latest counts',
      now: NOW,
      atHand,
      facts: answers(bad, 'found'),
      ...clear,
      measured: 0,
    },
    { code, name: 'when it was not asked', now: NOW, atHand, facts: {}, ...clear, measured: 0 },
    {
      code,
      name: 'when the system does not answer',
      now: NOW,
      atHand,
      facts: answers('unavailable'),
      status: 'unavailable',
      effect,
    },
    {
      code,
      name: 'letting pass where the unit says so',
      now: NOW,
      atHand,
      facts: answers('unavailable'),
      parameters: { S2_fallback: 'pass' },
      status: 'unavailable',
    },
    {
      code,
      name: 'when it answers at last',
      now: NOW,
      event: 'external_check',
      atHand,
      facts: answers('unavailable', bad),
      status: 'fired',
      effect,
      measured: 1,
    },
  ]
}

const outside: InProcessVector[] = [
  {
    code: '012006',
    name: 'when both regions are elsewhere',
    now: NOW,
    atHand: plate,
    facts: applicant('440103', '110101'),
    ...prompt,
    measured: 1,
  },
  {
    code: '012006',
    name: 'when the address is local',
    now: NOW,
    atHand: plate,
    facts: applicant('440103', '450302'),
    ...clear,
    measured: 0,
  },
  {
    code: '012006',
    name: 'when the ID number is local',
    now: NOW,
    atHand: plate,
    facts: applicant('450305', '110101'),
    ...clear,
    measured: 0,
  },
  {
    code: '012006',
    name: 'an unknown region',
    now: NOW,
    atHand: plate,
    facts: applicant('440103', null),
    status: 'cannot_judge',
  },
  ...checks('012007', 'registration', 'residence_permit', 'none', 'prompt'),
  ...checks('022101', 'licence_exchange', 'population', 'deceased', 'authorise'),
  {
    code: '022101',
    name: 'when nothing is found',
    now: NOW,
    atHand: { businessKind: 'licence_exchange' },
    facts: { external_check: [{ transaction_id: 'now', kind: 'population', outcome: 'none', at: NOW }] },
    ...hold,
    measured: 1,
  },
  ...checks('022104', 'first_licence', 'residence_permit', 'none', 'authorise'),
  {
    code: '012104',
    name: 'a listed model',
    now: NOW,
    atHand: registration,
    facts: { vehicle: [{ id: 'new', model: 'BAD1' }], non_compliant_product: [{ id: 'n', model: 'BAD1' }] },
    ...hold,
    measured: 1,
  },
  {
    code: '012104',
    name: 'a model that is not listed',
    now: NOW,
    atHand: registration,
    facts: { vehicle: [{ id: 'new', model: 'GOOD' }], non_compliant_product: [{ id: 'n', model: 'BAD1' }] },
    ...clear,
    measured: 0,
  },
  {
    code: '012104',
    name: 'to a stop when the list was never loaded',
    now: NOW,
    atHand: registration,
    facts: { vehicle: [{ id: 'new', model: 'BAD1' }] },
    status: 'unavailable',
    effect: 'authorise',
  },
  {
    code: '022106',
    name: 'without any verification',
    now: NOW,
    atHand: { businessKind: 'military_exchange' },
    facts: {},
    ...hold,
    measured: 1,
  },
  {
    code: '022106',
    name: 'a confirmed one',
    now: NOW,
    atHand: { businessKind: 'military_exchange' },
    facts: {
      external_check: [{ transaction_id: 'now', kind: 'military_licence', outcome: 'confirmed', at: NOW }],
    },
    ...clear,
    measured: 0,
  },
  {
    code: '022106',
    name: 'when the verification of another transaction was confirmed',
    now: NOW,
    atHand: { businessKind: 'military_exchange' },
    facts: {
      external_check: [{ transaction_id: 'other', kind: 'military_licence', outcome: 'confirmed', at: NOW }],
    },
    ...hold,
    measured: 1,
  },
  {
    code: '022106',
    name: 'when the register does not answer',
    now: NOW,
    atHand: { businessKind: 'military_exchange' },
    facts: {
      external_check: [{ transaction_id: 'now', kind: 'military_licence', outcome: 'unavailable', at: NOW }],
    },
    status: 'unavailable',
    effect: 'authorise',
  },
]

// ---- numbers, changes, organisations ------------------------------------------------------------------------------

const changed = (...fields: string[]) => ({
  transaction_change: fields.map((field) => ({ transaction_id: 'now', field })),
})
const change = { businessKind: 'change_registration', vehicleId: 'v', personId: 'p' } as const
const selection = (withdrawn_at: string | null, rest: object = {}) => ({
  number_selection: [
    { vehicle_id: 'v', transaction_id: 'old', selected_at: '2026-01-05 09:00', withdrawn_at, ...rest },
  ],
})
const fleet = {
  businessKind: 'plate_replacement',
  reason: 'exchange',
  vehicleId: 'v',
  organisationId: 'o',
} as const
const fleetFacts = (accepted_at: string, rest: object = {}, model = 'M') => ({
  vehicle: [
    { id: 'v', model: 'M' },
    { id: 'w', model },
  ],
  transaction: [
    {
      business_kind: 'plate_replacement',
      reason: 'reissue',
      vehicle_id: 'w',
      organisation_id: 'o',
      accepted_at,
      ...rest,
    },
  ],
})

const changes: InProcessVector[] = [
  {
    code: '012101',
    name: 'after a withdrawn selection',
    now: NOW,
    atHand: { businessKind: 'registration', vehicleId: 'v' },
    facts: selection('2026-01-10 09:00'),
    ...hold,
    measured: 1,
  },
  {
    code: '012101',
    name: 'a selection that stands',
    now: NOW,
    atHand: { businessKind: 'registration', vehicleId: 'v' },
    facts: selection(null),
    ...clear,
    measured: 0,
  },
  {
    code: '012101',
    name: 'the withdrawn selection of the transaction at hand',
    now: NOW,
    atHand: { businessKind: 'registration', vehicleId: 'v' },
    facts: selection('2026-01-10 09:00', { transaction_id: 'now' }),
    ...clear,
    measured: 0,
  },
  {
    code: '012101',
    name: 'a selection withdrawn that very instant',
    now: NOW,
    atHand: { businessKind: 'registration', vehicleId: 'v' },
    facts: selection(NOW),
    ...hold,
    measured: 1,
  },
  {
    code: '012102',
    name: 'the plate alone',
    now: NOW,
    atHand: change,
    facts: changed('plate'),
    ...hold,
    measured: 1,
  },
  {
    code: '012102',
    name: 'plate and colour',
    now: NOW,
    atHand: change,
    facts: changed('plate', 'colour'),
    ...hold,
    measured: 1,
  },
  {
    code: '012102',
    name: 'plate and use nature',
    now: NOW,
    atHand: change,
    facts: changed('plate', 'use_nature'),
    ...clear,
    measured: 0,
  },
  {
    code: '012102',
    name: 'plate and division',
    now: NOW,
    atHand: change,
    facts: changed('plate', 'administrative_division'),
    ...clear,
    measured: 0,
  },
  {
    code: '012102',
    name: 'the colour alone',
    now: NOW,
    atHand: change,
    facts: changed('colour'),
    ...clear,
    measured: 0,
  },
  {
    code: '012105',
    name: 'a change of co-owner',
    now: NOW,
    atHand: change,
    facts: changed('co_owner'),
    ...hold,
    measured: 1,
  },
  {
    code: '012105',
    name: 'a change of colour',
    now: NOW,
    atHand: change,
    facts: changed('colour'),
    ...clear,
    measured: 0,
  },
  {
    code: '012105',
    name: 'co-owner among others',
    now: NOW,
    atHand: change,
    facts: changed('colour', 'co_owner'),
    ...hold,
    measured: 1,
  },
  {
    code: '012103',
    name: 'the second of the day',
    now: NOW,
    atHand: fleet,
    facts: fleetFacts('2026-03-15 00:00'),
    ...hold,
    measured: 2,
  },
  {
    code: '012103',
    name: 'the day before',
    now: NOW,
    atHand: fleet,
    facts: fleetFacts('2026-03-14 23:59'),
    ...clear,
    measured: 1,
  },
  {
    code: '012103',
    name: 'another model',
    now: NOW,
    atHand: fleet,
    facts: fleetFacts('2026-03-15 08:00', {}, 'N'),
    ...clear,
    measured: 1,
  },
  {
    code: '012103',
    name: 'another organisation',
    now: NOW,
    atHand: fleet,
    facts: fleetFacts('2026-03-15 08:00', { organisation_id: 'q' }),
    ...clear,
    measured: 1,
  },
]

// ---- agents -------------------------------------------------------------------------------------------------------

const agentCases = (code: string, businessKind: string): InProcessVector[] => {
  const atHand = { businessKind, agentId: 'a' }
  const work = (n: number, accepted_at: string, rest: object = {}) =>
    times(n, () => ({ business_kind: 'registration', agent_id: 'a', accepted_at, ...rest }))
  const quota = (day_limit: number | null, month_limit: number | null) => [
    { agent_id: 'a', day_limit, month_limit },
  ]
  return [
    {
      code,
      name: 'the eleventh of the day under a limit of ten',
      now: NOW,
      atHand,
      facts: { agent_quota: quota(10, null), transaction: work(10, '2026-03-15 08:00') },
      ...hold,
      measured: 10,
    },
    {
      code,
      name: 'the tenth of the day',
      now: NOW,
      atHand,
      facts: { agent_quota: quota(10, null), transaction: work(9, '2026-03-15 08:00') },
      ...clear,
      measured: 9,
    },
    {
      code,
      name: 'when the month has reached its limit',
      now: NOW,
      atHand,
      facts: {
        agent_quota: quota(10, 20),
        transaction: [...work(19, '2026-03-01 00:00'), ...work(1, '2026-03-15 08:00')],
      },
      ...hold,
      measured: 1,
    },
    {
      code,
      name: 'when last month is left out',
      now: NOW,
      atHand,
      facts: {
        agent_quota: quota(10, 20),
        transaction: [...work(20, '2026-02-28 23:59'), ...work(1, '2026-03-15 08:00')],
      },
      ...clear,
      measured: 1,
    },
    {
      code,
      name: 'when one of ten was withdrawn',
      now: NOW,
      atHand,
      facts: {
        agent_quota: quota(10, null),
        transaction: [...work(9, '2026-03-15 08:00'), ...work(1, '2026-03-15 08:00', { state: 'withdrawn' })],
      },
      ...clear,
      measured: 9,
    },
    {
      code,
      name: 'an agent without limits',
      now: NOW,
      atHand,
      facts: { transaction: work(500, '2026-03-15 08:00') },
      status: 'cannot_judge',
    },
    {
      code,
      name: 'an agent without a row under the unit’s default',
      now: NOW,
      atHand,
      facts: { transaction: work(3, '2026-03-15 08:00') },
      parameters: { F1_day_limit: 3 },
      ...hold,
      measured: 3,
    },
    {
      code,
      name: 'business without an agent',
      now: NOW,
      atHand: { businessKind },
      facts: {},
      status: 'silent',
    },
  ]
}

// ---- drivers ------------------------------------------------------------------------------------------------------

const driver = (id: string, mobile: string | null, address: string | null, idNumber = id) => ({
  id,
  kind: 'person',
  mobile_digest: mobile,
  address_digest: address,
  id_digest: idNumber,
})
const shared = (...others: Array<Record<string, unknown>>) => ({
  person: [driver('p', 'm', 'home'), ...others],
  licence: [{ person_id: 'q' }, { person_id: 'p' }],
})
const exchange = { businessKind: 'licence_exchange', personId: 'p' } as const
const amendments = (...rows: Array<[id: string, before: string, after: string]>) => ({
  amendment: rows.map(([id, before_region, after_region], i) => ({
    id,
    transaction_id: 'now',
    field: 'address',
    before_region,
    after_region,
    at: `2026-03-15 09:5${i}`,
  })),
})
const amended = { businessKind: 'licence_exchange', personId: 'p', amendmentId: 'last' } as const
const mobile = { businessKind: 'information_change', reason: 'mobile', personId: 'p' } as const
const mobileChanges = (...at: string[]) => ({
  person_change: [
    { person_id: 'p', transaction_id: 'now', field: 'mobile', at: NOW },
    ...at.map((a) => ({ person_id: 'p', field: 'mobile', at: a })),
  ],
})

const drivers: InProcessVector[] = [
  {
    code: '022001',
    name: 'another driver with the same mobile elsewhere',
    now: NOW,
    atHand: exchange,
    facts: shared(driver('q', 'm', 'away')),
    ...prompt,
    measured: 1,
  },
  {
    code: '022001',
    name: 'a driver of the same household',
    now: NOW,
    atHand: exchange,
    facts: shared(driver('q', 'm', 'home')),
    ...clear,
    measured: 0,
  },
  {
    code: '022001',
    name: 'a person who is no driver',
    now: NOW,
    atHand: exchange,
    facts: shared(driver('r', 'm', 'away')),
    ...clear,
    measured: 0,
  },
  {
    code: '022001',
    name: 'the applicant’s own second record',
    now: NOW,
    atHand: exchange,
    facts: shared(driver('q', 'm', 'away', 'p')),
    ...clear,
    measured: 0,
  },
  {
    code: '022001',
    name: 'empty mobile numbers',
    now: NOW,
    atHand: exchange,
    facts: { person: [driver('p', null, 'home'), driver('q', null, 'away')], licence: [{ person_id: 'q' }] },
    ...clear,
    measured: 0,
  },
  {
    code: '022102',
    name: 'local to elsewhere',
    event: 'amendment',
    now: NOW,
    atHand: amended,
    facts: amendments(['last', '450302', '440103']),
    ...hold,
    measured: 1,
  },
  {
    code: '022102',
    name: 'local to local',
    event: 'amendment',
    now: NOW,
    atHand: amended,
    facts: amendments(['last', '450302', '450305']),
    ...clear,
    measured: 0,
  },
  {
    code: '022102',
    name: 'elsewhere to elsewhere',
    event: 'amendment',
    now: NOW,
    atHand: amended,
    facts: amendments(['last', '440103', '110101']),
    ...clear,
    measured: 0,
  },
  {
    code: '022102',
    name: 'several in turn, from the first before to the last after',
    event: 'amendment',
    now: NOW,
    atHand: amended,
    facts: amendments(['one', '450302', '440103'], ['last', '440103', '110101']),
    ...hold,
    measured: 1,
  },
  {
    code: '022102',
    name: 'an unknown region before',
    event: 'amendment',
    now: NOW,
    atHand: amended,
    facts: amendments(['last', null as unknown as string, '110101']),
    ...clear,
    measured: 0,
  },
  {
    code: '022103',
    name: 'at the second change within one month',
    event: 'information_change',
    now: NOW,
    atHand: mobile,
    facts: mobileChanges('2026-02-15 10:01'),
    ...hold,
    measured: 2,
  },
  {
    code: '022103',
    name: 'the first change',
    event: 'information_change',
    now: NOW,
    atHand: mobile,
    facts: mobileChanges(),
    ...clear,
    measured: 1,
  },
  {
    code: '022103',
    name: 'a second change exactly one month later',
    event: 'information_change',
    now: NOW,
    atHand: mobile,
    facts: mobileChanges('2026-02-15 10:00'),
    ...clear,
    measured: 1,
  },
  {
    code: '022103',
    name: 'a change of address',
    event: 'information_change',
    now: NOW,
    atHand: mobile,
    facts: { person_change: [{ person_id: 'p', transaction_id: 'now', field: 'address', at: NOW }] },
    status: 'silent',
  },
]

/** All cases. */
export const inProcessVectors: readonly InProcessVector[] = [
  ...owners,
  ...reissues('012003', 'plate_replacement'),
  ...reissues('012004', 'vehicle_licence_replacement'),
  ...outside,
  ...changes,
  ...agentCases('012106', 'plate_replacement'),
  ...agentCases('022105', 'licence_exchange'),
  ...repeated('022002', 'licence_replacement'),
  ...repeated('022003', 'licence_transfer_in'),
  ...drivers,
]
