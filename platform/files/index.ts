/** Files (PLT-30): content-addressed, encrypted at rest, verified at read, served by short-lived signed links. */
export { fileErrors } from './errors.ts'
export { type FileJobsOptions, fileJobs } from './file-jobs.ts'
export { createFileStore, type FileStore, type StoredFile } from './file-store.ts'
export { folderStore } from './folder-store.ts'
export { type ObjectStore, StorageUnavailable } from './object-store.ts'
export { type FileReference, filesOf, holdFile } from './references.ts'
export {
  addDownloadRoute,
  addUploadRoute,
  fileLink,
  readUpload,
  thumbnailLink,
  type UploadReceipt,
} from './routes.ts'
export { s3Store } from './s3-store.ts'
export { clamdScanner } from './scanner.ts'
export { StoredFileError } from './seal-stream.ts'
export { file, type ScanState, scanStates } from './tables.ts'
