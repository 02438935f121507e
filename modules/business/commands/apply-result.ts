/** What a completed transaction changes on record: owner, plate, use nature, status, temporary plate, mobile. */

import { newId, type RequestContext } from '@hengjian/platform/context'
import { OWN_SOURCE } from '@hengjian/platform/guard'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { announceFacts, recordFacts } from '../record-facts.ts'
import { person, transactionChange, vehicle, vehicleOwner } from '../tables.ts'
import { personById, takePerson } from './applicant.ts'
import type { Transaction } from './load-transaction.ts'
import { type LocalRegionsOf, recordLicenceResult } from './record-licence-result.ts'

/** Apply the result of `row`, which has just completed. Kinds that only hand something over change nothing. */
export async function applyResult(
  ctx: RequestContext,
  row: Transaction,
  at: Date,
  localRegionsOf: LocalRegionsOf,
): Promise<void> {
  if (row.vehicleId) {
    const patch = await vehiclePatch(ctx, row)
    if (patch) await changeVehicle(ctx, row, patch)
    if (row.businessKind === 'transfer_registration') await changeOwner(ctx, row, at)
    if (row.businessKind === 'temporary_plate') await issueTemporaryPlate(ctx, row, at)
    if (row.businessKind === 'deregistration') await endOwnership(ctx, row.vehicleId, at)
  }
  if (row.businessKind === 'information_change') await changePerson(ctx, row)
  await recordLicenceResult(ctx, row, at, localRegionsOf)
}

async function vehiclePatch(
  ctx: RequestContext,
  row: Transaction,
): Promise<Partial<typeof vehicle.$inferInsert> | null> {
  if (row.businessKind === 'registration')
    return { status: 'A', firstRegisteredAt: row.acceptedAt.toISOString().slice(0, 10) }
  if (row.businessKind === 'deregistration') return { status: 'E' }
  if (row.businessKind !== 'change_registration') return null
  const changes = await ctx.db
    .select()
    .from(transactionChange)
    .where(eq(transactionChange.transactionId, row.id))
  const patch: Partial<typeof vehicle.$inferInsert> = {}
  for (const { field, after } of changes) {
    if (field === 'plate') patch.plate = after
    if (field === 'use_nature') patch.useNature = after
    if (field === 'colour') patch.colour = after
  }
  return Object.keys(patch).length > 0 ? patch : null
}

async function changeVehicle(
  ctx: RequestContext,
  row: Transaction,
  patch: Partial<typeof vehicle.$inferInsert>,
): Promise<void> {
  await takeVehicle(ctx, row)
  const [before] = await ctx.db
    .select({ version: vehicle.version })
    .from(vehicle)
    .where(eq(vehicle.id, row.vehicleId!))
  const version = (before?.version ?? 0) + 1
  await ctx.db
    .update(vehicle)
    .set({ ...patch, version })
    .where(eq(vehicle.id, row.vehicleId!))
  await announceFacts(ctx, 'vehicle', [[row.vehicleId!, version]])
}

const takeVehicle = (ctx: RequestContext, row: Transaction) =>
  ctx.tx.client.query('SELECT take_vehicle($1, $2, $3)', [
    row.vehicleId,
    ctx.actor.unitId,
    ctx.actor.unitPath,
  ])

async function endOwnership(ctx: RequestContext, vehicleId: string, at: Date): Promise<void> {
  const ended = await ctx.db
    .update(vehicleOwner)
    .set({ to: at, version: sql`${vehicleOwner.version} + 1` })
    .where(and(eq(vehicleOwner.vehicleId, vehicleId), isNull(vehicleOwner.to)))
    .returning({ id: vehicleOwner.id, version: vehicleOwner.version })
  await announceFacts(
    ctx,
    'vehicle_owner',
    ended.map((one) => [one.id, one.version]),
  )
}

async function changeOwner(ctx: RequestContext, row: Transaction, at: Date): Promise<void> {
  await takeVehicle(ctx, row)
  await endOwnership(ctx, row.vehicleId!, at)
  await recordFacts(ctx, 'vehicle_owner', [
    {
      id: newId(),
      source: OWN_SOURCE,
      sourceKey: row.id,
      occurredAt: at,
      unitId: ctx.actor.unitId,
      unitPath: ctx.actor.unitPath,
      vehicleId: row.vehicleId!,
      personId: row.personId,
      organisationId: row.organisationId,
      from: at,
    },
  ])
}

async function issueTemporaryPlate(ctx: RequestContext, row: Transaction, at: Date): Promise<void> {
  await recordFacts(ctx, 'temporary_plate', [
    {
      id: newId(),
      source: OWN_SOURCE,
      sourceKey: row.id,
      occurredAt: at,
      unitId: row.unitId,
      unitPath: row.unitPath,
      transactionId: row.id,
      vehicleId: row.vehicleId!,
      personId: row.personId,
      organisationId: row.organisationId,
      crossDistrict: row.reason === 'cross_district',
      issuedAt: at,
    },
  ])
}

/** Undo what acceptance brought into being, when the transaction ends without result. */
export async function undoAcceptance(ctx: RequestContext, row: Transaction, at: Date): Promise<void> {
  if (row.businessKind === 'registration' && row.vehicleId) await endOwnership(ctx, row.vehicleId, at)
}

async function changePerson(ctx: RequestContext, row: Transaction): Promise<void> {
  if (!row.personId) return
  const changes = await ctx.db
    .select()
    .from(transactionChange)
    .where(eq(transactionChange.transactionId, row.id))
  const mobile = ctx.cipher.decrypt(changes.find((change) => change.field === 'mobile')?.afterEnc ?? null)
  if (!mobile) return
  const before = await personById(ctx, row.personId)
  await takePerson(ctx, before)
  await ctx.db
    .update(person)
    .set({
      mobileEnc: ctx.cipher.encrypt(mobile),
      mobileDigest: ctx.cipher.digest('mobile', mobile),
      version: before.version + 1,
    })
    .where(eq(person.id, before.id))
  await announceFacts(ctx, 'person', [[before.id, before.version + 1]])
}
