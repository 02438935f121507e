/** Files (PLT-30): content-addressed, encrypted at rest, verified at read, served by short-lived signed links. */
export { createFileStore, type FileStore, fileErrors, folderDisk, type StoredFile } from './file-store.ts'
export { addDownloadRoute, addUploadRoute, fileLink, readUpload, type UploadReceipt } from './routes.ts'
export { StoredFileError } from './seal-stream.ts'
export { file } from './tables.ts'
