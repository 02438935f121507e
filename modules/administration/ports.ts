/** What administration needs from others, as small interfaces; the composition root fills them. */
import type { RequestContext } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import type { GuardedTable } from '@hengjian/platform/guard'
import type { ParameterDefinition } from './parameters.ts'

/** The queue's own hand on a job. */
export interface JobControl {
  /** Put a failed job back into the queue. Answers false where the queue no longer has it. */
  retry(name: string, id: string): Promise<boolean>
  /** Take a job out of the queue. One under way runs to its end but is not tried again. Answers false where it has ended. */
  cancel(name: string, id: string): Promise<boolean>
}

export interface AdministrationOptions {
  /** Parameters of all modules. */
  readonly parameters: readonly ParameterDefinition[]
  /** Guarded tables of all modules, walked by the nightly verification. */
  readonly guardedTables: readonly GuardedTable[]
  /** Words for jobs by name; a job without words is shown by its name. */
  readonly jobTitles: Readonly<Record<string, string>>
  readonly jobControl: JobControl
  /** A value was set in this process: what was made of it is to be forgotten. */
  parameterChanged?(database: Database): void
  /** Display names of units by path; a path without a unit is left out. */
  unitNamesOf(ctx: RequestContext, paths: readonly string[]): Promise<ReadonlyMap<string, string>>
}
