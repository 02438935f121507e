/** One account. */
import type { RequestContext } from '@hengjian/platform/context'
import { requireAccount } from '../accounts.ts'
import type { UserView } from '../contract.ts'
import { presentUserNow } from '../present.ts'

export const getUser = async (ctx: RequestContext, input: { id: string }): Promise<UserView> =>
  presentUserNow(ctx, await requireAccount(ctx, input.id))
