import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { desc, eq, or } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import type { BusinessPorts } from '../ports.ts'
import { presentPerson, presentVehicle } from '../present.ts'
import { licence, person, personChange, vehicle, vehicleOwner } from '../tables.ts'
import { subjectLinksOf } from './subject-links.ts'

/** Vehicles and changes shown, newest first; a company may own thousands. */
const MOST = 100

/**
 * A person's or organisation's file (人员档案) within the caller's scope, masked: licences, vehicles owned now and
 * before, changes of particulars. Opening it is a view of personal data and recorded (PLT-20).
 */
export const getPerson =
  (ports: BusinessPorts): Handler<typeof businessContract.getPerson> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(person).where(eq(person.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found, { detail: '人员' })
    await ctx.audit.record({ action: 'business.get-person', object: { kind: 'person', id: row.id } })
    const [licences, owned] = await Promise.all([
      ctx.tx.asFactsReader(() =>
        ctx.db.select().from(licence).where(eq(licence.personId, row.id)).limit(MOST),
      ),
      ctx.tx.asFactsReader(() =>
        ctx.db
          .select({ own: vehicleOwner, vehicle })
          .from(vehicleOwner)
          .innerJoin(vehicle, eq(vehicle.id, vehicleOwner.vehicleId))
          .where(or(eq(vehicleOwner.personId, row.id), eq(vehicleOwner.organisationId, row.id)))
          .orderBy(desc(vehicleOwner.from))
          .limit(MOST),
      ),
    ])
    const changes = await ctx.db
      .select()
      .from(personChange)
      .where(eq(personChange.personId, row.id))
      .orderBy(desc(personChange.at))
      .limit(MOST)
    const links = await subjectLinksOf(
      ctx,
      owned.map((each) => `vehicle:${each.vehicle.id}`),
    )
    const units = await ports.unitNamesOf(ctx, [row.unitPath])
    const operators = await ports.namesOf(
      ctx,
      changes.flatMap(({ operatorId }) => operatorId ?? []),
    )
    return {
      ...presentPerson(ctx, row),
      unitPath: row.unitPath,
      unit: units.get(row.unitPath) ?? null,
      birthYear: row.birthYear,
      licences: licences.map(({ id, classes, state, firstIssuedAt, validUntil, points }) => ({
        id,
        classes,
        state,
        firstIssuedAt,
        validUntil,
        points,
      })),
      vehicles: owned.map(({ own, vehicle: car }) => ({
        id: own.id,
        vehicle: presentVehicle(car),
        vehicleLink: links.get(`vehicle:${car.id}`) ?? null,
        coOwner: own.coOwner,
        from: own.from.toISOString(),
        to: own.to?.toISOString() ?? null,
      })),
      changes: changes.map(({ id, field, at, operatorId }) => ({
        id,
        field,
        at: at.toISOString(),
        operator: operatorId ? (operators.get(operatorId) ?? null) : null,
      })),
    }
  }
