/** Whom an in-process indicator is about, as a key that settles whether two hits are the same. */
import type { GuardedTransaction } from '@hengjian/business'

/**
 * Key of the subject: `vehicle:<id>`, `person:<id>`, `organisation:<id>`, `agent:<id>`, or `transaction:<id>` where the
 * transaction has no such party.
 */
export function subjectKeyOf(
  subject: string,
  transaction: Pick<
    GuardedTransaction,
    'transactionId' | 'vehicleId' | 'personId' | 'organisationId' | 'agentId'
  >,
): string {
  const own = `transaction:${transaction.transactionId}`
  const person = transaction.personId
    ? `person:${transaction.personId}`
    : transaction.organisationId
      ? `organisation:${transaction.organisationId}`
      : own
  switch (subject) {
    case 'vehicle':
      return transaction.vehicleId ? `vehicle:${transaction.vehicleId}` : own
    case 'owner':
    case 'driver':
    case 'applicant':
    case 'person':
      return person
    case 'agent':
      return transaction.agentId ? `agent:${transaction.agentId}` : own
    default:
      return own
  }
}
