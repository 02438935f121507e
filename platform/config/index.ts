/** Configuration from the environment, parsed once; all faults are printed together. */
import { resolve } from 'node:path'
import { z } from 'zod'

const roleNames = ['web', 'worker', 'signal', 'media'] as const

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8420),
  HOST: z.string().default('0.0.0.0'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
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
  FILES_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  FILES_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name')
    .optional(),
  FILES_S3_REGION: z.string().default('us-east-1'),
  FILES_S3_ACCESS_KEY: z.string().optional(),
  FILES_S3_SECRET_KEY: z.string().optional(),
  FILES_S3_STYLE: z.enum(['path', 'virtual-host']).default('path'),
  FILES_S3_PREFIX: z
    .string()
    .regex(/^([\w.-]+\/)*$/, 'must be empty or end with /')
    .default(''),
  CLAMD: z
    .string()
    .regex(/^(unix:\/.+|tcp:\/\/[^/:]+:\d{1,5})$/, 'must be unix:/run/clamav/clamd.ctl or tcp://host:3310')
    .optional(),
  DISCIPLINE_URL: z.url({ protocol: /^https?$/ }).optional(),
  DISCIPLINE_SECRET: z.string().min(32).optional(),
  DISCIPLINE_READ_SECRET: z.string().min(32).optional(),
  DISCIPLINE_UNIT: z
    .string()
    .regex(/^\/([0-9A-Za-z_-]+\/)*$/, 'must be a unit path like /45/')
    .default('/'),
  CLAMD_UNREACHABLE: z.enum(['refuse', 'accept']).default('refuse'),
})

/** Needed together: with any of them the others are asked for. */
const S3_TOGETHER = [
  'FILES_S3_ENDPOINT',
  'FILES_S3_BUCKET',
  'FILES_S3_ACCESS_KEY',
  'FILES_S3_SECRET_KEY',
] as const

/** A bucket of an object store that speaks the S3 protocol with Signature Version 4. */
export interface S3Settings {
  /** Address of the service, without the bucket. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
  /** Where the bucket stands: in the path (MinIO) or before the host (OSS, OBS). */
  readonly style: 'path' | 'virtual-host'
  /** Put before every key; empty, or ending with `/`. */
  readonly prefix: string
}

/** Needed together, likewise. */
const DISCIPLINE_TOGETHER = ['DISCIPLINE_URL', 'DISCIPLINE_SECRET', 'DISCIPLINE_READ_SECRET'] as const

/** The personnel and discipline system (队伍管理系统). */
export interface DisciplineSettings {
  readonly url: string
  /** Signs what we send and its answers. */
  readonly secret: string
  /** Signs what it asks of us. */
  readonly readSecret: string
  /** It reads figures of this unit and those below. */
  readonly unitPath: string
  /** Longest answer; ten seconds unless told. */
  readonly timeoutMs?: number
}

/** A clamd that is asked about every upload. */
export interface ScannerSettings {
  /** `unix:/path` or `tcp://host:port` */
  readonly address: string
  /** What becomes of an upload that could not be scanned: refused, or accepted and marked. */
  readonly whenUnreachable: 'refuse' | 'accept'
}

/** What the installation is told from outside. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Where the worker role serves its figures; undefined = nowhere. */
  readonly metricsPort: number | undefined
  readonly metricsHost: string
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
  /** Where stored files lie; undefined = a folder in DATA_DIR. */
  readonly s3: S3Settings | undefined
  /** Undefined = nothing is sent to a discipline system, and none may read. */
  readonly discipline: DisciplineSettings | undefined
  /** Undefined = uploads are not scanned. */
  readonly scanner: ScannerSettings | undefined
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
  const faults = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...missingOf(given, S3_TOGETHER, 'to keep files in S3'),
    ...missingOf(given, DISCIPLINE_TOGETHER, 'to reach the discipline system'),
  ]
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults)
  const value = parsed.data
  return {
    port: value.PORT,
    host: value.HOST,
    metricsPort: value.METRICS_PORT,
    metricsHost: value.METRICS_HOST,
    dataDir: value.DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    roles: value.ROLES,
    logLevel: value.LOG_LEVEL,
    trustProxy: value.TRUST_PROXY,
    cookieSecure: value.COOKIE_SECURE,
    externalChecksUrl: value.EXTERNAL_CHECKS_URL,
    s3: s3Of(value),
    discipline: disciplineOf(value),
    scanner: value.CLAMD ? { address: value.CLAMD, whenUnreachable: value.CLAMD_UNREACHABLE } : undefined,
  }
}

function missingOf(given: Record<string, unknown>, together: readonly string[], why: string): string[] {
  const missing = together.filter((name) => given[name] === undefined)
  if (missing.length === together.length) return []
  const prefix = together[0]!.split('_')[0] === 'FILES' ? 'FILES_S3_' : 'DISCIPLINE_'
  return missing.map((name) => `${name}: is needed ${why}, as other ${prefix} variables are set`)
}

function disciplineOf(value: z.infer<typeof schema>): DisciplineSettings | undefined {
  const { DISCIPLINE_URL: url, DISCIPLINE_SECRET: secret, DISCIPLINE_READ_SECRET: readSecret } = value
  if (!url || !secret || !readSecret) return undefined
  return { url, secret, readSecret, unitPath: value.DISCIPLINE_UNIT }
}

function s3Of(value: z.infer<typeof schema>): S3Settings | undefined {
  const { FILES_S3_ENDPOINT: endpoint, FILES_S3_BUCKET: bucket } = value
  const { FILES_S3_ACCESS_KEY: accessKey, FILES_S3_SECRET_KEY: secretKey } = value
  if (!endpoint || !bucket || !accessKey || !secretKey) return undefined
  return {
    ...{ endpoint, bucket, accessKey, secretKey },
    region: value.FILES_S3_REGION,
    style: value.FILES_S3_STYLE,
    prefix: value.FILES_S3_PREFIX,
  }
}
