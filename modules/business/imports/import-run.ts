/** The record of an import: made, found again, moved on, ended. */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { importErrors, type Mapping } from './mapping.ts'
import { formatOf, type ImportFile } from './record-source.ts'
import { importRun } from './tables.ts'

export type ImportRun = typeof importRun.$inferSelect

/** States in which a run can go on. */
export const OPEN_STATES = ['queued', 'running', 'failed'] as const

/** Make a run for a file, under the caller's unit. @throws Problem for a format that is not known */
export async function createRun(
  ctx: RequestContext,
  file: Pick<ImportFile, 'name' | 'digest' | 'bytes'>,
  mapping: Mapping,
): Promise<ImportRun> {
  formatOf(file.name)
  const id = newId()
  const [run] = await ctx.db
    .insert(importRun)
    .values({
      id,
      unitId: ctx.actor.unitId,
      unitPath: ctx.actor.unitPath,
      createdBy: ctx.actor.id,
      scope: ctx.actor.scope,
      fact: mapping.fact,
      mappingName: mapping.name,
      mapping,
      fileName: file.name,
      fileDigest: file.digest,
      fileBytes: file.bytes,
      state: 'queued',
    })
    .returning()
  await ctx.audit.record({
    action: 'business.start-import',
    object: { kind: 'import_run', id },
    after: { fact: mapping.fact, mapping: mapping.name, file: file.digest, bytes: file.bytes },
  })
  return run!
}

/** The newest run of this file and mapping that has not ended, for a command that is repeated after a stop. */
export async function findOpenRun(
  ctx: RequestContext,
  file: Pick<ImportFile, 'digest'>,
  mapping: Mapping,
): Promise<ImportRun | undefined> {
  const [run] = await ctx.db
    .select()
    .from(importRun)
    .where(
      and(
        eq(importRun.fileDigest, file.digest),
        eq(importRun.mappingName, mapping.name),
        eq(importRun.unitPath, ctx.actor.unitPath),
        inArray(importRun.state, [...OPEN_STATES]),
        sql`${importRun.mapping} = ${JSON.stringify(mapping)}::jsonb`,
      ),
    )
    .orderBy(desc(importRun.createdAt))
    .limit(1)
  return run
}

/** Take a run up. @throws Problem when it has ended or the file is another one */
export async function beginRun(
  ctx: RequestContext,
  id: string,
  file: { digest: string },
): Promise<ImportRun> {
  const [run] = await ctx.db.select().from(importRun).where(eq(importRun.id, id)).for('update')
  if (!run) throw new Problem(platformErrors.not_found)
  if (!(OPEN_STATES as readonly string[]).includes(run.state))
    throw new Problem(importErrors.import_ended, { data: { state: run.state } })
  if (run.fileDigest !== file.digest) throw new Problem(importErrors.import_changed)
  const [begun] = await ctx.db
    .update(importRun)
    .set({
      state: 'running',
      message: null,
      startedAt: run.startedAt ?? ctx.clock.now(),
      finishedAt: null,
      updatedAt: ctx.clock.now(),
    })
    .where(eq(importRun.id, id))
    .returning()
  return begun!
}

/** How far a run has come, beyond what was recorded before. */
export interface RunStep {
  readonly position: number
  readonly bytesRead: number
  readonly inserted: number
  readonly skipped: number
  readonly rejected: number
  readonly rejectBytes: number
}

/** The run was cancelled, or another process has taken it on. */
export class RunStopped extends Error {}

/** Move a run on in the transaction of its rows. @throws RunStopped */
export async function advanceRun(
  ctx: RequestContext,
  id: string,
  from: number,
  step: RunStep,
  end?: 'done',
): Promise<void> {
  const moved = await ctx.db
    .update(importRun)
    .set({
      position: step.position,
      bytesRead: step.bytesRead,
      rejectBytes: step.rejectBytes,
      inserted: sql`${importRun.inserted} + ${step.inserted}`,
      skipped: sql`${importRun.skipped} + ${step.skipped}`,
      rejected: sql`${importRun.rejected} + ${step.rejected}`,
      updatedAt: ctx.clock.now(),
      ...(end ? { state: end, finishedAt: ctx.clock.now() } : {}),
    })
    .where(and(eq(importRun.id, id), eq(importRun.state, 'running'), eq(importRun.position, from)))
  if (moved.rowCount !== 1)
    throw new RunStopped('the import was cancelled, or another process has taken it on')
}

/** Note why a run failed; it can be taken up again. */
export async function failRun(ctx: RequestContext, id: string, message: string): Promise<void> {
  await ctx.db
    .update(importRun)
    .set({ state: 'failed', message, updatedAt: ctx.clock.now(), finishedAt: ctx.clock.now() })
    .where(and(eq(importRun.id, id), eq(importRun.state, 'running')))
}
