export { createTestDatabase, type TestDatabase } from './create-test-database.ts'
export { pdfText } from './pdf-text.ts'
export { untilSettled } from './until-settled.ts'
