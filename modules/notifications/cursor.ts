/** Keyset cursor of the inbox: time and id of the last row shown. */
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { z } from 'zod'

const shape = z.tuple([z.coerce.date(), z.uuid()])

export const encodeCursor = (at: Date, id: string): string =>
  Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url')

/** Throws `platform.invalid_input` for a cursor that is not ours. */
export function decodeCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    return { at, id }
  } catch (cause) {
    throw new Problem(platformErrors.invalid_input, {
      issues: [{ path: 'cursor', message: '游标无效' }],
      cause,
    })
  }
}
