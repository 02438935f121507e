/**
 * Fingerprints of the installation's keys, kept in the database: a database opened with other keys than it was written
 * with is refused before anything is read or written.
 */
import { hmacSm3 } from '@hengjian/sm'
import type pg from 'pg'
import { type Keys, KeysError } from './keys.ts'

/** Bytes of a fingerprint. */
const LENGTH = 16

/** A key's name as `hengjian keys list` shows it → its fingerprint: HMAC-SM3 under the key, cut to 16 bytes. */
export function fingerprintsOf(keys: Keys): Map<string, Buffer> {
  const named: [name: string, key: Buffer][] = [
    ...keys.dataKeys.keys.map(({ id, key }): [string, Buffer] => [`data key ${id}`, key]),
    ...Object.entries(keys.digestKeys).map(([kind, key]): [string, Buffer] => [`digest key ${kind}`, key]),
    ['row check key', keys.rowCheckKey],
    ['audit signing key', keys.auditSigningKey.privateKey],
    ['session key', keys.sessionKey],
    ['node key', keys.nodeKey],
    ['file key', keys.fileKey],
    ['password key', keys.passwordKey],
  ]
  return new Map(
    named.map(([name, key]) => [name, hmacSm3(key, `hengjian: fingerprint of ${name}`).subarray(0, LENGTH)]),
  )
}

type Client = Pick<pg.ClientBase | pg.Pool, 'query'>

/**
 * Compare with the keys that the database was written with. A database without the table is new, or older than it.
 * @throws KeysError `foreign`, naming every key that differs or is missing
 */
export async function assertKeysFit(client: Client, keys: Keys): Promise<void> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `SELECT to_regclass('public.key_fingerprint') AS name`,
  )
  if (tables[0]!.name === null) return
  const { rows } = await client.query<{ name: string; fingerprint: Buffer }>(
    'SELECT name, fingerprint FROM key_fingerprint ORDER BY name',
  )
  const own = fingerprintsOf(keys)
  const missing = rows.filter(({ name }) => !own.has(name)).map(({ name }) => name)
  const other = rows.filter((row) => own.get(row.name)?.equals(row.fingerprint) === false)
  if (missing.length + other.length === 0) return
  const faults = [
    ...other.map(({ name }) => `  ${name} is another one`),
    ...missing.map((name) => `  ${name} is missing`),
  ]
  throw new KeysError(
    'foreign',
    `${keys.file} does not hold the keys that this database was written with:\n${faults.join('\n')}\n` +
      'Put back the keys.json of this installation from its backup, or name its own database (DATA_DIR, ' +
      'DATABASE_URL). Nothing was changed.',
  )
}

/** Note the keys that the database does not know yet: all at first, later those that `rotateDataKey` added. */
export async function recordKeys(client: Client, keys: Keys): Promise<void> {
  const own = [...fingerprintsOf(keys)]
  await client.query(
    `INSERT INTO key_fingerprint (name, fingerprint) SELECT * FROM unnest($1::text[], $2::bytea[])
      ON CONFLICT DO NOTHING`,
    [own.map(([name]) => name), own.map(([, fingerprint]) => fingerprint)],
  )
}
