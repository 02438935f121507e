/** The question for the second factor, asked once however many calls wait for it. */

/** The user closed the dialog that asked for the second factor. */
export class StepUpCancelled extends Error {}

type Listener = (asking: boolean) => void

let pending: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | null = null
let listener: Listener = () => {}

/** The dialog registers itself here. */
export const listenForStepUp = (callback: Listener): (() => void) => {
  listener = callback
  callback(pending !== null)
  return () => {
    listener = () => {}
  }
}

/** Ask; resolves when the factor was accepted, rejects when the user gave up. */
export function requestStepUp(): Promise<void> {
  if (!pending) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    pending = { promise, resolve, reject }
    listener(true)
  }
  return pending.promise
}

/** The dialog's answer. */
export function settleStepUp(accepted: boolean): void {
  const waiting = pending
  pending = null
  listener(false)
  if (accepted) waiting?.resolve()
  else waiting?.reject(new StepUpCancelled())
}
