/** Who is signed in. Signed out, the call is answered 401 before it comes here. */
import type { RequestContext } from '@hengjian/platform/context'
import type { SessionView } from '../contract.ts'
import { ownSession } from '../own-session.ts'
import { presentSession } from '../present.ts'

export async function currentSession(ctx: RequestContext): Promise<SessionView> {
  const own = await ownSession(ctx)
  return presentSession(ctx, own, own.session)
}
