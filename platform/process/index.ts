export { isRunning } from './is-running.ts'
export { acquireLock, type FileLock, LockHeldError } from './lock.ts'
export { onShutdown, shutDown } from './shutdown.ts'
export {
  type ChildSpec,
  type SupervisedChildren,
  type SupervisionOptions,
  superviseChildren,
} from './supervise-children.ts'
