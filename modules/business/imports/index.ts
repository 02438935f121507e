/** Bulk import of facts (BIZ-9). */
export { fileOnDisk } from './file-on-disk.ts'
export {
  continueImport,
  type ImportOptions,
  type ImportProgress,
  type ImportResult,
  importFile,
} from './import-file.ts'
export { createRun, RunStopped } from './import-run.ts'
export { importErrors, type Mapping, parseMapping } from './mapping.ts'
export type { ImportPorts, NewInstitution } from './ports.ts'
export type { ImportFile } from './record-source.ts'
export { nativeMapping, shippedMappings } from './shipped-mappings.ts'
