/**
 * Accept an application: the transaction comes to be, with its first step, what it changes, and the answers of the
 * registers asked. Guards then judge it in the same database transaction; a hit that needs a leader holds it.
 */

import { checkMobile } from '@hengjian/identifiers'
import { type Actor, newId, type RequestContext, type Services } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { insertGuarded, OWN_SOURCE } from '@hengjian/platform/guard'
import { claimRequest, type Handler, runAs, withPreparation } from '@hengjian/platform/http'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import { isLocal, isWorkingTime } from '../derive-columns.ts'
import { businessErrors } from '../errors.ts'
import { type BusinessKind, businessKindOf } from '../kinds.ts'
import type { BusinessPorts, CheckKind, CheckOutcome } from '../ports.ts'
import { announceFacts, recordFacts } from '../record-facts.ts'
import { dueAt } from '../rules/due-date.ts'
import { matchesPermitRule } from '../rules/permit-number.ts'
import { nextTransactionSerial } from '../rules/serial.ts'
import { person, transaction, transactionStep, vehicle, vehicleOwner } from '../tables.ts'
import { faultsOf, type Person, personById, personEntered } from './applicant.ts'
import { judge } from './judge.ts'

type Accept = Handler<typeof businessContract.acceptTransaction>
type Input = Parameters<Accept>[1]
type Answer = { kind: CheckKind; outcome: CheckOutcome; durationMs: number }

export function acceptTransaction(ports: BusinessPorts): Accept {
  return withPreparation(
    (services: Services, actor: Actor, input: Input) => askRegisters(ports, services, actor, input),
    async (ctx: RequestContext, input: Input, answers: Answer[]) => {
      const kind = requireKind(input)
      const now = ctx.clock.now()
      // Sent together and answered in this order: whoever held the claim has committed before `known` is read.
      const [, known, files, serial, calendar, localRegions, officeHours, permitRule] = await Promise.all([
        claimRequest(ctx, input.requestId),
        alreadyAccepted(ctx, input.requestId),
        filesOf(ctx, kind, input),
        nextTransactionSerial(ctx),
        ports.calendarOf(ctx),
        ports.localRegionsOf(ctx, ctx.actor.unitPath),
        ports.officeHoursOf(ctx, ctx.actor.unitPath),
        input.permitNumber ? ports.permitRuleOf(ctx, ctx.actor.unitPath) : null,
      ])
      if (known) return answerOf(ctx, ports, known)

      const subject = await subjectOf(ctx, kind, input, files, now)
      const isWorkday = (day: string) => calendar.isWorkingDay(Temporal.PlainDate.from(day))
      const id = newId()
      const auditId = await ctx.audit.record({
        action: 'business.accept-transaction',
        object: { kind: 'transaction', id },
        after: {
          serial,
          businessKind: kind.code,
          reason: input.reason ?? null,
          channel: input.channel,
          vehicleId: subject.vehicleId,
        },
      })
      const fact = () => ({ id: newId(), source: OWN_SOURCE, sourceKey: newId(), ...place(ctx, now) })
      const row: typeof transaction.$inferSelect = {
        ...fact(),
        id,
        sourceKey: input.requestId,
        serial,
        subjectKind: kind.subjectKind,
        businessKind: kind.code,
        reason: input.reason ?? null,
        state: 'accepted',
        channel: input.channel,
        vehicleId: subject.vehicleId,
        personId: subject.applicant?.kind === 'person' ? subject.applicant.id : null,
        organisationId: subject.applicant?.kind === 'organisation' ? subject.applicant.id : null,
        agentId: input.agentId ?? null,
        institutionId: input.institutionId ?? null,
        kioskId: input.kioskId ?? null,
        handlerId: ctx.actor.id,
        acceptedAt: now,
        completedAt: null,
        dueAt: dueAt(now, kind.limitDays, calendar),
        local: isLocal(subject.applicant?.idRegion ?? null, localRegions),
        workingTime: isWorkingTime(now, { spans: officeHours, isWorkday }),
        licenceClass: input.licenceClass ?? null,
        issuingCountry: input.issuingCountry ?? null,
        originRegion: subject.originRegion,
        permitNumberValid:
          permitRule && input.permitNumber ? matchesPermitRule(input.permitNumber, permitRule) : null,
        clientAddress: ctx.origin.clientAddress,
        checkValue: null,
        lastAuditId: auditId,
      }
      const [stored] = await insertGuarded(ctx, transaction, [row])
      const steps = await insertGuarded(ctx, transactionStep, [
        {
          ...stepFact(ctx, row, 'accept', 0, now),
          state: 'done',
          operatorId: ctx.actor.id,
          doneAt: now,
          lastAuditId: auditId,
        },
        ...(kind.steps[1] ? [{ ...stepFact(ctx, row, kind.steps[1], 1, now), lastAuditId: auditId }] : []),
      ])
      await announceFacts(ctx, 'transaction', [[id, 1]])
      await announceFacts(
        ctx,
        'transaction_step',
        steps.map((step) => [step.id, step.version]),
      )
      await recordFacts(ctx, 'transaction_change', [
        ...input.changes.map((change) => ({
          ...fact(),
          transactionId: id,
          field: change.field,
          before: change.before ?? null,
          after: change.after ?? null,
        })),
        ...(input.newMobile
          ? [{ ...fact(), transactionId: id, field: 'mobile', afterEnc: ctx.cipher.encrypt(input.newMobile) }]
          : []),
      ])
      await recordFacts(
        ctx,
        'external_check',
        answers.map((answer) => ({
          ...fact(),
          transactionId: id,
          personId: row.personId,
          at: now,
          ...answer,
        })),
      )
      if (subject.newOwner) {
        await recordFacts(ctx, 'vehicle_owner', [
          {
            ...fact(),
            vehicleId: subject.vehicleId!,
            personId: row.personId,
            organisationId: row.organisationId,
            from: now,
            to: null,
            coOwner: false,
          },
        ])
      }
      if (input.selectedNumber && subject.vehicleId) {
        await recordFacts(ctx, 'number_selection', [
          {
            ...fact(),
            transactionId: id,
            vehicleId: subject.vehicleId,
            number: input.selectedNumber,
            selectedAt: now,
          },
        ])
      }
      if (input.newMobile && row.personId) {
        await recordFacts(ctx, 'person_change', [
          {
            ...fact(),
            personId: row.personId,
            transactionId: id,
            field: 'mobile',
            at: now,
            operatorId: ctx.actor.id,
          },
        ])
      }
      const decided = await judge(ctx, ports, stored!, 'accept', null)
      return { ...decided, dueAt: row.dueAt!.toISOString() }
    },
  ) as Accept
}

