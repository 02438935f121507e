/** Which files of vehicles and persons the caller may open, asked once for a page of records. */
import type { RequestContext } from '@hengjian/platform/context'
import { inArray } from 'drizzle-orm'
import { person, vehicle } from '../tables.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Kind of a subject key → the file it stands for. */
const FILES = {
  vehicle: { table: vehicle, page: '/vehicles', permission: 'business.vehicle.find' },
  person: { table: person, page: '/persons', permission: 'business.person.find' },
  organisation: { table: person, page: '/persons', permission: 'business.person.find' },
} as const

/**
 * Pages of the console for subject keys (`vehicle:<id>`, `person:<id>`, `organisation:<id>`). A key is missing from the
 * answer where the caller lacks the permission, the file lies outside their scope, or the key names no file.
 */
export async function subjectLinksOf(
  ctx: RequestContext,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>()
  const byKind = Map.groupBy(new Set(keys), (key) => key.slice(0, key.indexOf(':')))
  for (const [kind, file] of Object.entries(FILES)) {
    const ids = (byKind.get(kind) ?? [])
      .map((key) => key.slice(kind.length + 1))
      .filter((id) => UUID.test(id))
    if (ids.length === 0 || !ctx.actor.permissions.has(file.permission)) continue
    const { table } = file
    const rows = await ctx.db.select({ id: table.id }).from(table).where(inArray(table.id, ids))
    for (const { id } of rows) links.set(`${kind}:${id}`, `${file.page}/${id}`)
  }
  return links
}
