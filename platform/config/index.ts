/** Configuration from the environment, parsed once; all faults are printed together. */
import { resolve } from 'node:path'
import { z } from 'zod'

const roleNames = ['web', 'worker', 'signal', 'media'] as const

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8420),
  HOST: z.string().default('0.0.0.0'),
  DATA_DIR: z
    .string()
    .default('./data')
    .transform((path) => resolve(path)),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  ROLES: z
    .string()
    .default('web,worker')
    .transform((text, ctx) => {
      const roles = text
        .split(',')
        .map((role) => role.trim())
        .filter(Boolean)
      for (const role of roles) {
        if (!(roleNames as readonly string[]).includes(role))
          ctx.addIssue({ code: 'custom', message: `unknown role "${role}"; known: ${roleNames.join(', ')}` })
      }
      return roles as (typeof roleNames)[number][]
    }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: z.stringbool().default(false),
  COOKIE_SECURE: z.stringbool().default(false),
  EXTERNAL_CHECKS_URL: z.url().optional(),
})

/** What the installation is told from outside. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute folder of keys, files, lake and the embedded database. */
  readonly dataDir: string
  /** Owner's connection of an outside PostgreSQL; undefined = the embedded one. */
  readonly databaseUrl: string | undefined
  readonly roles: readonly (typeof roleNames)[number][]
  readonly logLevel: string
  /** A reverse proxy stands in front: believe X-Forwarded-For. */
  readonly trustProxy: boolean
  /** Send cookies over HTTPS only. */
  readonly cookieSecure: boolean
  /** Base address of the connector for population, residence-permit and military-licence checks. */
  readonly externalChecksUrl: string | undefined
}

/** All faults of the environment at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** Parse the environment. Throws `ConfigError` naming every faulty variable. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  const value = parsed.data
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: value.DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    roles: value.ROLES,
    logLevel: value.LOG_LEVEL,
    trustProxy: value.TRUST_PROXY,
    cookieSecure: value.COOKIE_SECURE,
    externalChecksUrl: value.EXTERNAL_CHECKS_URL,
  }
}
