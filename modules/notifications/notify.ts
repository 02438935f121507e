/** Put a message into people's inboxes, in the transaction of what it tells of. */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { notification } from './tables.ts'

/** What a person is told. `kind` is stable (`supervision.case_assigned`); `link` is a page of the console. */
export interface Message {
  readonly recipients: readonly string[]
  readonly kind: string
  readonly title: string
  readonly link: string | null
}

/** Notify each recipient once. Personal data of applicants does not belong into a title. */
export async function notify(ctx: RequestContext, message: Message): Promise<void> {
  const recipients = [...new Set(message.recipients)]
  if (recipients.length === 0) return
  const { kind, title, link } = message
  const at = ctx.clock.now()
  await ctx.db
    .insert(notification)
    .values(
      recipients.map((recipientId) => ({ id: newId(), recipientId, kind, title, link, at, readAt: null })),
    )
}
