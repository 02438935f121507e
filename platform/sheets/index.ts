export { csvSheet } from './csv.ts'
export type { Cell, Sheet } from './sheet.ts'
export { xlsxSheet } from './xlsx.ts'
