export { holdCursor, type OutboxEvent, type OutboxPortion, readOutbox } from './read-outbox.ts'
export { consumed, outbox, outboxCursor } from './tables.ts'
