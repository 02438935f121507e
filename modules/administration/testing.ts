/** A house of one module for tests: administration over a test database, called as HTTP calls it. */
import {
  asSystem,
  createTestServices,
  signedIn,
  type TestServices,
  testOrigin,
} from '@hengjian/identity/testing'
import { type Actor, anonymous } from '@hengjian/platform/context'
import { callOperation } from '@hengjian/platform/http'
import { createTestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import type { administrationContract } from './contract.ts'
import {
  type AdministrationOptions,
  administrationGuardedTables,
  createAdministrationModule,
  ensureDictionaries,
  type JobControl,
  numberParameters,
  type ParameterDefinition,
  shippedParameters,
  standardDictionaries,
} from './index.ts'

/** Units that the tests' `unitNamesOf` knows. */
export const TEST_UNITS: ReadonlyMap<string, string> = new Map([
  ['/45/', '总队'],
  ['/45/4503/', '桂林支队'],
  ['/45/4503/450302/', '大队'],
  ['/45/4504/', '梧州支队'],
])

export const testParameters: readonly ParameterDefinition[] = [
  ...shippedParameters,
  {
    code: 'test.installation_days',
    title: '全局天数',
    type: 'number',
    min: 1,
    max: 365,
    default: 90,
    level: 'installation',
  },
  ...numberParameters(
    { 'test.case_days': { default: 10, title: '办理时限' } },
    { min: 1, max: 60, measure: '工作日' },
  ),
  { code: 'test.note', title: '提示语', type: 'text', min: 1, max: 20, default: '请核对', level: 'unit' },
  { code: 'test.days', title: '保存天数', type: 'number', min: 1, default: 90, level: 'installation' },
  { code: 'test.strict', title: '从严', type: 'boolean', default: false, level: 'unit' },
  {
    code: 'test.mode',
    title: '方式',
    type: 'text',
    options: [
      { value: 'a', title: '甲' },
      { value: 'b', title: '乙' },
    ],
    default: 'a',
    level: 'unit',
  },
]

/** A queue that only remembers what it was told, and answers `known`. */
export function rememberingQueue(): JobControl & { readonly told: string[]; known: boolean } {
  const told: string[] = []
  const queue = {
    told,
    known: true,
    retry: async (name: string, id: string) => {
      told.push(`retry ${name} ${id}`)
      return queue.known
    },
    cancel: async (name: string, id: string) => {
      told.push(`cancel ${name} ${id}`)
      return queue.known
    },
  }
  return queue
}

export async function openTestHouse() {
  const database = await createTestDatabase()
  const services: TestServices = createTestServices(database)
  const queue = rememberingQueue()
  const options: AdministrationOptions = {
    parameters: testParameters,
    guardedTables: administrationGuardedTables,
    jobTitles: { 'test.note': '记一笔' },
    jobControl: queue,
    unitNamesOf: async (_ctx, paths) => new Map([...TEST_UNITS].filter(([path]) => paths.includes(path))),
  }
  const module = createAdministrationModule(options)
  await asSystem(services, (ctx) => ensureDictionaries(ctx, standardDictionaries))
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  return {
    database,
    services,
    options,
    module,
    queue,
    /** Call an operation as `actor`; input as it comes in over HTTP. */
    // biome-ignore lint/suspicious/noExplicitAny: one caller for all operations
    call(actor: Actor, key: keyof typeof administrationContract, input: unknown = {}): Promise<any> {
      // biome-ignore lint/suspicious/noExplicitAny: the manifest keeps contracts untyped
      const definition = (module.contract[key] as any)['~orpc']
      return callOperation(
        services,
        { id: definition.route.operationId, meta: definition.meta, handler: module.handlers[key]! },
        actor,
        testOrigin(),
        definition.inputSchema.parse(input),
      )
    },
    /** Straight into the database, past the program. */
    tamper: async (sql: string, values: unknown[] = []) => (await admin.query(sql, values)).rows,
    async close() {
      await admin.end()
      await services.close()
      await database.drop()
    },
  }
}
export type TestHouse = Awaited<ReturnType<typeof openTestHouse>>

/** Nobody. */
export const nobody = anonymous

/** A system administrator of a unit with a fresh second factor; by default of the whole installation. */
export const administrator = (
  services: TestServices,
  permissions: readonly string[],
  given: Partial<Parameters<typeof signedIn>[0]> = {},
): Actor =>
  signedIn({
    unitPath: '/45/',
    scope: 'all',
    name: '系统管理员',
    steppedUpAt: services.clock.now(),
    permissions,
    ...given,
  })
