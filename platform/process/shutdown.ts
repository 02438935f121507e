/**
 * Ordered end of this process on SIGTERM, SIGINT, SIGHUP (its terminal was closed; the log goes to standard output, so
 * there is no file to open anew), or the death of the supervisor that started it. What was registered last closes first,
 * each closer within its own time, all within 20 s.
 */
import { setTimeout as delay } from 'node:timers/promises'

interface Closer {
  name: string
  close: () => unknown
  timeoutMs: number
}

/** After this an ordered end has failed and the process ends anyway. */
const ALL_WITHIN_MS = 20_000

const closers: Closer[] = []
let ending: Promise<void> | undefined

/**
 * Registers something to close when the process is told to end; from the first call on signals no longer kill it at
 * once. Register in the order of opening: database, then jobs, then the listening server.
 * @returns takes the closer off again, for what was closed earlier
 */
export function onShutdown(name: string, close: () => unknown, { timeoutMs = 10_000 } = {}): () => void {
  if (closers.length === 0) listen()
  const closer = { name, close, timeoutMs }
  closers.push(closer)
  return () => {
    const at = closers.indexOf(closer)
    if (at >= 0) closers.splice(at, 1)
  }
}

/** Closes everything and ends the process: code 0, or 1 when a closer failed or ran out of time. */
export function shutDown(reason: string, exitCode = 0): Promise<void> {
  ending ??= closeAll(reason).then((ok) => process.exit(ok ? exitCode : exitCode || 1))
  return ending
}

let listening = false

function listen() {
  if (listening) return
  listening = true
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // an impatient second Ctrl-C; the others may well be sent twice, by a process group and by the starter
      if (ending && signal === 'SIGINT') process.exit(130)
      void shutDown(signal)
    })
  }
  watchParent()
}

/** Who starts us with an IPC channel, as the supervisor does, thereby lets us notice its death. */
function watchParent() {
  if (!process.channel) return
  process.once('disconnect', () => void shutDown('the process that started this one is gone'))
  // waiting for that must not keep a process alive that has nothing else to do
  process.channel.unref()
}

async function closeAll(reason: string): Promise<boolean> {
  const deadline = Date.now() + ALL_WITHIN_MS
  if (closers.length > 0) console.error(`stopping: ${reason}`)
  let ok = true
  for (;;) {
    const closer = closers.pop()
    if (!closer) return ok
    const problem = await closeOne(closer, Math.min(closer.timeoutMs, deadline - Date.now()))
    if (problem === undefined) continue
    ok = false
    console.error(`stopping: ${closer.name} ${problem}`)
  }
}

/** @returns what went wrong, if anything */
async function closeOne({ close }: Closer, withinMs: number): Promise<string | undefined> {
  const timer = new AbortController()
  const tooLate = delay(Math.max(withinMs, 0), `did not close within ${Math.max(withinMs, 0)} ms`, {
    signal: timer.signal,
  })
  tooLate.catch(() => {})
  try {
    return await Promise.race([Promise.resolve(close()).then(() => undefined), tooLate])
  } catch (error) {
    return `failed to close: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    timer.abort()
  }
}
