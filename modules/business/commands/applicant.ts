/** Who applies: the person on record, or entered at the window; always one row per identity number. */

import { checkIdNumber, checkMobile, checkUscc } from '@hengjian/identifiers'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { OWN_SOURCE } from '@hengjian/platform/guard'
import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { personInput } from '../contract.ts'
import { businessErrors } from '../errors.ts'
import { announceFacts, recordFacts } from '../record-facts.ts'
import { person } from '../tables.ts'

export type Person = typeof person.$inferSelect
type PersonInput = z.output<typeof personInput>

/** Faults of an identity number or mobile as the window entered it; empty when there are none. */
export function faultsOf(input: PersonInput): { path: string; message: string }[] {
  const faults: { path: string; message: string }[] = []
  const check = input.kind === 'organisation' ? checkUscc(input.idNumber) : checkIdNumber(input.idNumber)
  if (!check.valid && check.level === 'error')
    faults.push({ path: 'person.idNumber', message: check.message })
  if (input.mobile) {
    const mobile = checkMobile(input.mobile)
    if (!mobile.valid && mobile.level === 'error')
      faults.push({ path: 'person.mobile', message: mobile.message })
  }
  return faults
}

/** Birth year and region that an identity number tells. */
function particularsOf(input: PersonInput): { idRegion: string | null; birthYear: number | null } {
  if (input.kind === 'organisation')
    return { idRegion: checkUscc(input.idNumber).parsed?.region ?? null, birthYear: null }
  const { parsed } = checkIdNumber(input.idNumber)
  return { idRegion: parsed?.region ?? null, birthYear: parsed ? Number(parsed.birthDate.slice(0, 4)) : null }
}

/** Find a person of any unit by id. Business on a person may be handled by a unit that does not keep the file. */
export async function personById(ctx: RequestContext, id: string): Promise<Person> {
  const [row] = await ctx.tx.asFactsReader(() => ctx.db.select().from(person).where(eq(person.id, id)))
  if (!row) throw new Problem(platformErrors.not_found, { detail: '人员' })
  return row
}

/** The person on record of the identity number entered, brought up to date; a new record when there is none. */
export async function personEntered(ctx: RequestContext, input: PersonInput): Promise<Person> {
  const faults = faultsOf(input)
  if (faults.length > 0) throw new Problem(businessErrors.identity_number, { issues: faults })
  const { cipher } = ctx
  const idDigest = cipher.digest('id_number', input.idNumber)!
  const [known] = await ctx.tx.asFactsReader(() =>
    ctx.db.select().from(person).where(eq(person.idDigest, idDigest)).limit(1),
  )
  const entered = {
    ...(input.mobile
      ? { mobileEnc: cipher.encrypt(input.mobile), mobileDigest: cipher.digest('mobile', input.mobile) }
      : {}),
    ...(input.address
      ? { addressEnc: cipher.encrypt(input.address), addressDigest: cipher.digest('address', input.address) }
      : {}),
    ...(input.addressRegion ? { addressRegion: input.addressRegion } : {}),
  }
  if (known) {
    if (Object.keys(entered).length === 0) return known
    await takePerson(ctx, known)
    const version = known.version + 1
    await ctx.db
      .update(person)
      .set({ ...entered, version })
      .where(eq(person.id, known.id))
    await announceFacts(ctx, 'person', [[known.id, version]])
    return { ...known, ...entered, version }
  }
  const { idRegion, birthYear } = particularsOf(input)
  const row: typeof person.$inferInsert = {
    id: newId(),
    source: OWN_SOURCE,
    sourceKey: idDigest.toString('hex'),
    occurredAt: ctx.clock.now(),
    unitId: ctx.actor.unitId,
    unitPath: ctx.actor.unitPath,
    kind: input.kind,
    nameEnc: cipher.encrypt(input.name),
    nameDigest: cipher.digest('name', input.name),
    idNumberEnc: cipher.encrypt(input.idNumber),
    idDigest,
    idRegion,
    birthYear,
    ...entered,
  }
  await recordFacts(ctx, 'person', [row])
  return { ...nothing, ...row, version: 1, recordedAt: row.occurredAt } as Person
}

const nothing = {
  mobileEnc: null,
  mobileDigest: null,
  addressEnc: null,
  addressDigest: null,
  addressRegion: null,
}

/** Move the person's file to the caller's unit when another unit keeps it. */
export async function takePerson(ctx: RequestContext, row: Person): Promise<void> {
  if (row.unitPath === ctx.actor.unitPath) return
  await ctx.tx.client.query('SELECT take_person($1, $2, $3)', [row.id, ctx.actor.unitId, ctx.actor.unitPath])
  await ctx.audit.record({
    action: 'business.take-person',
    object: { kind: 'person', id: row.id },
    before: { unitPath: row.unitPath },
    after: { unitPath: ctx.actor.unitPath },
  })
}
