/**
 * Exact look-ups of vehicles and persons at the window, and global search. Exact keys reach other units' files too:
 * business may be handled anywhere; what is shown stays masked.
 */

import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, isNull, or } from 'drizzle-orm'
import { personById } from '../commands/applicant.ts'
import type { businessContract } from '../contract.ts'
import { businessKindOf } from '../kinds.ts'
import { transactionStates } from '../lifecycle.ts'
import { presentPerson, presentVehicle } from '../present.ts'
import { person, transaction, vehicle, vehicleOwner } from '../tables.ts'
import { subjectLinksOf } from './subject-links.ts'

const oneOf = (paths: string[]) =>
  new Problem(platformErrors.invalid_input, {
    issues: paths.map((path) => ({ path, message: '请至少填写一项查询条件' })),
  })

async function vehiclesBy(
  ctx: RequestContext,
  keys: { plate?: string | undefined; vin?: string | undefined },
) {
  return ctx.tx.asFactsReader(() =>
    ctx.db
      .select()
      .from(vehicle)
      .where(
        and(
          keys.plate ? eq(vehicle.plate, keys.plate.toUpperCase()) : undefined,
          keys.vin ? eq(vehicle.vin, keys.vin.toUpperCase()) : undefined,
        ),
      )
      .limit(20),
  )
}

export const findVehicles: Handler<typeof businessContract.findVehicles> = async (ctx, input) => {
  if (!input.plate && !input.vin) throw oneOf(['plate', 'vin'])
  const rows = await vehiclesBy(ctx, input)
  const items = []
  for (const row of rows) {
    const [owner] = await ctx.tx.asFactsReader(() =>
      ctx.db
        .select({ person })
        .from(vehicleOwner)
        .innerJoin(
          person,
          or(eq(person.id, vehicleOwner.personId), eq(person.id, vehicleOwner.organisationId)),
        )
        .where(
          and(eq(vehicleOwner.vehicleId, row.id), isNull(vehicleOwner.to), eq(vehicleOwner.coOwner, false)),
        )
        .limit(1),
    )
    items.push({ ...presentVehicle(row), owner: owner ? presentPerson(ctx, owner.person) : null })
  }
  return { items }
}

async function personsBy(
  ctx: RequestContext,
  keys: { idNumber?: string | undefined; mobile?: string | undefined },
) {
  return ctx.tx.asFactsReader(() =>
    ctx.db
      .select()
      .from(person)
      .where(
        and(
          keys.idNumber ? eq(person.idDigest, ctx.cipher.digest('id_number', keys.idNumber)!) : undefined,
          keys.mobile ? eq(person.mobileDigest, ctx.cipher.digest('mobile', keys.mobile)!) : undefined,
        ),
      )
      .limit(20),
  )
}

export const findPersons: Handler<typeof businessContract.findPersons> = async (ctx, input) => {
  if (!input.idNumber && !input.mobile) throw oneOf(['idNumber', 'mobile'])
  return { items: (await personsBy(ctx, input)).map((row) => presentPerson(ctx, row)) }
}

/** Show a person in clear; who asked, for whom and why is recorded before anything is shown. */
export const unmaskPerson: Handler<typeof businessContract.unmaskPerson> = async (ctx, input) => {
  const row = await personById(ctx, input.id)
  await ctx.audit.record({
    action: 'business.unmask-person',
    object: { kind: 'person', id: row.id },
    reason: input.reason,
  })
  return presentPerson(ctx, row, true)
}

export const searchRecords: Handler<typeof businessContract.searchRecords> = async (ctx, input) => {
  const text = input.text.toUpperCase()
  const items: { kind: 'transaction' | 'vehicle' | 'person'; id: string; title: string; detail: string }[] =
    []
  const [found] = await ctx.db.select().from(transaction).where(eq(transaction.serial, text)).limit(1)
  if (found)
    items.push({
      kind: 'transaction',
      id: found.id,
      title: found.serial,
      detail: `${businessKindOf(found.businessKind)?.title ?? found.businessKind} · ${transactionStates[found.state as 'held'] ?? found.state}`,
    })
  if (ctx.actor.permissions.has('business.vehicle.find')) {
    for (const keys of [{ plate: text }, { vin: text }])
      for (const row of await vehiclesBy(ctx, keys))
        items.push({
          kind: 'vehicle',
          id: row.id,
          title: row.plate ?? row.vin ?? '',
          detail: [row.brand, row.model].filter(Boolean).join(' '),
        })
  }
  if (ctx.actor.permissions.has('business.person.find')) {
    for (const keys of [{ idNumber: text }, { mobile: text }])
      for (const row of await personsBy(ctx, keys)) {
        const shown = presentPerson(ctx, row)
        items.push({ kind: 'person', id: row.id, title: shown.name ?? '', detail: shown.idNumber ?? '' })
      }
  }
  const shown = items.slice(0, 20)
  const links = await subjectLinksOf(
    ctx,
    shown.map(({ kind, id }) => `${kind}:${id}`),
  )
  const linkOf = ({ kind, id }: (typeof shown)[number]) =>
    kind === 'transaction' ? `/transactions/${id}` : (links.get(`${kind}:${id}`) ?? null)
  return { items: shown.map((item) => ({ ...item, link: linkOf(item) })) }
}
