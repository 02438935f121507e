export { checkValue, digest, encryptedText, factColumns, instant, unitPath } from './columns.ts'
