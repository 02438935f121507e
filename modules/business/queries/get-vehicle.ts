import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { desc, eq, or } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import type { BusinessPorts } from '../ports.ts'
import { presentPerson, presentVehicle } from '../present.ts'
import { numberSelection, person, vehicle, vehicleOwner } from '../tables.ts'
import { subjectLinksOf } from './subject-links.ts'

/** Owners and numbers shown; a vehicle has a handful. */
const MOST = 50

/**
 * A vehicle's file (机动车档案) within the caller's scope: particulars, its owners from first to last and the numbers
 * chosen for it. Owners are shown masked with the vehicle, wherever their own files are kept. Opening it is recorded.
 */
export const getVehicle =
  (ports: BusinessPorts): Handler<typeof businessContract.getVehicle> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(vehicle).where(eq(vehicle.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found, { detail: '机动车' })
    await ctx.audit.record({ action: 'business.get-vehicle', object: { kind: 'vehicle', id: row.id } })
    const owners = await ctx.tx.asFactsReader(() =>
      ctx.db
        .select({ own: vehicleOwner, person })
        .from(vehicleOwner)
        .innerJoin(
          person,
          or(eq(person.id, vehicleOwner.personId), eq(person.id, vehicleOwner.organisationId)),
        )
        .where(eq(vehicleOwner.vehicleId, row.id))
        .orderBy(desc(vehicleOwner.from))
        .limit(MOST),
    )
    const numbers = await ctx.db
      .select()
      .from(numberSelection)
      .where(eq(numberSelection.vehicleId, row.id))
      .orderBy(desc(numberSelection.selectedAt))
      .limit(MOST)
    const links = await subjectLinksOf(
      ctx,
      owners.map((each) => `person:${each.person.id}`),
    )
    const units = await ports.unitNamesOf(ctx, [row.unitPath])
    return {
      ...presentVehicle(row),
      unit: units.get(row.unitPath) ?? null,
      scrapDueAt: row.scrapDueAt,
      accident: row.accident,
      keyVehicle: row.keyVehicle,
      owners: owners.map(({ own, person: owner }) => ({
        id: own.id,
        person: presentPerson(ctx, owner),
        personLink: links.get(`person:${owner.id}`) ?? null,
        coOwner: own.coOwner,
        from: own.from.toISOString(),
        to: own.to?.toISOString() ?? null,
      })),
      numbers: numbers.map((each) => ({
        id: each.id,
        number: each.number,
        selectedAt: each.selectedAt.toISOString(),
        withdrawnAt: each.withdrawnAt?.toISOString() ?? null,
        originalNumber: each.originalNumber,
      })),
    }
  }
