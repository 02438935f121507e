/** Columns of this module that name stored files; what no column names is swept. */
import type { FileReference } from '@hengjian/platform/files'
import { importRun } from './tables.ts'

export const businessFileReferences: readonly FileReference[] = [importRun.fileDigest, importRun.rejectFile]
