/** What leaves the console as a file is recorded first; without a record nothing is saved. */
import { administrationContract } from '@hengjian/administration/contract'
import { clientOf } from '../client.ts'

const administration = clientOf(administrationContract)

/** Record an export of the list under its present filters, which stand in the address. */
export const recordExport = (list: string, format: 'csv' | 'xlsx', rows: number): Promise<unknown> =>
  administration.recordExport({ list, format, rows, filters: window.location.search.slice(1, 2001) })
