/**
 * Importing a file (BIZ-9): records → mapping → facts → PostgreSQL and lake. Constant memory. The position moves in the
 * transaction of the rows, so that a killed import goes on where it stood; rows that stand already are passed over, so
 * that a repeated import changes nothing.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Actor,
  type Origin,
  type RequestContext,
  type Services,
  scopeOf,
} from '@hengjian/platform/context'
import type { CipherPool } from '@hengjian/platform/crypto'
import { rangeOf } from '@hengjian/platform/db'
import { Problem } from '@hengjian/platform/errors'
import { runAs } from '@hengjian/platform/http'
import type { Lake } from '@hengjian/platform/lake'
import { acquireLock } from '@hengjian/platform/process'
import type { Derivation } from '../derive-columns.ts'
import type { FactInput, FactName } from '../fact-input.ts'
import { type LoadedBatch, loadFacts } from '../load-facts.ts'
import {
  compileMapping,
  type Fields,
  type Mapped,
  type MappingEnvironment,
  uuidOf,
} from './compile-mapping.ts'
import {
  advanceRun,
  beginRun,
  createRun,
  failRun,
  findOpenRun,
  type ImportRun,
  RunStopped,
} from './import-run.ts'
import { type Mapping, parseMapping } from './mapping.ts'
import type { ImportPorts, NewInstitution } from './ports.ts'
import { type ImportFile, openRecords, type RecordReader, type SourceRecord } from './record-source.ts'
import { openRejects, type Reject, type RejectFile } from './rejects.ts'

/** How far an import is. */
export interface ImportProgress {
  readonly runId: string
  /** Records of the file done with. */
  readonly records: number
  readonly bytesRead: number
  readonly fileBytes: number
  /** Facts that are new, facts that stood already, records refused. */
  readonly inserted: number
  readonly skipped: number
  readonly rejected: number
  /** Facts per second since this process began. */
  readonly factsPerSecond: number
  /** Seconds that remain at this speed; null where the format does not tell how much is left. */
  readonly remainingSeconds: number | null
}

export interface ImportOptions {
  readonly services: Services
  readonly lake: Lake
  /** Whose scope the rows must lie in; its unit takes rows without a unit of their own. */
  readonly actor: Actor
  readonly origin: Origin
  readonly ports: ImportPorts
  readonly file: ImportFile
  readonly cipherPool?: CipherPool
  readonly derivation?: Derivation
  readonly batchRows?: number
  readonly onProgress?: (progress: ImportProgress) => void | Promise<void>
  readonly signal?: AbortSignal
}

/** What came of it. */
export interface ImportResult extends ImportProgress {
  /** CSV of the rejects; present also when there are none. */
  readonly rejectsPath: string
}

/** Facts handed to the loader in one piece. */
const PIECE_ROWS = 2_000

/** Import with a mapping; an import of the same file and mapping that was stopped is taken up again. */
export async function importFile(options: ImportOptions & { mapping: Mapping }): Promise<ImportResult> {
  const { services, actor, origin, file, mapping } = options
  const run = await runAs(
    services,
    actor,
    origin,
    async (ctx) => (await findOpenRun(ctx, file, mapping)) ?? createRun(ctx, file, mapping),
  )
  return continueImport(options, run.id)
}

/** Where a run keeps its rejects until it ends. */
export const rejectsPathOf = (dataDir: string, runId: string): string =>
  join(dataDir, 'imports', `${runId}.rejects.csv`)

/** Carry a run to its end. @throws RunStopped when it was cancelled meanwhile */
export async function continueImport(options: ImportOptions, runId: string): Promise<ImportResult> {
  const { services, actor, origin } = options
  const folder = join(services.config.dataDir, 'imports')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await acquireLock(join(folder, `${runId}.lock`), { waitMs: 5_000 })
  try {
    const run = await runAs(services, actor, origin, (ctx) => beginRun(ctx, runId, options.file))
    const rejectsPath = rejectsPathOf(services.config.dataDir, runId)
    const rejects = await openRejects(rejectsPath, run.rejectBytes)
    try {
      const progress = await carryOut(options, run, rejects, folder)
      return { ...progress, rejectsPath }
    } catch (error) {
      if (!(error instanceof RunStopped) && !options.signal?.aborted)
        // where the database is gone too, the run stays open and is taken up again all the same
        await runAs(services, actor, origin, (ctx) => failRun(ctx, runId, sentenceOf(error))).catch(
          (failure: unknown) =>
            services.log.error({ err: failure, run: runId }, 'failure could not be noted'),
        )
      throw error
    } finally {
      await rejects.close()
    }
  } finally {
    lock.release()
  }
}

