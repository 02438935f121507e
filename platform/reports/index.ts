export { formatNumber } from './draw-table.ts'
export type { Report, ReportChart, ReportColumn, ReportSection, ReportTable } from './report.ts'
export { writeReport } from './write-report.ts'