const place = (ctx: RequestContext, at: Date) => ({
  occurredAt: at,
  unitId: ctx.actor.unitId,
  unitPath: ctx.actor.unitPath,
  version: 1,
  recordedAt: at,
})

/** A new open step of a transaction; guarded rows must be complete. */
export function stepFact(
  ctx: RequestContext,
  row: typeof transaction.$inferSelect,
  step: string,
  ordinal: number,
  at: Date,
) {
  return {
    id: newId(),
    source: OWN_SOURCE,
    sourceKey: `${row.id}/${ordinal}`,
    occurredAt: at,
    unitId: row.unitId,
    unitPath: row.unitPath,
    version: 1,
    recordedAt: at,
    transactionId: row.id,
    ordinal,
    step,
    state: 'open',
    operatorId: null as string | null,
    openedAt: at,
    doneAt: null as Date | null,
    opinion: null as string | null,
    clientAddress: ctx.origin.clientAddress,
  }
}

async function alreadyAccepted(ctx: RequestContext, requestId: string) {
  const [row] = await ctx.db
    .select()
    .from(transaction)
    .where(and(eq(transaction.source, OWN_SOURCE), eq(transaction.sourceKey, requestId)))
    .prepare('transaction_of_request')
    .execute()
  return row
}

async function answerOf(ctx: RequestContext, ports: BusinessPorts, row: typeof transaction.$inferSelect) {
  const { warnings, authorisationId } = await ports.warningsOf(ctx, row.id)
  return {
    id: row.id,
    serial: row.serial,
    state: row.state as 'accepted',
    warnings,
    authorisationId,
    dueAt: row.dueAt?.toISOString() ?? null,
  }
}

