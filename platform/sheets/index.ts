export { csvSheet } from './csv.ts'
export type { Cell, Sheet, WriteBytes } from './sheet.ts'
export { xlsxSheet } from './xlsx.ts'
