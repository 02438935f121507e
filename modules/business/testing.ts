/** Builders for tests of this module and of those that build on it. Only tests import this file. */
import { idNumberCheckCharacter } from '@hengjian/identifiers'
import { type Actor, anonymous, newId, type Services } from '@hengjian/platform/context'
import type { OperationMeta } from '@hengjian/platform/contract'
import type { ModuleManifest } from '@hengjian/platform/http'
import { callOperation } from '@hengjian/platform/http'
import { businessPermissions } from './permissions.ts'
import type { BusinessPorts } from './ports.ts'

/** Ports that find nothing suspicious and know nobody's name. */
export const quietPorts = (overrides: Partial<BusinessPorts> = {}): BusinessPorts => ({
  guards: [],
  externalChecks: null,
  localRegionsOf: async () => ['4503'],
  permitRuleOf: async () => null,
  namesOf: async () => new Map(),
  unitNamesOf: async () => new Map(),
  calendarOf: async () => ({ isWorkingDay: (day) => day.dayOfWeek <= 5 }),
  officeHoursOf: async () => [[510, 1050]],
  warningsOf: async () => ({ warnings: [], authorisationId: null }),
  onWithdrawn: async () => {},
  ...overrides,
})

/** A signed-in user of a unit. */
export const aHandler = (overrides: Partial<Actor> = {}): Actor => ({
  ...anonymous,
  kind: 'user',
  id: newId(),
  name: '测试经办员',
  unitId: '01900000-0000-7000-8000-000000450302',
  unitPath: '/45/4503/450302/',
  scope: 'unit',
  permissions: new Set(Object.keys(businessPermissions)),
  sessionId: 'test',
  ...overrides,
})

let people = 0
/** A valid identity number, another one at each call. */
export function anIdNumber(region = '450302', birth = '19800101'): string {
  people += 1
  const digits = `${region}${birth}${String(people % 1000).padStart(3, '0')}`
  return digits + idNumberCheckCharacter(digits)
}

let vehicles = 0
/** Particulars of a vehicle to be registered, another VIN at each call. */
export function aVehicle(overrides: Record<string, unknown> = {}) {
  vehicles += 1
  return {
    plateKind: '02',
    plate: `桂C${String(vehicles).padStart(5, '0')}`,
    vin: `LTEST00000${String(vehicles).padStart(7, '0')}`,
    vehicleType: 'K33',
    useNature: 'A',
    model: 'SGM7152',
    ...overrides,
  }
}

export const aPerson = (overrides: Record<string, unknown> = {}) => ({
  kind: 'person' as const,
  name: '王小明',
  idNumber: anIdNumber(),
  mobile: '13800138000',
  address: '桂林市象山区中山中路1号',
  addressRegion: '450304',
  ...overrides,
})

/** Call an operation of a module as `actor`: permission, transaction, scope and audit as over HTTP. */
export async function call<T = Record<string, unknown>>(
  services: Services,
  module: ModuleManifest,
  actor: Actor,
  key: string,
  input: unknown,
): Promise<T> {
  const contract = module.contract[key] as unknown as {
    '~orpc': {
      meta: OperationMeta
      inputSchema: { parseAsync(input: unknown): Promise<unknown> }
      outputSchema: { parseAsync(output: unknown): Promise<T> }
    }
  }
  const { meta, inputSchema, outputSchema } = contract['~orpc']
  const parsed = await inputSchema.parseAsync(input)
  const operation = { id: `${module.name}.${key}`, meta, handler: module.handlers[key]! }
  return outputSchema.parseAsync(
    await callOperation(
      services,
      operation,
      actor,
      { requestId: newId(), clientAddress: '10.1.2.3' },
      parsed,
    ),
  )
}