/** The kind with everything the input must fit; all faults at once. */
function requireKind(input: Input): BusinessKind {
  const kind = businessKindOf(input.businessKind)
  if (!kind)
    throw new Problem(businessErrors.unknown_kind, {
      issues: [{ path: 'businessKind', message: `没有业务类型 ${input.businessKind}` }],
    })
  const issues: { path: string; message: string }[] = []
  const reasons = Object.keys(kind.reasons)
  if (reasons.length > 0 && !reasons.includes(input.reason ?? ''))
    issues.push({ path: 'reason', message: `${kind.title}须选择业务原因` })
  if (reasons.length === 0 && input.reason !== undefined)
    issues.push({ path: 'reason', message: `${kind.title}没有业务原因` })
  if (input.agentId && !kind.agentAllowed)
    issues.push({ path: 'agentId', message: businessErrors.agent_not_allowed.title })
  input.changes.forEach((change, at) => {
    if (!(change.field in kind.changes))
      issues.push({ path: `changes.${at}.field`, message: `${kind.title}不能变更 ${change.field}` })
  })
  if (Object.keys(kind.changes).length > 0 && input.changes.length === 0)
    issues.push({ path: 'changes', message: '请填写变更内容' })
  if (kind.makes === 'vehicle') {
    if (!input.vehicle) issues.push({ path: 'vehicle', message: '请填写机动车信息' })
  } else if (kind.subjectKind === 'vehicle' && !input.vehicleId)
    issues.push({ path: 'vehicleId', message: '请选择机动车' })
  const needsPerson = kind.subjectKind === 'licence' || kind.makes !== null || kind.code === 'temporary_plate'
  if (needsPerson && !input.personId && !input.person)
    issues.push({ path: 'person', message: '请填写申请人信息' })
  const mobile = kind.code === 'information_change' && input.reason === 'mobile'
  if (mobile && !input.newMobile) issues.push({ path: 'newMobile', message: '请填写新手机号' })
  if (!mobile && input.newMobile) issues.push({ path: 'newMobile', message: '仅变更手机号时填写' })
  if (input.newMobile) {
    const check = checkMobile(input.newMobile)
    if (!check.valid && check.level === 'error') issues.push({ path: 'newMobile', message: check.message })
  }
  if (input.person) issues.push(...faultsOf(input.person))
  if (issues.length > 0) throw new Problem(platformErrors.invalid_input, { issues })
  return kind
}

interface Subject {
  vehicleId: string | null
  applicant: Person | null
  originRegion: string | null
  newOwner: boolean
}

/** What is on file about those the input names by id. */
interface Files {
  readonly applicant: Person | null
  readonly vehicle: { found: typeof vehicle.$inferSelect; owner: Person | null } | null
}

async function filesOf(ctx: RequestContext, kind: BusinessKind, input: Input): Promise<Files> {
  const [applicant, onFile] = await Promise.all([
    input.personId && !input.person ? personById(ctx, input.personId) : null,
    kind.subjectKind === 'vehicle' && kind.makes !== 'vehicle'
      ? vehicleWithOwner(ctx, input.vehicleId!)
      : null,
  ])
  return { applicant, vehicle: onFile }
}

/** Vehicle and applicant of the transaction; creates what registration brings into being. */
async function subjectOf(
  ctx: RequestContext,
  kind: BusinessKind,
  input: Input,
  files: Files,
  now: Date,
): Promise<Subject> {
  const given = input.person ? await personEntered(ctx, input.person) : files.applicant
  if (kind.subjectKind === 'licence')
    return { vehicleId: null, applicant: given, originRegion: null, newOwner: false }
  if (kind.makes === 'vehicle') {
    const vehicleId = await registeredVehicle(ctx, input.vehicle!, now)
    return { vehicleId, applicant: given, originRegion: null, newOwner: true }
  }
  const { found, owner } = files.vehicle!
  return { vehicleId: found.id, applicant: given ?? owner, originRegion: found.originRegion, newOwner: false }
}

