export { createTestDatabase, type TestDatabase } from './create-test-database.ts'
export { untilSettled } from './until-settled.ts'
