/**
 * Bring a database up to date: roles, the linear history of `migrations/*.sql`, then policies and grants.
 * Runs with the administrator's connection; everything is created as `hengjian_owner`.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { policyStatements, tableShapes } from './policies.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
/** Held while migrating, so that two starting nodes do not both migrate. */
const MIGRATE_LOCK = 4_503_020_001

/** Roles that sign in, and how their connection string is made. */
export interface DatabaseAddresses {
  /** `hengjian_app`: web and worker. */
  readonly appUrl: string
  /** `hengjian_jobs`: owns only schema pgboss. */
  readonly jobsUrl: string
}

/** Addresses of the application's roles on the server of `adminUrl`. */
export function addressesOf(adminUrl: string, rolePassword: string): DatabaseAddresses {
  const as = (role: string) => {
    const url = new URL(adminUrl)
    url.username = role
    url.password = rolePassword
    return url.href
  }
  return { appUrl: as('hengjian_app'), jobsUrl: as('hengjian_jobs') }
}

/** The schema in the database is older than this program, or newer. */
export class SchemaError extends Error {}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(`${MIGRATIONS}/${name}`, 'utf8')
      return { name, sql, checksum: createHash('sm3').update(sql).digest('hex') }
    }),
  )
}

async function ensureRoles(client: pg.Client, rolePassword: string): Promise<void> {
  const password = pg.escapeLiteral(rolePassword)
  const role = async (name: string, attributes: string) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])
    await client.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${name} ${attributes}`)
  }
  await role('hengjian_owner', 'NOLOGIN')
  await role('hengjian_facts', 'NOLOGIN')
  await role('hengjian_app', `LOGIN NOINHERIT NOBYPASSRLS PASSWORD ${password}`)
  await role('hengjian_jobs', `LOGIN NOINHERIT NOBYPASSRLS PASSWORD ${password}`)
  // The administrator of an outside server may be no superuser: it must be allowed to act as the owner.
  await client.query(`GRANT hengjian_owner TO CURRENT_USER`)
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  )
  // From 16 on a grant carries its own INHERIT option; before, the role's NOINHERIT decides. Inheriting would let
  // every handler read every unit's facts.
  await client.query(
    rows[0]!.version >= 160000
      ? 'GRANT hengjian_facts TO hengjian_app WITH INHERIT FALSE, SET TRUE'
      : 'GRANT hengjian_facts TO hengjian_app',
  )
}

/** Apply what is missing. Safe to repeat and to run from several nodes at once. */
export async function migrateDatabase(options: {
  adminUrl: string
  rolePassword: string
  log?: (line: string) => void
}): Promise<DatabaseAddresses> {
  const log = options.log ?? (() => {})
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: 'hengjian-migrate' })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK])
    await ensureRoles(client, options.rolePassword)
    const database = pg.escapeIdentifier(
      (await client.query('SELECT current_database() AS name')).rows[0].name,
    )
    await client.query(`GRANT CREATE ON DATABASE ${database} TO hengjian_owner, hengjian_jobs`)
    await client.query('ALTER SCHEMA public OWNER TO hengjian_owner')
    await client.query('GRANT USAGE ON SCHEMA public TO hengjian_app, hengjian_facts, hengjian_jobs')
    await client.query('SET ROLE hengjian_owner')
    await client.query(
      `CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    )
    await applyMigrations(client, log)
    await applyPolicies(client)
    await client.query('RESET ROLE')
  } finally {
    await client.end()
  }
  return addressesOf(options.adminUrl, options.rolePassword)
}

async function applyMigrations(client: pg.Client, log: (line: string) => void): Promise<void> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM migration',
  )
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  for (const migration of await readMigrations()) {
    const checksum = applied.get(migration.name)
    if (checksum === migration.checksum) continue
    if (checksum !== undefined)
      throw new SchemaError(
        `migration ${migration.name} was changed after it had been applied to this database`,
      )
    await client.query('BEGIN')
    try {
      await client.query(migration.sql)
      await client.query('INSERT INTO migration (name, checksum) VALUES ($1, $2)', [
        migration.name,
        migration.checksum,
      ])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw new SchemaError(`migration ${migration.name} failed: ${(error as Error).message}`, {
        cause: error,
      })
    }
    log(`migrated ${migration.name}`)
  }
}

async function applyPolicies(client: pg.Client): Promise<void> {
  const statements = (await tableShapes(client)).flatMap((table) => policyStatements(table))
  statements.push('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO hengjian_app')
  await client.query('BEGIN')
  try {
    await client.query(statements.join(';\n'))
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** Refuse to serve on a schema that is not this program's. */
export async function assertSchemaCurrent(pool: pg.Pool): Promise<void> {
  const known = await readMigrations()
  const { rows } = await pool
    .query<{ name: string }>('SELECT name FROM migration')
    .catch(() => ({ rows: [] }))
  const applied = new Set(rows.map((row) => row.name))
  const missing = known.filter((migration) => !applied.has(migration.name))
  if (missing.length > 0)
    throw new SchemaError(
      `the database lacks ${missing.map((m) => m.name).join(', ')}: run "hengjian migrate" first`,
    )
  if (rows.length > known.length)
    throw new SchemaError('the database was migrated by a newer version of this program')
}
