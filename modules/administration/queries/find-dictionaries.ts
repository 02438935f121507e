import type { Handler } from '@hengjian/platform/http'
import { and, asc, count, eq } from 'drizzle-orm'
import type { administrationContract } from '../contract.ts'
import { presentDictionary } from '../dictionaries.ts'
import { dictionary, dictionaryEntry } from '../tables.ts'

/** All dictionaries with the size of their current version. */
export const findDictionaries: Handler<typeof administrationContract.findDictionaries> = async (ctx) => {
  const rows = await ctx.db
    .select({ row: dictionary, entries: count(dictionaryEntry.code) })
    .from(dictionary)
    .leftJoin(
      dictionaryEntry,
      and(
        eq(dictionaryEntry.dictionaryCode, dictionary.code),
        eq(dictionaryEntry.version, dictionary.version),
      ),
    )
    .groupBy(dictionary.code)
    .orderBy(asc(dictionary.code))
  return { items: rows.map(({ row, entries }) => presentDictionary(row, entries)) }
}
