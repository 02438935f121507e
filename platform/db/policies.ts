/**
 * Row-level security, written by one function for every table and applied at each `migrate` (docs/decisions/0001).
 * Which policy a table gets follows from its columns, so a new table cannot be forgotten:
 *
 * - `unit_path`: scoped. Rows of the caller's range; with `assigned_path` also those assigned into it;
 *   in scope `own` only rows whose owner column is the caller.
 * - `recipient_id`: personal. Rows of the caller; anyone may insert.
 * - neither: must be named in `unscopedTables` with its reason, or `migrate` fails.
 */
import type pg from 'pg'

/** Tables readable by every signed-in user (no personal data) whose writes are scoped all the same. */
export const readableByAll: Readonly<Record<string, string>> = {
  unit: 'names of units and their parents are shown everywhere',
  institution: 'names of institutions are shown in findings and city averages',
  parameter_value: 'values are inherited from units above',
  indicator_setting: 'thresholds are inherited from units above',
  composed_indicator: 'composed indicators judge the units below theirs; versions and drafts are scoped',
  push_threshold: 'thresholds are inherited from units above',
}

/** Tables without unit, and why they need none. */
export const unscopedTables: Readonly<Record<string, string>> = {
  migration: 'owned by migrate',
  audit_entry: 'own policy: audit readers only',
  audit_seal: 'hashes only; no grant to update or delete',
  audit_checkpoint: 'hashes only; no grant to update or delete',
  outbox: 'ids and codes only; read by followers',
  outbox_cursor: 'positions of followers',
  consumed: 'event ids',
  non_compliant_product: 'one public list',
  agent_quota: 'limits by agent id',
  indicator_version: 'definitions of indicators; the same for every unit',
  lake_file: 'names, sums and row counts of lake files; rows are scoped by lake.query',
  lake_change: 'names of facts, days and row counts; no record of any unit',
  file: 'content addresses only; who may read a file is decided by the record that refers to it',
  dictionary: 'codes and names; the same for every unit',
  dictionary_entry: 'codes and names; the same for every unit',
  calendar_day: 'working days of the installation; no record of any unit',
  audit_verification: 'results of verifying the audit log; the operations ask for the permission to read it',
  job_progress: 'counts of background jobs, no record of any unit',
  key_fingerprint: 'fingerprints of the installation’s keys; nothing follows from them',
  role: 'sets of permissions, the same in every unit; no personal data',
  role_permission: 'permissions of roles, the same in every unit',
}

/** Columns that say whose record a row is, in order of preference. */
export const OWNER_COLUMNS = ['handler_id', 'assignee_id', 'requested_by', 'user_id', 'created_by']

const range = (column: string) =>
  `"${column}" >= nullif(current_setting('app.lo', true), '') AND "${column}" < nullif(current_setting('app.hi', true), '')`
const ACTOR = `nullif(current_setting('app.actor', true), '')::uuid`

/** Condition that a row is the caller's own; parts of a transaction are owned with it. Null: no owner is known. */
function ownedBy(table: TableShape): string | null {
  const owner = OWNER_COLUMNS.find((column) => table.columns.has(column))
  if (owner) return `"${owner}" = ${ACTOR}`
  if (!table.columns.has('transaction_id')) return null
  return `EXISTS (SELECT 1 FROM "transaction" t WHERE t.id = "${table.name}"."transaction_id" AND t.handler_id = ${ACTOR})`
}

interface TableShape {
  readonly name: string
  readonly columns: ReadonlySet<string>
}

/** Read every ordinary table of schema public with its columns. */
export async function tableShapes(client: pg.ClientBase): Promise<TableShape[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      GROUP BY c.relname ORDER BY c.relname`,
  )
  return rows.map((row) => ({ name: row.name, columns: new Set(row.columns) }))
}

/** A table that indicators read: it has a unit and the identity of a fact. */
const isFact = (table: TableShape) => table.columns.has('unit_path') && table.columns.has('source_key')

/** Statements that give one table its policies and grants. Throws when the table has no place in the scheme. */
export function policyStatements(
  table: TableShape,
  extraUnscoped: Readonly<Record<string, string>> = {},
): string[] {
  const name = `"${table.name}"`
  const statements: string[] = []
  const grant = (privileges: string, role = 'hengjian_app') =>
    statements.push(`GRANT ${privileges} ON ${name} TO ${role}`)
  const policy = (suffix: string, command: string, clauses: string, role = 'hengjian_app') =>
    statements.push(
      `DROP POLICY IF EXISTS "${suffix}" ON ${name}`,
      `CREATE POLICY "${suffix}" ON ${name} FOR ${command} TO ${role} ${clauses}`,
    )
  const secure = () =>
    statements.push(
      `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`,
      `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`,
    )

  if (table.columns.has('unit_path')) {
    secure()
    const mine = ownedBy(table)
    const inRange = mine
      ? `${range('unit_path')} AND (current_setting('app.own', true) IS DISTINCT FROM 'on' OR ${mine})`
      : range('unit_path')
    const readable = table.columns.has('assigned_path')
      ? `(${inRange}) OR (${range('assigned_path')})`
      : inRange
    policy('read', 'SELECT', `USING (${table.name in readableByAll ? 'true' : readable})`)
    policy('add', 'INSERT', `WITH CHECK (${inRange})`)
    policy('change', 'UPDATE', `USING (${readable}) WITH CHECK (${readable})`)
    policy('remove', 'DELETE', `USING (${inRange})`)
    // SECURITY DEFINER functions (one per transfer across units) run as the owner, whom nobody can sign in as.
    policy('owner', 'ALL', 'USING (true) WITH CHECK (true)', 'hengjian_owner')
    grant('SELECT, INSERT, UPDATE, DELETE')
    if (isFact(table)) {
      policy('facts', 'SELECT', 'USING (true)', 'hengjian_facts')
      grant('SELECT', 'hengjian_facts')
    }
  } else if (table.columns.has('recipient_id')) {
    secure()
    policy('read', 'SELECT', `USING ("recipient_id" = ${ACTOR})`)
    policy('add', 'INSERT', 'WITH CHECK (true)')
    policy('change', 'UPDATE', `USING ("recipient_id" = ${ACTOR})`)
    grant('SELECT, INSERT, UPDATE')
  } else if (table.name === 'audit_entry') {
    secure()
    policy('read', 'SELECT', `USING (current_setting('app.audit_reader', true) = 'on')`)
    policy('add', 'INSERT', 'WITH CHECK (true)')
    grant('SELECT, INSERT')
  } else if (table.name === 'audit_seal' || table.name === 'audit_checkpoint') {
    grant('SELECT, INSERT')
  } else if (table.name === 'migration') {
    grant('SELECT')
  } else if (table.name in unscopedTables || table.name in extraUnscoped) {
    grant('SELECT, INSERT, UPDATE, DELETE')
    if (table.name === 'non_compliant_product' || table.name === 'agent_quota')
      grant('SELECT', 'hengjian_facts')
  } else {
    throw new Error(
      `table ${table.name} has neither unit_path nor recipient_id and is not listed in unscopedTables: give it a scope or a reason`,
    )
  }
  return statements
}
