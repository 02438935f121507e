/**
 * Builders for tests of this and other modules. `createTestServices` gives the services of a process over a test
 * database; `signedIn` makes an actor out of nothing; `aUnit`, `aRole`, `aUser` make records through the module's own
 * ways of writing, so that check values and digests are right.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@hengjian/platform/config'
import {
  type Actor,
  anonymous,
  type Clock,
  newId,
  type Origin,
  type RequestContext,
  type Services,
  systemActor,
} from '@hengjian/platform/context'
import type { OperationMeta } from '@hengjian/platform/contract'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { type DataScope, openDatabase } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { callOperation, type ModuleManifest, runAs } from '@hengjian/platform/http'
import { pino } from 'pino'
import type { z } from 'zod'
import { insertRole } from './commands/create-role.ts'
import type { RoleClass, UnitLevel } from './contract.ts'
import { ensureUnits, ensureUsers } from './ensure.ts'
import type { Unit } from './units.ts'

/** A clock that tests set and move. Stands until moved. */
export interface TestClock extends Clock {
  set(now: Date): void
  advance(milliseconds: number): void
}

/** A clock standing at `now`; by default a Wednesday morning, 2026-11-18 10:00 in Shanghai. */
export function testClock(now = new Date('2026-11-18T10:00:00+08:00')): TestClock {
  let at = now
  return {
    now: () => at,
    set: (next) => {
      at = next
    },
    advance: (milliseconds) => {
      at = new Date(at.getTime() + milliseconds)
    },
  }
}

export interface TestServices extends Services {
  readonly clock: TestClock
  /** Close the pool and remove the folder of keys. Before the database is dropped. */
  close(): Promise<void>
}

/** Services over a test database, with keys of their own and a clock that stands still. */
export function createTestServices(database: { appUrl: string }, clock = testClock()): TestServices {
  const dataDir = mkdtempSync(join(tmpdir(), 'hengjian-keys-'))
  const keys = loadKeys(dataDir)
  const open = openDatabase(database.appUrl, { max: 8 })
  return {
    config: parseConfig({ DATA_DIR: dataDir }),
    keys,
    cipher: createCipher(keys),
    database: open,
    log: pino({ level: 'silent' }),
    clock,
    async close() {
      await open.close()
      rmSync(dataDir, { recursive: true })
    },
  }
}

/** Where test calls come from. A new object each time: cookies hang on it. */
export const testOrigin = (clientAddress = '127.0.0.1'): Origin => ({ requestId: newId(), clientAddress })

/** Run as a system actor that reaches everything. */
export const asSystem = <T>(services: Services, work: (ctx: RequestContext) => Promise<T>): Promise<T> =>
  runAs(services, systemActor('test'), testOrigin(), work)

/** The parts of an operation's contract that a call needs. */
interface OperationDefinition {
  readonly meta: OperationMeta
  readonly route: { readonly operationId?: string }
  readonly inputSchema: z.ZodType
  readonly outputSchema: z.ZodType
}

/**
 * Calls a module's operations the way HTTP does, without the wire: input and output go through the contract's schemas,
 * permission, transaction and audit through `callOperation`. Refusals throw the `Problem` that HTTP would answer.
 */
export const callerOf =
  (services: Services, module: ModuleManifest) =>
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely; the schema has checked them
  async (key: string, actor: Actor, input: unknown = {}): Promise<any> => {
    const contract = module.contract[key] as unknown as { '~orpc': OperationDefinition }
    const { meta, route, inputSchema, outputSchema } = contract['~orpc']
    const parsed = inputSchema.safeParse(input)
    const operation = { id: route.operationId!, meta, handler: module.handlers[key]! }
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      throw new Problem(platformErrors.invalid_input, { issues })
    }
    return outputSchema.parse(await callOperation(services, operation, actor, testOrigin(), parsed.data))
  }

/** A user's actor made directly, without account or session. */
export const signedIn = (options: {
  unitPath: string
  unitId?: string
  id?: string
  name?: string
  permissions?: readonly string[]
  scope?: DataScope
  steppedUpAt?: Date | null
}): Actor => ({
  ...anonymous,
  kind: 'user',
  id: options.id ?? newId(),
  name: options.name ?? '测试员',
  unitId: options.unitId ?? newId(),
  unitPath: options.unitPath,
  scope: options.scope ?? 'unit_and_below',
  permissions: new Set(options.permissions ?? []),
  steppedUpAt: options.steppedUpAt ?? null,
})

let counter = 0
const next = () => String(++counter).padStart(4, '0')

/** A unit, by default a brigade at the root. */
export async function aUnit(
  services: Services,
  given: {
    code?: string
    name?: string
    level?: UnitLevel
    parentCode?: string | null
    localRegions?: string[]
  } = {},
): Promise<Unit> {
  const code = given.code ?? `U${next()}`
  const seed = { code, name: `机构${code}`, level: 'brigade' as const, parentCode: null, ...given }
  const units = await asSystem(services, (ctx) => ensureUnits(ctx, [seed]))
  return units.get(code)!
}

/** A role with these permissions. */
export function aRole(
  services: Services,
  given: { permissions: readonly string[]; code?: string; name?: string; roleClass?: RoleClass },
): Promise<{ id: string; code: string }> {
  const code = given.code ?? `role_${next()}`
  return asSystem(services, (ctx) =>
    insertRole(ctx, {
      name: code,
      roleClass: 'business',
      builtIn: false,
      ...given,
      code,
      permissions: [...given.permissions],
    }),
  )
}

/** Satisfies the rules for passwords. */
export const TEST_PASSWORD = 'Heng-jian-2026'

/** An account that need not change its password, with its actor (no session). */
export async function aUser(
  services: Services,
  given: {
    unit: Unit
    userName?: string
    name?: string
    password?: string
    permissions?: readonly string[]
    roleClass?: RoleClass
    scope?: DataScope
    mustChange?: boolean
    staffNumber?: string
  },
): Promise<{ id: string; userName: string; password: string; actor: Actor }> {
  const userName = given.userName ?? `user${next()}`
  const password = given.password ?? TEST_PASSWORD
  const scope = given.scope ?? 'unit_and_below'
  const permissions = given.permissions ?? []
  const role =
    permissions.length === 0
      ? null
      : await aRole(services, { permissions, roleClass: given.roleClass ?? 'business' })
  const ids = await asSystem(services, (ctx) =>
    ensureUsers(ctx, [
      {
        userName,
        name: given.name ?? '张三',
        unitCode: given.unit.code,
        roles: role ? [role.code] : [],
        password,
        scope,
        mustChange: given.mustChange ?? false,
        ...(given.staffNumber === undefined ? {} : { staffNumber: given.staffNumber }),
      },
    ]),
  )
  const id = ids.get(userName)!
  const actor = signedIn({
    id,
    unitPath: given.unit.path,
    unitId: given.unit.id,
    scope,
    permissions,
    name: given.name ?? '张三',
  })
  return { id, userName, password, actor }
}

export { totpCode } from './rules/totp.ts'
