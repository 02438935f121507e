/** Builders for tests of supervision and of modules that meet it. Only tests import this. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GuardedTransaction } from '@hengjian/business'
import type { IndicatorDefinition } from '@hengjian/indicators'
import { type Actor, anonymous, type RequestContext, type Services } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { callOperation, createHttpServer, type ModuleManifest, runAs } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import pg from 'pg'
import pino from 'pino'
import { createSupervision, type Supervision } from './module.ts'
import { supervisionPermissions } from './permissions.ts'
import type { SupervisionPorts, TransactionFacts } from './ports.ts'
import { publishedCalendar } from './rules/working-days.ts'

/** Units of the tests: a corps, two cities, two brigades of the first. */
export const units = {
  corps: '/45/',
  city: '/45/4503/',
  brigade: '/45/4503/450301/',
  sister: '/45/4503/450302/',
  otherCity: '/45/4504/',
} as const

/** Everything a test of supervision needs, on a database of its own. */
export interface SupervisionFixture {
  readonly services: Services
  readonly supervision: Supervision
  readonly admin: pg.Client
  /** Addresses of its database. */
  readonly database: TestDatabase
  readonly ports: TestPorts
  /** Move the clock. */
  setNow(at: string): void
  /** A user with all permissions of supervision (or those named) and a fresh second factor. */
  user(unitPath: string, options?: Partial<Actor>): Actor
  /** Call an operation as over HTTP: input parsed, permission and second factor checked, one transaction. */
  // biome-ignore lint/suspicious/noExplicitAny: one caller for all operations
  call(actor: Actor, key: string, input: unknown): Promise<any>
  as<T>(actor: Actor, work: (ctx: RequestContext) => Promise<T>): Promise<T>
  /** Insert a fact regardless of scope; answers its id. */
  fact(table: string, row: Record<string, unknown>): Promise<string>
  /** Record a transaction at acceptance and let the guard judge it. */
  accept(actor: Actor, row: Partial<AcceptedRow>): Promise<Judged>
  /** Let the guard judge a later event of a transaction. */
  judge(actor: Actor, transaction: GuardedTransaction, event: GuardedTransaction['event']): Promise<Outcome>
  close(): Promise<void>
}

type Outcome = Awaited<ReturnType<Supervision['guard']['evaluate']>>
export interface Judged extends Outcome {
  readonly transaction: GuardedTransaction
}
interface AcceptedRow {
  id: string
  businessKind: string
  reason: string | null
  vehicleId: string | null
  personId: string | null
  agentId: string | null
  local: boolean | null
}

/** Ports that remember what they were told. */
export interface TestPorts extends SupervisionPorts {
  readonly released: string[]
  readonly refused: { transactionId: string; reason: string }[]
  readonly investigations: { transactionId: string; caseId: string }[]
  readonly users: Map<string, { name: string; unitPath: string; permissions: string[] }>
  readonly steps: Map<string, TransactionFacts['steps']>
}

function testPorts(query: (sql: string) => Promise<readonly Record<string, unknown>[]>): TestPorts {
  const users: TestPorts['users'] = new Map()
  const steps: TestPorts['steps'] = new Map()
  const released: string[] = []
  const refused: { transactionId: string; reason: string }[] = []
  const investigations: { transactionId: string; caseId: string }[] = []
  const names: Record<string, string> = {
    [units.corps]: '总队',
    [units.city]: '支队',
    [units.brigade]: '一大队',
    [units.sister]: '二大队',
    [units.otherCity]: '外市支队',
  }
  return {
    users,
    steps,
    released,
    refused,
    investigations,
    transactions: {
      release: async (_ctx, id) => void released.push(id),
      refuse: async (_ctx, transactionId, reason) => void refused.push({ transactionId, reason }),
      facts: async (_ctx, id) => ({ facts: [{ label: '流水号', value: id }], steps: steps.get(id) ?? [] }),
    },
    store: { dialect: 'postgres', query },
    askLake: async () => [],
    unitNamesOf: async (_ctx, paths) =>
      new Map(paths.flatMap((path) => (names[path] ? [[path, names[path]]] : []))),
    namesOf: async () => new Map(),
    holdersOf: async (_ctx, permission, unitPath, options) =>
      [...users]
        .filter(([, user]) => user.permissions.includes(permission))
        .filter(([, user]) =>
          options?.orAbove ? unitPath.startsWith(user.unitPath) : user.unitPath === unitPath,
        )
        .map(([id]) => id),
    userOf: async (_ctx, id) => users.get(id) ?? null,
    scheduledUnits: async () => [units.corps],
    localRegionsOf: async () => ['4503'],
    localRegions: async () => [{ unitPath: units.corps, regions: ['45'] }],
    calendarOf: async () => publishedCalendar,
    parameterOf: async () => null,
    recordInvestigation: async (_ctx, { transactionId, caseId }) =>
      void investigations.push({ transactionId, caseId }),
    transactionsOf: async () => ({ waiting: [], returned: [] }),
    subjectLinksOf: async () => new Map(),
  }
}

