/** Settings of the embedded server, given on its command line so that each start has this version's. */

/** How the server treats a loss of power: `scratch` data (tests) may be lost, and is written faster. */
export type Durability = 'safe' | 'scratch'

/** Sized for a machine of 2–4 GB that also runs our processes and DuckDB. Memory in PostgreSQL's units. */
const COMMON = {
  listen_addresses: '127.0.0.1',
  password_encryption: 'scram-sha-256',
  unix_socket_permissions: '0700',
  max_connections: '120',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  random_page_cost: '1.1',
  // short queries decide here; compiling them costs more than it saves
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_min_duration_statement: '5s',
  // statements may carry personal data
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
}

const SAFE = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
}

const SCRATCH = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  autovacuum_naptime: '10min',
}

/** Command-line arguments for `postgres`. */
export function serverArguments(
  { durability, settings: own }: { durability: Durability; settings: Readonly<Record<string, string>> },
  port: number,
  socketDir: string,
): string[] {
  const settings = {
    ...COMMON,
    ...(durability === 'safe' ? SAFE : SCRATCH),
    ...own,
    port: String(port),
    // a list in PostgreSQL's syntax: quoted, for folders with blanks or commas
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
