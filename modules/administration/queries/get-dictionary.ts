import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import { dictionaryOf, entriesOf, presentDictionary, presentEntry } from '../dictionaries.ts'
import { administrationErrors } from '../errors.ts'

/** A dictionary with its entries: the current version, or an older one. */
export const getDictionary: Handler<typeof administrationContract.getDictionary> = async (ctx, input) => {
  const current = await dictionaryOf(ctx, input.code)
  const version = input.version ?? current?.version
  if (!current || version === undefined || version > current.version)
    throw new Problem(administrationErrors.unknown_dictionary)
  const entries = await entriesOf(ctx, input.code, version)
  return { ...presentDictionary(current, entries.length), version, items: entries.map(presentEntry) }
}
