/**
 * Two ways out of the caller's transaction that identity alone needs, both as narrow as they can be.
 */
import { flushAudit } from '@hengjian/platform/audit'
import { type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'

const setRange = (ctx: RequestContext, lo: string, hi: string, own: string) =>
  ctx.tx.client.query(
    `SELECT set_config('app.lo', $1, true), set_config('app.hi', $2, true), set_config('app.own', $3, true)`,
    [lo, hi, own],
  )

/**
 * Run `work` with accounts of all units in reach, then return to the caller's scope. For questions whose subject lies
 * outside it: who signs in (no unit is known yet), who in the units above may authorise. `work` answers no more of
 * others than id, name and unit.
 */
export async function acrossUnits<T>(ctx: RequestContext, work: () => Promise<T>): Promise<T> {
  const scope = scopeOf(ctx.actor)
  const { lo, hi } = rangeOf(scope)
  const restore = () => setRange(ctx, lo, hi, scope.kind === 'own' ? 'on' : 'off')
  await setRange(ctx, '/', '0', 'off')
  try {
    const result = await work()
    await restore()
    return result
  } catch (error) {
    // In an aborted transaction this fails as well, and rolling back resets the settings.
    await restore().catch(() => {})
    throw error
  }
}

/**
 * Commit what was written so far although the call is about to be refused: a wrong password must count. The caller
 * throws right after; what follows in the call runs without scope and is rolled back.
 */
export async function keepThoughRefused(ctx: RequestContext): Promise<void> {
  await flushAudit(ctx.tx)
  await ctx.tx.client.query('COMMIT')
  await ctx.tx.client.query('BEGIN')
}
