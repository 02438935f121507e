import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentBackTest } from '../queries/get-back-test.ts'
import { backTest } from '../tables.ts'

/** Stop a back-test: at once while it waits, otherwise within a second or two. */
export const cancelBackTest =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.cancelBackTest> =>
  async (ctx, { id }) => {
    const [row] = await ctx.db.select().from(backTest).where(eq(backTest.id, id)).for('update')
    if (!row) throw new Problem(platformErrors.not_found)
    if (row.finishedAt) throw new Problem(supervisionErrors.back_test_finished)
    await ctx.audit.record({
      action: 'supervision.cancel-back-test',
      object: { kind: 'back_test', id },
      before: { state: row.state },
    })
    const patch = {
      cancelRequested: true,
      ...(row.state === 'queued' ? { state: 'cancelled', finishedAt: ctx.clock.now() } : {}),
    }
    await ctx.db.update(backTest).set(patch).where(eq(backTest.id, id))
    return presentBackTest({ ...row, ...patch }, await unitNamesFor(ctx, ports, [row.unitPath]))
  }
