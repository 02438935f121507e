export { acquireLock, type FileLock, LockHeldError } from './lock.ts'
