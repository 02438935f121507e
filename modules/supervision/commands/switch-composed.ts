import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import {
  type ComposedVersion,
  definedOrRefused,
  loadComposedIndicator,
  loadVersion,
} from '../composition/composed-record.ts'
import { publishedDefinition } from '../composition/load-composed.ts'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { fingerprintOf } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentComposed } from '../queries/find-composed.ts'
import { composedIndicator, indicatorVersion } from '../tables.ts'

/**
 * Judge by an approved version from the next run on, or not at all. The version is published like a shipped one, so that
 * findings keep the definition they were judged by.
 */
export const switchComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.switchComposed> =>
  async (ctx, { code, number, reason }) => {
    const row = await loadComposedIndicator(ctx, code)
    const chosen = number === null ? null : await loadVersion(ctx, code, number)
    if (chosen && chosen.state !== 'approved') throw new Problem(supervisionErrors.version_not_approved)
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.switch-composed',
      object: { kind: 'composed_indicator', id: code },
      before: { published: row.published, switchedOn: row.switchedOn },
      after: { published: number ?? row.published, switchedOn: chosen !== null },
      reason,
    })
    if (chosen) await publish(ctx, chosen, lastAuditId)
    const changed = await updateGuarded(ctx, composedIndicator, row, {
      switchedOn: chosen !== null,
      ...(chosen ? { published: chosen.number, title: chosen.composition.title } : {}),
      lastAuditId,
    })
    return presentComposed(ctx, ports, changed)
  }

async function publish(ctx: RequestContext, chosen: ComposedVersion, lastAuditId: string): Promise<void> {
  const { code, number, composition, definition } = chosen
  definedOrRefused(code, composition)
  if (await publishedDefinition(ctx, code, number)) return
  await insertGuarded(ctx, indicatorVersion, [
    {
      id: newId(),
      code,
      number,
      definition,
      fingerprint: fingerprintOf(definition),
      publishedAt: ctx.clock.now(),
      lastAuditId,
    },
  ])
}