/** What went wrong, for the user. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Problem)) return '导入程序出错，可重试；详情见系统日志'
  const particulars = [
    error.detail,
    ...(error.issues ?? []).map(({ path, message }) => `${path}: ${message}`),
  ]
  return [error.message, ...particulars.filter(Boolean)].join('；')
}

type ImportedFact = FactInput<FactName> & { importOrdinal: number; importLast: boolean }

async function carryOut(
  options: ImportOptions,
  run: ImportRun,
  rejects: RejectFile,
  folder: string,
): Promise<ImportProgress> {
  const mapping = parseMapping(run.mapping)
  const reader = await openRecords(options.file, {
    delimiter: mapping.delimiter,
    wanted: columnsOf(mapping),
    temporaryFolder: folder,
  })
  try {
    const { environment, takeNewInstitutions } = await environmentOf(options, mapping)
    const map = compileMapping(mapping, reader.header, environment)
    const course = createCourse(options, run, reader, rejects)
    await loadFacts<FactName, ImportedFact>({
      ...options,
      fact: mapping.fact as FactName,
      source: mapping.source,
      rows: factsOf(options, reader, map, course),
      onBatch: async (ctx, loaded, lastFact) => {
        await options.ports.createInstitutions(ctx, takeNewInstitutions())
        await course.advance(ctx, loaded, lastFact)
      },
    })
    await runAs(options.services, options.actor, options.origin, (ctx) => course.finish(ctx))
    return course.progress()
  } finally {
    await reader.close()
  }
}

/** Columns of the file that a mapping reads; with `required` only those a file must have. */
export function columnsOf(mapping: Mapping, { required = false } = {}): string[] {
  const names = new Set<string>()
  for (const { from, optional, transform } of Object.values(mapping.columns)) {
    if (required && optional) continue
    names.add(from)
    for (const step of transform) if (typeof step === 'object' && 'minus' in step) names.add(step.minus)
  }
  for (const { column } of mapping.where) names.add(column)
  for (const name of mapping.key ?? []) names.add(name)
  if (mapping.expand) names.add(mapping.expand.count).add(mapping.expand.passed.from)
  if (mapping.unit) names.add(mapping.unit.from)
  return [...names]
}

/** The position of an import and what waits to be written with it. */
interface Course {
  /** Records up to here were done with before. */
  readonly start: number
  note(ordinal: number): void
  reject(ordinal: number, reject: Reject): void
  advance(ctx: RequestContext, loaded: LoadedBatch, lastFact: ImportedFact): Promise<void>
  finish(ctx: RequestContext): Promise<void>
  progress(): ImportProgress
}

function createCourse(
  options: ImportOptions,
  run: ImportRun,
  reader: RecordReader,
  rejectFile: RejectFile,
): Course {
  const startedAt = performance.now()
  const pending: { ordinal: number; reject: Reject }[] = []
  const marks: { ordinal: number; bytes: number }[] = []
  let { position, bytesRead, inserted, skipped, rejected } = run
  const startBytes = bytesRead
  let facts = 0
  let seen = position

  async function write(ctx: RequestContext, to: number, loaded: LoadedBatch, end?: 'done'): Promise<void> {
    let count = 0
    while (count < pending.length && pending[count]!.ordinal <= to) count += 1
    const taken = pending.splice(0, count)
    const rejectBytes = await rejectFile.append(taken.map(({ reject }) => reject))
    while (marks.length > 0 && marks[0]!.ordinal <= to) bytesRead = marks.shift()!.bytes
    const step = { position: to, bytesRead, ...loaded, rejected: taken.length, rejectBytes }
    await advanceRun(ctx, run.id, position, step, end)
    ctx.tx.afterCommit(() => {
      position = to
      inserted += loaded.inserted
      skipped += loaded.skipped
      rejected += taken.length
      facts += loaded.inserted + loaded.skipped
      void tell()
    })
  }

  /** Whoever watches must not be able to break the import. */
  async function tell(): Promise<void> {
    try {
      await options.onProgress?.(progress())
    } catch (error) {
      options.services.log.warn({ err: error, run: run.id }, 'progress could not be told')
    }
  }

  function progress(): ImportProgress {
    const seconds = (performance.now() - startedAt) / 1000
    const bytesPerSecond = (bytesRead - startBytes) / seconds
    return {
      runId: run.id,
      records: position,
      bytesRead,
      fileBytes: run.fileBytes,
      inserted,
      skipped,
      rejected,
      factsPerSecond: Math.round(facts / seconds),
      remainingSeconds: bytesPerSecond > 0 ? Math.round((run.fileBytes - bytesRead) / bytesPerSecond) : null,
    }
  }

  return {
    start: position,
    note(ordinal) {
      seen = ordinal
      marks.push({ ordinal, bytes: reader.bytesRead() ?? 0 })
    },
    reject: (ordinal, reject) => pending.push({ ordinal, reject }),
    advance(ctx, loaded, { importOrdinal, importLast }) {
      return write(ctx, importLast ? importOrdinal : importOrdinal - 1, loaded)
    },
    finish: (ctx) => write(ctx, Math.max(seen, position), { inserted: 0, skipped: 0 }, 'done'),
    progress,
  }
}

