/** A database for one test file, copied from a migrated template in some tens of milliseconds. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect, inject } from 'vitest'
import { hasFailed } from './outcome.ts'
import { alone, keep, testServer } from './server.ts'

/** A database of its own for a test file. */
export interface TestDatabase {
  name: string
  /** Superuser: makes records regardless of scope, looks behind the policies. */
  adminUrl: string
  /** `hengjian_app`, as web and worker sign in. Meaningful in a database from the template only. */
  appUrl: string
  /** `hengjian_jobs`, owner of schema pgboss. Meaningful in a database from the template only. */
  jobsUrl: string
  /** Ends all connections and removes the database, or keeps it where a test of this file failed. */
  drop(): Promise<void>
}

const TEMPLATE = 'hengjian_template'
/** Password of the application's roles in the test server; it listens on loopback for the time of the run. */
const ROLE_PASSWORD = 'test'

/**
 * Makes a database for the calling test file; call it in `beforeAll` and `drop` in `afterAll`.
 * @param template true (default): all migrations and policies applied; false: empty
 */
export async function createTestDatabase({ template = true } = {}): Promise<TestDatabase> {
  const folder = inject('testRun')
  const serverUrl = await alone(folder, async () => {
    const url = await testServer(folder)
    if (template) await ensureTemplate(url)
    return url
  })
  const name = `test_${randomBytes(5).toString('hex')}`
  await onServer(serverUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template ? TEMPLATE : 'template0'}`)
    if (template) await copyPrivileges(client, name)
  })
  const file = expect.getState().testPath ?? 'unknown'
  return {
    name,
    adminUrl: address(serverUrl, name),
    appUrl: address(serverUrl, name, 'hengjian_app'),
    jobsUrl: address(serverUrl, name, 'hengjian_jobs'),
    async drop() {
      if (hasFailed()) keep(folder, { name, file })
      else await onServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

async function ensureTemplate(serverUrl: string) {
  await onServer(serverUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [TEMPLATE])
    if (rowCount) return
    const draft = `${TEMPLATE}_draft`
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${draft} TEMPLATE template0`)
    const { migrateDatabase } = await import('@hengjian/platform/db')
    await migrateDatabase({ adminUrl: address(serverUrl, draft), rolePassword: ROLE_PASSWORD })
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${TEMPLATE}`)
  })
}

/** What was granted on the template as a database; CREATE DATABASE copies all but this. */
async function copyPrivileges(client: pg.Client, name: string) {
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, $2::text, grantee::regrole) AS statement
       FROM pg_database, aclexplode(datacl)
      WHERE datname = $1 AND grantee <> 0 AND grantee <> datdba`,
    [TEMPLATE, name],
  )
  if (rows.length > 0) await client.query(rows.map(({ statement }) => statement).join(';'))
}

async function onServer(serverUrl: string, work: (client: pg.Client) => Promise<unknown>) {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function address(serverUrl: string, database: string, role?: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  if (role) {
    url.username = role
    url.password = ROLE_PASSWORD
  }
  return url.href
}
