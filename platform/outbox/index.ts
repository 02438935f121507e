export { consumed, outbox, outboxCursor } from './tables.ts'
