import { type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { inArray } from 'drizzle-orm'
import type { SuspectCase } from '../cases/case-record.ts'
import { createCase, gatherInCase, openCaseAbout } from '../cases/open-cases.ts'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentCase } from '../present-analysis.ts'
import { finding } from '../tables.ts'

type Open = Handler<typeof supervisionContract.openCase>
type Input = Parameters<Open>[1]

/** Open a suspect case from findings of one subject, or by hand (SUP-20). */
export const openCase =
  (ports: SupervisionPorts): Open =>
  async (ctx, input) => {
    const row =
      input.source === 'finding'
        ? await fromFindings(ctx, ports, input.findingIds)
        : await byHand(ctx, ports, input)
    return presentCase(row, await unitNamesFor(ctx, ports, [row.unitPath, row.assignedPath]), ctx.clock.now())
  }

async function fromFindings(
  ctx: RequestContext,
  ports: SupervisionPorts,
  ids: readonly string[],
): Promise<SuspectCase> {
  const wanted = [...new Set(ids)]
  const rows = await ctx.db.select().from(finding).where(inArray(finding.id, wanted)).for('update')
  if (rows.length !== wanted.length) throw new Problem(platformErrors.not_found)
  return gatherInCase(ctx, ports, rows)
}

async function byHand(
  ctx: RequestContext,
  ports: SupervisionPorts,
  input: Extract<Input, { source: 'manual' }>,
): Promise<SuspectCase> {
  const unitPath = input.unitPath ?? ctx.actor.unitPath
  const { lo, hi } = rangeOf(scopeOf(ctx.actor))
  if (unitPath < lo || unitPath >= hi) throw new Problem(platformErrors.forbidden)
  const subject = {
    unitPath,
    subjectKind: input.subjectKind,
    subjectKey: `${input.subjectKind}:${input.subjectKey}`,
    subjectLabel: input.subjectLabel,
  }
  const known = await openCaseAbout(ctx, subject)
  if (known)
    throw new Problem(platformErrors.already_exists, {
      detail: `该主体已有未办结的嫌疑业务 ${known.number}`,
      data: { id: known.id, number: known.number },
    })
  return createCase(ctx, ports, subject, {
    title: input.title,
    code: null,
    bornFrom: 'manual',
    description: input.description,
    transactionId: input.transactionId ?? null,
    findings: 0,
  })
}
