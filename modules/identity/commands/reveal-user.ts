/** Show personal data of an account in clear, with reason, recorded (PLT-20, PLT-52). */
import type { RequestContext } from '@hengjian/platform/context'
import { requireAccount } from '../accounts.ts'

export async function revealUser(
  ctx: RequestContext,
  input: { id: string; reason: string },
): Promise<{ idNumber: string | null; mobile: string | null }> {
  const { account } = await requireAccount(ctx, input.id)
  await ctx.audit.record({
    action: 'identity.reveal-user',
    object: { kind: 'user', id: account.id },
    after: { fields: ['idNumber', 'mobile'] },
    reason: input.reason,
  })
  return {
    idNumber: ctx.cipher.decrypt(account.idNumberEnc),
    mobile: ctx.cipher.decrypt(account.mobileEnc),
  }
}
