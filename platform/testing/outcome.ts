/** Whether a test of the running file has failed. Each file has its own copy of this module. */
let failed = false

/** Called by the setup file. */
export function noteFailure() {
  failed = true
}

/** True once a test of this file has failed. */
export function hasFailed(): boolean {
  return failed
}