/** Facts of the records behind the position, in pieces, each knowing the record it is of. */
async function* factsOf(
  options: ImportOptions,
  reader: RecordReader,
  map: (fields: Fields, ordinal: number) => Mapped,
  course: Course,
): AsyncGenerator<ImportedFact[]> {
  let ordinal = 0
  let piece: ImportedFact[] = []
  for await (const records of reader.pieces) {
    for (const record of records) {
      ordinal += 1
      if (ordinal <= course.start) continue
      for (const fact of mapRecord(record, ordinal, map, course)) {
        piece.push(fact)
        if (piece.length < PIECE_ROWS) continue
        options.signal?.throwIfAborted()
        yield piece
        piece = []
      }
    }
    if (ordinal > course.start) course.note(ordinal)
  }
  if (piece.length > 0) yield piece
}

function* mapRecord(
  record: SourceRecord,
  ordinal: number,
  map: (fields: Fields, ordinal: number) => Mapped,
  course: Course,
): Generator<ImportedFact> {
  const { line, fields, fault } = record
  const mapped: Mapped =
    fault === undefined ? map(fields, ordinal) : { kind: 'faulty', faults: [{ column: '', reason: fault }] }
  if (mapped.kind === 'faulty') course.reject(ordinal, { line, faults: mapped.faults, fields })
  if (mapped.kind !== 'facts') return
  let previous: ImportedFact | null = null
  for (const fact of mapped.facts) {
    if (previous) yield previous
    previous = fact as unknown as ImportedFact
    previous.importOrdinal = ordinal
    previous.importLast = false
  }
  if (previous) {
    previous.importLast = true
    yield previous
  }
}

/** Units and institutions as the mapping asks for them; new institutions are made with the batch that names them. */
async function environmentOf(options: ImportOptions, mapping: Mapping) {
  const { actor, ports, file } = options
  const kinds = new Set(Object.values(mapping.columns).flatMap((column) => column.institution ?? []))
  const known = new Map<string, Map<string, string>>()
  const units = await runAs(options.services, actor, options.origin, async (ctx) => {
    for (const kind of kinds) known.set(kind, new Map(await ports.institutionsOf(ctx, kind)))
    return mapping.unit ? ports.unitsByCode(ctx) : new Map<string, never>()
  })
  let added: NewInstitution[] = []
  const { lo, hi } = rangeOf(scopeOf(actor))
  const environment: MappingEnvironment = {
    ownUnit: { unitId: actor.unitId, unitPath: actor.unitPath },
    fileDigest: file.digest,
    mayPlace: (unitPath) => unitPath >= lo && unitPath < hi,
    unit: (code) => units.get(code) ?? null,
    institution(kind, name) {
      const names = known.get(kind)!
      const there = names.get(name)
      if (there) return there
      const id = uuidOf('institution', mapping.source, kind, name)
      names.set(name, id)
      added.push({ id, kind, name, unitPath: actor.unitPath, source: mapping.source })
      return id
    },
  }
  const takeNewInstitutions = () => {
    const taken = added
    added = []
    return taken
  }
  return { environment, takeNewInstitutions }
}
