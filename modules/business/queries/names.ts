/** Names for a page of transactions: one query each for people and vehicles, none per row. */

import { mask } from '@hengjian/identifiers'
import type { RequestContext } from '@hengjian/platform/context'
import { inArray } from 'drizzle-orm'
import type { BusinessPorts } from '../ports.ts'
import type { Names } from '../present.ts'
import { person, type transaction, vehicle } from '../tables.ts'
import { subjectLinksOf } from './subject-links.ts'

export async function namesFor(
  ctx: RequestContext,
  ports: BusinessPorts,
  rows: readonly (typeof transaction.$inferSelect)[],
): Promise<Names> {
  const distinct = (values: (string | null)[]) => [
    ...new Set(values.filter((value): value is string => value !== null)),
  ]
  const personIds = distinct(rows.map((row) => row.personId ?? row.organisationId))
  const vehicleIds = distinct(rows.map((row) => row.vehicleId))
  // The parties of a transaction in scope are shown with it, wherever their files are kept.
  const [people, vehicles] = await Promise.all([
    ctx.tx.asFactsReader(() =>
      ctx.db
        .select({ id: person.id, kind: person.kind, nameEnc: person.nameEnc })
        .from(person)
        .where(inArray(person.id, personIds)),
    ),
    ctx.tx.asFactsReader(() =>
      ctx.db
        .select({ id: vehicle.id, plate: vehicle.plate, vin: vehicle.vin })
        .from(vehicle)
        .where(inArray(vehicle.id, vehicleIds)),
    ),
  ])
  const links = await subjectLinksOf(ctx, [
    ...vehicleIds.map((id) => `vehicle:${id}`),
    ...personIds.map((id) => `person:${id}`),
  ])
  const shown = (kind: string, enc: Buffer | null) => {
    const name = ctx.cipher.decrypt(enc)
    return (kind === 'organisation' ? name : mask('name', name)) ?? ''
  }
  return {
    people: new Map(people.map((one) => [one.id, shown(one.kind, one.nameEnc)])),
    plates: new Map(vehicles.map((one) => [one.id, one.plate ?? one.vin ?? ''])),
    links,
    handlers: await ports.namesOf(ctx, distinct(rows.map((row) => row.handlerId))),
    units: await ports.unitNamesOf(ctx, distinct(rows.map((row) => row.unitPath))),
  }
}
