/** A supervisor saves what was put together: a new indicator, another version, or the draft once more (SUP-3). */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import {
  type ComposedIndicator,
  composedAfter,
  definedOrRefused,
  loadComposedIndicator,
  loadVersion,
} from '../composition/composed-record.ts'
import type { Composition, supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentComposed } from '../queries/find-composed.ts'
import { composedIndicator, composedVersion } from '../tables.ts'
import { inScope } from '../unit-paths.ts'

/** A new indicator with its first version, under the next code. */
export const createComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.createComposed> =>
  async (ctx, { composition, unitPath = ctx.actor.unitPath }) => {
    if (!inScope(ctx.actor, unitPath)) throw new Problem(platformErrors.forbidden)
    definedOrRefused('C0', composition)
    const { rows } = await ctx.tx.client.query<{ code: string }>(
      "SELECT 'C' || nextval('composed_indicator_code') AS code",
    )
    const { code } = rows[0]!
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.create-composed',
      object: { kind: 'composed_indicator', id: code },
      after: { unitPath, composition },
    })
    const [row] = await insertGuarded(ctx, composedIndicator, [
      {
        id: newId(),
        code,
        unitPath,
        title: composition.title,
        published: null,
        switchedOn: false,
        newest: 1,
        createdBy: ctx.actor.id,
        createdByName: ctx.actor.name,
        createdAt: ctx.clock.now(),
        version: 1,
        lastAuditId,
      },
    ])
    await insertVersion(ctx, row!, composition, lastAuditId)
    return presentComposed(ctx, ports, row!, 'draft')
  }

/** The caller's draft is written over; anything else stays and a new version begins. */
export const saveComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.saveComposed> =>
  async (ctx, { code, composition }) => {
    const row = await loadComposedIndicator(ctx, code)
    const newest = await loadVersion(ctx, code, row.newest)
    const definition = definedOrRefused(code, composition)
    const again = newest.state === 'draft' && newest.proposedBy === ctx.actor.id
    const number = again ? newest.number : newest.number + 1
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.save-composed',
      object: { kind: 'composed_indicator', id: code },
      before: again ? { number, composition: newest.composition } : null,
      after: { number, composition },
    })
    const title = row.published === null ? composition.title : row.title
    const changed = await updateGuarded(ctx, composedIndicator, row, { newest: number, title, lastAuditId })
    if (!again) await insertVersion(ctx, changed, composition, lastAuditId)
    else
      await updateGuarded(ctx, composedVersion, newest, {
        state: composedAfter(newest, 'SAVE'),
        composition,
        definition,
        savedAt: ctx.clock.now(),
        lastAuditId,
      })
    return presentComposed(ctx, ports, changed, 'draft')
  }

const insertVersion = (
  ctx: RequestContext,
  { code, unitPath, newest }: ComposedIndicator,
  composition: Composition,
  lastAuditId: string,
) =>
  insertGuarded(ctx, composedVersion, [
    {
      id: newId(),
      code,
      unitPath,
      number: newest,
      composition,
      definition: definedOrRefused(code, composition),
      state: 'draft',
      proposedBy: ctx.actor.id,
      proposedByName: ctx.actor.name,
      proposedPath: ctx.actor.unitPath,
      savedAt: ctx.clock.now(),
      submittedAt: null,
      reason: null,
      decidedBy: null,
      decidedByName: null,
      decidedAt: null,
      opinion: null,
      version: 1,
      lastAuditId,
    },
  ])
