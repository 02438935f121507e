/** The commands: what each is for, and how it is loaded. */
import type { Command } from 'commander'

interface CommandEntry {
  readonly description: string
  /** Answers what adds arguments, options and the action to the command. */
  load(): Promise<(command: Command) => void>
}

/** By name, in the order of `--help`. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  start: {
    description: 'Start everything on this machine, with the embedded database and a sample city',
    load: async () => (await import('./commands/start.ts')).defineStart,
  },
  serve: {
    description: 'Run the roles named in ROLES (default web,worker) until told to stop',
    load: async () => (await import('./commands/serve.ts')).defineServe,
  },
  migrate: {
    description: 'Bring the database up to date (roles, tables, policies). Safe to repeat.',
    load: async () => (await import('./commands/migrate.ts')).defineMigrate,
  },
  sample: {
    description: 'Load a sample city: deterministic, with planted anomalies and their ground truth',
    load: async () => (await import('./commands/sample.ts')).defineSample,
  },
  import: {
    description: 'Import a file of facts: .csv, .ndjson or .parquet. A stopped import goes on when repeated.',
    load: async () => (await import('./commands/import.ts')).defineImport,
  },
  analyse: {
    description: 'Judge post-hoc indicators over a period; findings are kept as those of the console',
    load: async () => (await import('./commands/analyse.ts')).defineAnalyse,
  },
  lake: {
    description: 'The analytical copy of the facts: verified against PostgreSQL, rebuilt from it',
    load: async () => (await import('./commands/lake.ts')).defineLake,
  },
  audit: {
    description: 'The audit log',
    load: async () => (await import('./commands/audit.ts')).defineAudit,
  },
  keys: {
    description: 'The keys of the installation: list, rotate, re-encrypt',
    load: async () => (await import('./commands/keys.ts')).defineKeys,
  },
  user: {
    description: 'Accounts, for the first steps of a new installation',
    load: async () => (await import('./commands/user.ts')).defineUser,
  },
}
