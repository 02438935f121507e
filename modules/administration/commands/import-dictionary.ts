import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { z } from 'zod'
import type { administrationContract } from '../contract.ts'
import { readCsv, refuse } from '../csv.ts'
import {
  dictionaryOf,
  differenceOf,
  entriesOf,
  lockDictionary,
  presentDictionary,
  writeVersion,
} from '../dictionaries.ts'
import { administrationErrors } from '../errors.ts'

const line = z.object({
  code: z.string().min(1).max(60),
  name: z.string().min(1).max(200),
  enabled: z
    .enum(['', '0', '1', 'true', 'false'])
    .default('1')
    .transform((text) => text !== '0' && text !== 'false'),
  parent_code: z
    .string()
    .max(60)
    .default('')
    .transform((text) => text || null),
})

/** Replace a dictionary by a new version from CSV; versions before stay readable. All or nothing (PLT-6). */
export const importDictionary: Handler<typeof administrationContract.importDictionary> = async (
  ctx,
  input,
) => {
  const lines = readCsv(input.csv, line, (row) => row.code)
  const codes = new Set(lines.map(({ row }) => row.code))
  const orphans = lines.filter(({ row }) => row.parent_code !== null && !codes.has(row.parent_code))
  if (orphans.length > 0)
    refuse(
      orphans.map((one) => ({
        path: `csv.${one.line}`,
        message: `parent_code：没有 ${one.row.parent_code} 这一项`,
      })),
    )

  await lockDictionary(ctx, input.code)
  const current = await dictionaryOf(ctx, input.code)
  const name = input.name ?? current?.name
  if (name === undefined) throw new Problem(administrationErrors.dictionary_unnamed)
  const entries = lines.map(({ row: { parent_code, ...row } }) => ({ ...row, parentCode: parent_code }))
  const before = current ? await entriesOf(ctx, input.code, current.version) : []
  const difference = differenceOf(before, entries)
  const row = await writeVersion(
    ctx,
    {
      code: input.code,
      name,
      version: (current?.version ?? 0) + 1,
      source: 'imported',
      changedById: ctx.actor.id,
      changedByName: ctx.actor.name,
    },
    entries,
  )
  await ctx.audit.record({
    action: 'administration.import-dictionary',
    object: { kind: 'dictionary', id: input.code },
    before: current ? { version: current.version, entries: before.length } : null,
    after: { version: row.version, entries: entries.length, ...difference },
    reason: input.reason,
  })
  return { ...presentDictionary(row, entries.length), ...difference }
}
