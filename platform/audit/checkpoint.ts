/**
 * Checkpoints of the audit chain: signed with SM2, kept in the database and in a file outside it. Whoever rewrites the
 * chain in the database can neither sign anew nor reach the file.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Keys } from '@hengjian/platform/crypto'
import { signSm2, verifySm2 } from '@hengjian/sm'
import { z } from 'zod'

/** State of the chain at one sequence. */
export interface Checkpoint {
  readonly sequence: number
  /** Chain hash at the sequence, 32 bytes. */
  readonly hash: Buffer
  /** Entries since the checkpoint before. */
  readonly entries: number
  readonly at: Date
  /** SM2 over the other fields, 64 bytes r‖s. */
  readonly signature: Buffer
}

/** Where the file stands, outside the database. */
export const checkpointFileOf = (dataDir: string): string => join(dataDir, 'audit', 'checkpoints.ndjson')

const messageOf = (point: Omit<Checkpoint, 'signature'>): string =>
  [
    'hengjian audit checkpoint',
    point.sequence,
    point.hash.toString('hex'),
    point.entries,
    point.at.toISOString(),
  ].join('\n')

export const signCheckpoint = (keys: Keys, point: Omit<Checkpoint, 'signature'>): Checkpoint => ({
  ...point,
  signature: signSm2(keys.auditSigningKey.privateKey, messageOf(point), { format: 'raw' }),
})

export const isSigned = (keys: Keys, point: Checkpoint): boolean =>
  verifySm2(keys.auditSigningKey.publicKey, messageOf(point), point.signature, { format: 'raw' })

const bytes = z
  .string()
  .regex(/^([0-9a-f]{2})+$/)
  .transform((digits) => Buffer.from(digits, 'hex'))
const line = z.object({
  sequence: z.int().min(1),
  hash: bytes,
  entries: z.int().min(1),
  at: z.iso.datetime().transform((text) => new Date(text)),
  signature: bytes,
})

const lineOf = (point: Checkpoint): string =>
  `${JSON.stringify({
    sequence: point.sequence,
    hash: point.hash.toString('hex'),
    entries: point.entries,
    at: point.at.toISOString(),
    signature: point.signature.toString('hex'),
  })}\n`

/** Append the checkpoints that the file does not have yet; on disk when it returns. */
export function appendCheckpoints(file: string, points: readonly Checkpoint[]): void {
  const fresh = !existsSync(file)
  if (fresh) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const descriptor = openSync(file, 'a+', 0o600)
  try {
    const last = lastSequence(descriptor)
    const missing = points.filter((point) => point.sequence > last)
    writeSync(descriptor, missing.map(lineOf).join(''))
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (fresh) syncFolder(dirname(file))
}

/** Longer than two lines. */
const END_BYTES = 4096

/** Sequence of the last line, 0 where there is none. What a crash left of a line is cut off. */
function lastSequence(descriptor: number): number {
  const { size } = fstatSync(descriptor)
  const end = Buffer.alloc(Math.min(size, END_BYTES))
  readSync(descriptor, end, 0, end.length, size - end.length)
  const whole = end.lastIndexOf('\n') + 1
  if (whole < end.length) ftruncateSync(descriptor, size - end.length + whole)
  const lines = end.toString('utf8', 0, whole).split('\n')
  return parseLine(lines.at(-2) ?? '')?.sequence ?? 0
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A line of the file; `point` is null where it is no checkpoint. Numbers count from 1. */
export interface CheckpointLine {
  readonly number: number
  readonly point: Checkpoint | null
}

/** All lines; none where there is no file. A last line without line feed was cut by a crash and is left out. */
export function readCheckpoints(file: string): CheckpointLine[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((text, index) => ({ number: index + 1, point: parseLine(text) }))
}

function parseLine(text: string): Checkpoint | null {
  try {
    return line.parse(JSON.parse(text))
  } catch {
    return null
  }
}