/** A vehicle is known by its VIN: one that was withdrawn before is taken up again. */
async function registeredVehicle(
  ctx: RequestContext,
  input: NonNullable<Input['vehicle']>,
  now: Date,
): Promise<string> {
  const [known] = await ctx.tx.asFactsReader(() =>
    ctx.db
      .select({ id: vehicle.id, status: vehicle.status })
      .from(vehicle)
      .where(eq(vehicle.vin, input.vin.toUpperCase()))
      .limit(1),
  )
  if (known && known.status !== null && known.status !== 'E')
    throw new Problem(platformErrors.already_exists, {
      issues: [{ path: 'vehicle.vin', message: '该车辆识别代号已登记' }],
    })
  if (known) {
    await ctx.tx.client.query('SELECT take_vehicle($1, $2, $3)', [
      known.id,
      ctx.actor.unitId,
      ctx.actor.unitPath,
    ])
    return known.id
  }
  const id = newId()
  await recordFacts(ctx, 'vehicle', [
    {
      id,
      source: OWN_SOURCE,
      sourceKey: input.vin.toUpperCase(),
      ...place(ctx, now),
      plateKind: input.plateKind,
      plate: input.plate ?? null,
      vin: input.vin.toUpperCase(),
      vehicleType: input.vehicleType,
      useNature: input.useNature,
      brand: input.brand ?? null,
      model: input.model.trim().toUpperCase(),
      colour: input.colour ?? null,
      // Set to A (正常) when the registration completes.
      status: null,
      accident: false,
      keyVehicle: false,
    },
  ])
  return id
}

/** A vehicle of any unit with its owner on record. */
async function vehicleWithOwner(ctx: RequestContext, id: string) {
  const [row] = await ctx.tx.asFactsReader(() =>
    ctx.db
      .select({ vehicle, person })
      .from(vehicle)
      .leftJoin(
        vehicleOwner,
        and(eq(vehicleOwner.vehicleId, vehicle.id), eq(vehicleOwner.coOwner, false), isNull(vehicleOwner.to)),
      )
      .leftJoin(
        person,
        eq(person.id, sql`coalesce(${vehicleOwner.personId}, ${vehicleOwner.organisationId})`),
      )
      .where(eq(vehicle.id, id))
      .limit(1),
  )
  if (!row) throw new Problem(platformErrors.not_found, { detail: '机动车' })
  return { found: row.vehicle, owner: row.person }
}

/** Ask the registers before the transaction opens: a slow register must not hold locks or connections. */
async function askRegisters(
  ports: BusinessPorts,
  services: Services,
  actor: Actor,
  input: Input,
): Promise<Answer[]> {
  const kind = businessKindOf(input.businessKind)
  if (!kind || kind.checks.length === 0 || !ports.externalChecks) return []
  if (input.person && faultsOf(input.person).length > 0) return []
  const origin = { requestId: input.requestId, clientAddress: '' }
  const asked = await runAs(services, actor, origin, async (ctx) => {
    const known = input.personId && !input.person ? await personById(ctx, input.personId) : null
    const idNumber = input.person?.idNumber ?? ctx.cipher.decrypt(known?.idNumberEnc ?? null)
    const name = input.person?.name ?? ctx.cipher.decrypt(known?.nameEnc ?? null)
    const organisation = (input.person?.kind ?? known?.kind) === 'organisation'
    if (!idNumber || organisation) return null
    const region = known?.idRegion ?? idNumber.slice(0, 6)
    return {
      idNumber,
      name: name ?? '',
      local: isLocal(region, await ports.localRegionsOf(ctx, actor.unitPath)),
    }
  })
  if (!asked) return []
  // Residence permits are for non-locals.
  const checks = kind.checks.filter((check) => check !== 'residence_permit' || asked.local === false)
  return Promise.all(
    checks.map(async (check) => ({
      kind: check,
      ...(await ports.externalChecks!.ask(check, { idNumber: asked.idNumber, name: asked.name })),
    })),
  )
}
