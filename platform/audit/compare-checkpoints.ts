/** The two copies of the checkpoints, in the database and in the file, held against each other and the chain. Pure. */
import type { Keys } from '@hengjian/platform/crypto'
import { type Checkpoint, type CheckpointLine, isSigned } from './checkpoint.ts'

export interface CheckpointFault {
  readonly what: 'checkpoint-altered' | 'checkpoint-removed' | 'checkpoint-file-altered'
  readonly sequence: number | null
  readonly entryId: null
  readonly message: string
}

/** Checkpoints to compare the chain with. */
export interface KnownCheckpoints {
  /** Call once for each place in order: does the signed checkpoint of this place, where there is one, agree? */
  compare(sequence: number, hash: Buffer): 'none' | 'agrees' | 'contradicts'
  /** First signed checkpoint beyond the end of the chain; null when there is none. */
  firstBeyond(last: number): number | null
  /** What is wrong with the checkpoints themselves, `last` being the end of the chain. */
  faultsUpTo(last: number): CheckpointFault[]
}

/**
 * A signature takes 8 ms to verify, and a busy year has half a million checkpoints. A later checkpoint covers all
 * before it, so signatures are verified where the copies differ, where the chain disagrees, and of the last.
 */
export function compareCopies(
  keys: Keys,
  inDatabase: readonly Checkpoint[],
  lines: readonly CheckpointLine[],
): KnownCheckpoints {
  const faults: CheckpointFault[] = lines
    .filter((line) => line.point === null)
    .map((line) => fileFault(null, `检查点文件第 ${line.number} 行不是检查点`))
  const inFile = new Map<number, Checkpoint>()
  for (const { point } of lines) {
    if (!point) continue
    const other = inFile.get(point.sequence)
    if (!other) inFile.set(point.sequence, point)
    else if (!isSame(other, point))
      faults.push(fileFault(point.sequence, `检查点文件中第 ${point.sequence} 条有两种说法`))
  }
  const database = new Map(inDatabase.map((point) => [point.sequence, point]))
  const all = [...new Set([...database.keys(), ...inFile.keys()])].sort((a, b) => a - b)
  const lastInFile = all.findLast((sequence) => inFile.has(sequence)) ?? 0
  const signed = new Map<number, Checkpoint>()
  const removed: number[] = []

  for (const sequence of all) {
    const stored = database.get(sequence)
    const written = inFile.get(sequence)
    const isLast = sequence === all.at(-1)
    if (stored && written && isSame(stored, written) && !isLast) {
      signed.set(sequence, stored)
      continue
    }
    const storedFits = stored !== undefined && isSigned(keys, stored)
    const writtenFits = written !== undefined && isSigned(keys, written)
    if (stored && !storedFits) faults.push(databaseFault(sequence))
    if (written && !writtenFits) faults.push(fileFault(sequence, `检查点文件中第 ${sequence} 条的签名不符`))
    if (!stored && writtenFits) removed.push(sequence)
    // Beyond the end of the file it may not have been written yet.
    if (storedFits && !written && sequence < lastInFile)
      faults.push(fileFault(sequence, `检查点文件缺少第 ${sequence} 条`))
    if (writtenFits) signed.set(sequence, written)
    else if (storedFits) signed.set(sequence, stored)
  }
  if (inDatabase.length > 1 && lines.length === 0) faults.push(fileFault(null, '检查点文件不存在或为空'))

  return {
    compare(sequence, hash) {
      const point = signed.get(sequence)
      if (!point) return 'none'
      if (point.hash.equals(hash)) return 'agrees'
      if (isSigned(keys, point)) return 'contradicts'
      faults.push(databaseFault(sequence))
      return 'none'
    },
    firstBeyond: (last) => all.find((sequence) => sequence > last && signed.has(sequence)) ?? null,
    faultsUpTo: (last) => [
      ...faults,
      ...removed
        .filter((sequence) => sequence <= last)
        .map((sequence) => ({
          what: 'checkpoint-removed' as const,
          sequence,
          entryId: null,
          message: `第 ${sequence} 条的检查点已从数据库中删除，文件中仍在`,
        })),
    ],
  }
}

const isSame = (a: Checkpoint, b: Checkpoint): boolean =>
  a.hash.equals(b.hash) &&
  a.signature.equals(b.signature) &&
  a.entries === b.entries &&
  a.at.getTime() === b.at.getTime()

const databaseFault = (sequence: number): CheckpointFault => ({
  what: 'checkpoint-altered',
  sequence,
  entryId: null,
  message: `数据库中第 ${sequence} 条的检查点被替换（签名不符）`,
})

const fileFault = (sequence: number | null, message: string): CheckpointFault => ({
  what: 'checkpoint-file-altered',
  sequence,
  entryId: null,
  message,
})