const origin = { requestId: 'test', clientAddress: '127.0.0.1' }

/**
 * A published supervision module on a fresh database, or in another process on that of a fixture. `definitions` replace
 * the shipped indicators.
 */
export async function createSupervisionFixture(
  definitions?: readonly IndicatorDefinition[],
  place?: { database: TestDatabase; keysFolder: string },
): Promise<SupervisionFixture> {
  const database = place?.database ?? (await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const keys = loadKeys(place?.keysFolder ?? mkdtempSync(join(tmpdir(), 'supervision-')))
  let now = new Date('2026-03-04T02:00:00Z')
  const services: Services = {
    config: {} as Services['config'],
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl),
    log: pino({ level: 'silent' }),
    clock: { now: () => now },
  }
  const ports = testPorts(async (sql) => (await admin.query(sql)).rows)
  const supervision = createSupervision({ ports, ...(definitions ? { definitions } : {}) })
  await supervision.start(services)
  const as: SupervisionFixture['as'] = (actor, work) => runAs(services, actor, origin, work)
  const judge: SupervisionFixture['judge'] = (actor, transaction, event) =>
    as(actor, (ctx) => supervision.guard.evaluate(ctx, { ...transaction, event }))
  const fact: SupervisionFixture['fact'] = (table, row) => insertFact(admin, table, row, now)

  return {
    services,
    supervision,
    admin,
    database,
    ports,
    as,
    judge,
    fact,
    setNow: (at) => {
      now = new Date(at)
    },
    user(unitPath, options = {}) {
      const permissions = options.permissions ?? new Set(Object.keys(supervisionPermissions))
      const actor: Actor = {
        ...anonymous,
        kind: 'user',
        id: randomUUID(),
        name: '测试人员',
        unitId: randomUUID(),
        unitPath,
        scope: 'unit_and_below',
        steppedUpAt: now,
        ...options,
        permissions,
      }
      ports.users.set(actor.id, { name: actor.name, unitPath, permissions: [...permissions] })
      return actor
    },
    call: (actor, key, input) => callByKey(services, supervision.manifest, actor, key, input),
    async accept(actor, row) {
      const transaction = transactionOf(actor, row, now)
      await fact('transaction', columnsOf(transaction))
      return { ...(await judge(actor, transaction, 'accept')), transaction }
    },
    async close() {
      await services.database.close()
      await admin.end()
      await database.drop()
    },
  }
}

