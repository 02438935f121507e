/** Security events: said in the audit log, in the program's log, and counted for the monitoring. */
import { newId, type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import { Counter, Registry } from 'prom-client'
import { auditWriter } from './record.ts'

export const auditMetrics = new Registry()

const events = new Counter({
  name: 'hengjian_security_events_total',
  help: 'Security events: altered rows, broken audit chain',
  labelNames: ['kind'],
  registers: [auditMetrics],
})

/** What was noticed. `kind` becomes the action `security.<kind>`. */
export interface SecurityEvent {
  readonly kind: string
  readonly object: { readonly kind: string; readonly id: string }
  readonly message: string
}

/** Raise an event in a transaction of its own, so that it stands whatever becomes of the caller's. */
export async function raiseSecurityEvent(
  services: Pick<Services, 'database' | 'cipher' | 'clock' | 'log'>,
  event: SecurityEvent,
): Promise<void> {
  services.log.error({ securityEvent: event.kind, object: event.object }, event.message)
  events.inc({ kind: event.kind })
  const actor = systemActor('安全监测')
  await services.database.transaction(scopeOf(actor), async (tx) => {
    const audit = auditWriter({
      tx,
      cipher: services.cipher,
      clock: services.clock,
      actor,
      origin: { requestId: newId(), clientAddress: 'worker' },
    })
    await audit.record({
      action: `security.${event.kind}`,
      object: event.object,
      result: 'failed',
      reason: event.message,
    })
  })
}
