/** Amend a running transaction (流水修改, BIZ-5): an audited act of its own with before and after, judged by guards. */

import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { insertGuarded, OWN_SOURCE, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import { businessErrors } from '../errors.ts'
import type { BusinessPorts } from '../ports.ts'
import { announceFacts } from '../record-facts.ts'
import { amendment, person, transaction, vehicle } from '../tables.ts'
import { personById, takePerson } from './applicant.ts'
import { judge } from './judge.ts'
import { loadTransaction, type Transaction } from './load-transaction.ts'

type Amend = Handler<typeof businessContract.amendTransaction>
type Input = Parameters<Amend>[1]

const PERSONAL = ['address', 'mobile', 'name'] as const
type Personal = (typeof PERSONAL)[number]
const isPersonal = (field: string): field is Personal => (PERSONAL as readonly string[]).includes(field)
/** States in which a transaction still runs; what is filed is corrected instead (档案更正). */
const RUNNING = new Set(['accepted', 'in_review', 'approved', 'issued', 'archived', 'returned'])

export function amendTransaction(ports: BusinessPorts): Amend {
  return async (ctx, input) => {
    const { row } = await loadTransaction(ctx, input.id)
    if (!RUNNING.has(row.state))
      throw new Problem(businessErrors.not_allowed_in_state, { data: { state: row.state } })
    const now = ctx.clock.now()
    const before = isPersonal(input.field)
      ? await amendPerson(ctx, row, input.field, input)
      : await amendRecord(ctx, row, input)
    const auditId = await ctx.audit.record({
      action: 'business.amend-transaction',
      object: { kind: 'transaction', id: row.id },
      before: { field: input.field, region: before.region },
      after: { field: input.field, region: input.region ?? null },
      reason: input.reason,
    })
    const id = newId()
    await insertGuarded(ctx, amendment, [
      {
        id,
        source: OWN_SOURCE,
        sourceKey: id,
        occurredAt: now,
        unitId: ctx.actor.unitId,
        unitPath: ctx.actor.unitPath,
        version: 1,
        recordedAt: now,
        transactionId: row.id,
        field: input.field,
        beforeEnc: ctx.cipher.encrypt(before.value),
        afterEnc: ctx.cipher.encrypt(input.value),
        beforeRegion: before.region,
        afterRegion: input.region ?? null,
        at: now,
        operatorId: ctx.actor.id,
        reason: input.reason,
        lastAuditId: auditId,
      },
    ])
    await announceFacts(ctx, 'amendment', [[id, 1]])
    const changed = await updateGuarded(ctx, transaction, row, {
      ...(input.field === 'licence_class' ? { licenceClass: input.value } : {}),
      lastAuditId: auditId,
    })
    await announceFacts(ctx, 'transaction', [[row.id, changed.version]])
    return judge(ctx, ports, changed, 'amendment', null)
  }
}

interface Before {
  value: string | null
  region: string | null
}

async function amendPerson(
  ctx: RequestContext,
  row: Transaction,
  field: Personal,
  input: Input,
): Promise<Before> {
  const id = row.personId ?? row.organisationId
  if (!id) throw new Problem(businessErrors.subject_required)
  if (field === 'address' && !input.region)
    throw new Problem(businessErrors.subject_required, {
      issues: [{ path: 'region', message: '请填写新地址的行政区划' }],
    })
  const known = await personById(ctx, id)
  await takePerson(ctx, known)
  const columns = { address: 'addressEnc', mobile: 'mobileEnc', name: 'nameEnc' } as const
  const digests = { address: 'addressDigest', mobile: 'mobileDigest', name: 'nameDigest' } as const
  await ctx.db
    .update(person)
    .set({
      [columns[field]]: ctx.cipher.encrypt(input.value),
      [digests[field]]: ctx.cipher.digest(field, input.value),
      ...(field === 'address' ? { addressRegion: input.region } : {}),
      version: known.version + 1,
    })
    .where(eq(person.id, known.id))
  await announceFacts(ctx, 'person', [[known.id, known.version + 1]])
  return {
    value: ctx.cipher.decrypt(known[columns[field]]),
    region: field === 'address' ? known.addressRegion : null,
  }
}

async function amendRecord(ctx: RequestContext, row: Transaction, input: Input): Promise<Before> {
  if (input.field === 'licence_class') return { value: row.licenceClass, region: null }
  if (!row.vehicleId) throw new Problem(businessErrors.subject_required)
  const [known] = await ctx.tx.asFactsReader(() =>
    ctx.db
      .select()
      .from(vehicle)
      .where(and(eq(vehicle.id, row.vehicleId!))),
  )
  await ctx.tx.client.query('SELECT take_vehicle($1, $2, $3)', [
    row.vehicleId,
    ctx.actor.unitId,
    ctx.actor.unitPath,
  ])
  await ctx.db
    .update(vehicle)
    .set({ colour: input.value, version: (known?.version ?? 0) + 1 })
    .where(eq(vehicle.id, row.vehicleId))
  await announceFacts(ctx, 'vehicle', [[row.vehicleId, (known?.version ?? 0) + 1]])
  return { value: known?.colour ?? null, region: null }
}