/** A server over a fixture's module, to which whoever is named is signed in: for what only HTTP does, exports. */
export async function serveExports(
  fixture: SupervisionFixture,
  actors: Readonly<Record<string, Actor>>,
  rowLimit: () => number = () => 1000,
): Promise<{
  ask(path: string, payload: object, actor?: string): Promise<LightMyRequestResponse>
  close(): Promise<void>
}> {
  const dataDir = mkdtempSync(join(tmpdir(), 'supervision-exports-'))
  const app: FastifyInstance = await createHttpServer({
    services: { ...fixture.services, config: { dataDir } as Services['config'] },
    modules: [fixture.supervision.manifest],
    authenticator: { authenticate: async (token) => actors[token ?? ''] ?? null, csrfToken: () => '' },
    ready: async () => ({ ok: true, checks: {} }),
    exportRowLimitOf: async () => rowLimit(),
  })
  return {
    ask: async (path, payload, actor) =>
      app.inject({
        method: 'POST',
        url: `/api${path}/export`,
        payload,
        headers: { 'x-csrf-token': '' },
        ...(actor ? { cookies: { hengjian_session: actor } } : {}),
      }),
    close: async () => {
      await app.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/**
 * A station that inspected 40 vehicles of sixteen years in February 2026, of which `passed` passed: 2.5 % each. Above 80 % V8.7
 * finds it. Answers its id.
 */
export async function stationOf(fixture: SupervisionFixture, unitPath: string, passed = 40): Promise<string> {
  const site = randomUUID()
  await fixture.admin.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, version, institution_id, passed, vehicle_age_years, attempt)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, '2026-02-10T02:00:00Z', $1, $2, 1, $1, n <= $3, 16, 1 FROM generate_series(1, 40) AS n`,
    [site, unitPath, passed],
  )
  return site
}

/** Take a case from assignment to its end. */
export async function closeCase(
  fixture: SupervisionFixture,
  id: string,
  unitPath: string,
  outcome: 'confirmed' | 'valuable' | 'false_positive',
): Promise<void> {
  const investigator = fixture.user(unitPath)
  await fixture.call(fixture.user(unitPath), 'assignCase', { id, unitPath })
  await fixture.call(investigator, 'startInvestigation', { id })
  await fixture.call(investigator, 'recordInvestigation', { id, result: '已查' })
  await fixture.call(investigator, 'submitCase', { id })
  const decision = { kind: 'close', outcome, opinion: '同意' }
  await fixture.call(fixture.user(unitPath), 'reviewCase', { id, decision })
}

function callByKey(services: Services, manifest: ModuleManifest, actor: Actor, key: string, input: unknown) {
  // biome-ignore lint/suspicious/noExplicitAny: the manifest keeps contracts untyped
  const definition = (manifest.contract[key] as any)['~orpc']
  const operation = {
    id: definition.route.operationId,
    meta: definition.meta,
    handler: manifest.handlers[key]!,
  }
  return callOperation(services, operation, actor, origin, definition.inputSchema.parse(input)).then(
    (output) => definition.outputSchema.parse(output),
  )
}

let serials = 0
function transactionOf(actor: Actor, row: Partial<AcceptedRow>, now: Date): GuardedTransaction {
  serials += 1
  return {
    event: 'accept',
    transactionId: row.id ?? randomUUID(),
    serial: `T260304${String(serials).padStart(8, '0')}`,
    subjectKind: 'vehicle',
    businessKind: row.businessKind ?? 'registration',
    reason: row.reason ?? null,
    unitId: actor.unitId,
    unitPath: actor.unitPath,
    vehicleId: row.vehicleId ?? null,
    personId: row.personId ?? null,
    organisationId: null,
    agentId: row.agentId ?? null,
    handlerId: actor.id,
    acceptedAt: now,
    local: row.local ?? true,
    step: null,
  }
}

const columnsOf = (row: GuardedTransaction) => ({
  id: row.transactionId,
  unit_id: row.unitId,
  unit_path: row.unitPath,
  occurred_at: row.acceptedAt,
  serial: row.serial,
  subject_kind: row.subjectKind,
  business_kind: row.businessKind,
  reason: row.reason,
  state: 'accepted',
  channel: 'window',
  vehicle_id: row.vehicleId,
  person_id: row.personId,
  agent_id: row.agentId,
  handler_id: row.handlerId,
  accepted_at: row.acceptedAt,
  local: row.local,
})

async function insertFact(
  admin: pg.Client,
  table: string,
  row: Record<string, unknown>,
  now: Date,
): Promise<string> {
  const id = (row['id'] as string | undefined) ?? randomUUID()
  const complete: Record<string, unknown> = {
    id,
    source: 'test',
    source_key: id,
    occurred_at: now,
    unit_id: randomUUID(),
    unit_path: units.brigade,
    version: 1,
    ...row,
  }
  const names = Object.keys(complete)
  await admin.query(
    `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(complete),
  )
  return id
}
