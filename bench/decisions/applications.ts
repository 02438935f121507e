/** What is applied for at the windows: a mix of kinds, on vehicles and persons of the history. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { generator } from '../random.ts'

/** Body of `POST /api/transactions`. */
export type Application = Readonly<Record<string, unknown>>

/** Kinds with their weight and what they ask besides. */
const KINDS: ReadonlyArray<readonly [weight: number, make: (subject: Subject) => Application]> = [
  [15, ({ personId, vin }) => ({ businessKind: 'registration', personId, vehicle: newVehicle(vin) })],
  [12, ({ personId, vehicleId }) => ({ businessKind: 'transfer_registration', personId, vehicleId })],
  [
    8,
    ({ vehicleId }) => ({
      businessKind: 'change_registration',
      vehicleId,
      changes: [{ field: 'colour', before: 'A', after: 'J' }],
    }),
  ],
  [10, ({ vehicleId }) => ({ businessKind: 'plate_replacement', reason: 'reissue', vehicleId })],
  [10, ({ vehicleId }) => ({ businessKind: 'vehicle_licence_replacement', reason: 'reissue', vehicleId })],
  [
    8,
    ({ personId, vehicleId }) => ({
      businessKind: 'temporary_plate',
      reason: 'within_district',
      personId,
      vehicleId,
    }),
  ],
  [10, ({ personId }) => ({ businessKind: 'licence_exchange', reason: 'expired', personId })],
  [7, ({ personId }) => ({ businessKind: 'licence_replacement', personId })],
  [8, ({ personId }) => ({ businessKind: 'validation', personId })],
  [
    5,
    ({ personId, mobile }) => ({
      businessKind: 'information_change',
      reason: 'mobile',
      personId,
      newMobile: mobile,
    }),
  ],
  [7, ({ personId }) => ({ businessKind: 'medical_report', personId })],
]
/** Kinds that an agent may bring, and how many do. */
const BY_AGENT = /^(transfer|change|plate|vehicle_licence|temporary|licence_exchange|validation)/
const AGENT_SHARE = 0.3
const POOL = 40_000

interface Subject {
  readonly personId: string
  readonly vehicleId: string
  readonly vin: string
  readonly mobile: string
}

const newVehicle = (vin: string) => ({
  plateKind: '02',
  vin,
  vehicleType: 'K33',
  useNature: 'A',
  brand: '大众牌',
  model: 'SVW71525CL',
  colour: 'A',
})

/** Draws applications; the same seed draws the same. */
export async function openApplications(url: string, seed: number): Promise<() => Application> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const ids = async (sql: string) => (await client.query<{ id: string }>(sql)).rows.map(({ id }) => id)
  const persons = await ids(
    `SELECT p.id FROM licence l JOIN person p ON p.id = l.person_id WHERE p.kind = 'person'
      ORDER BY md5(p.id::text) LIMIT ${POOL}`,
  )
  const vehicles = await ids(
    `SELECT o.vehicle_id AS id FROM vehicle_owner o WHERE o."to" IS NULL AND NOT o.co_owner AND o.person_id IS NOT NULL
      ORDER BY md5(o.vehicle_id::text) LIMIT ${POOL}`,
  )
  const agents = await ids(
    'SELECT DISTINCT agent_id AS id FROM transaction WHERE agent_id IS NOT NULL ORDER BY 1',
  )
  await client.end()
  const random = generator(seed)
  const one = (list: readonly string[]) => list[Math.floor(random() * list.length)]!
  const limits = KINDS.map((_, i) => KINDS.slice(0, i + 1).reduce((sum, [weight]) => sum + weight, 0))
  const total = limits.at(-1)!
  const run = Date.now().toString(36).toUpperCase().slice(-6)
  let made = 0
  return () => {
    made += 1
    const number = String(made).padStart(7, '0')
    const at = random() * total
    const [, make] = KINDS[limits.findIndex((limit) => at < limit)]!
    const application = make({
      personId: one(persons),
      vehicleId: one(vehicles),
      vin: `LBE${seed % 10}${run}${number}`,
      mobile: `139${String((seed * 100_000 + made) % 100_000_000).padStart(8, '0')}`,
    })
    const agent =
      agents.length > 0 && BY_AGENT.test(application['businessKind'] as string) && random() < AGENT_SHARE
    return { requestId: randomUUID(), ...application, ...(agent ? { agentId: one(agents) } : {}) }
  }
}
