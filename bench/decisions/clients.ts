/** Clients of the HTTP interface: signed in, accepting at a given rate or as fast as answers come. */
import { Agent, request } from 'node:http'
import type { Application } from './applications.ts'

/** A signed-in user. */
export interface Session {
  readonly cookie: string
  readonly csrf: string
}

/** How a run went. */
export interface Outcome {
  readonly accepted: number
  /** Answers by status, `0` = no answer. */
  readonly statuses: ReadonlyMap<number, number>
  readonly seconds: number
  /** By how many ms each request left later than it should have (open loop). */
  readonly lateMs: readonly number[]
}

const agent = new Agent({ keepAlive: true, maxSockets: 512 })

/** Post JSON; answers the status, the body and the cookie. Never throws. */
function post(address: string, path: string, headers: Record<string, string>, body: unknown) {
  const { promise, resolve } = Promise.withResolvers<{ status: number; body: string; cookie: string }>()
  const text = JSON.stringify(body)
  const outgoing = request(
    address + path,
    {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
    },
    (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (piece) => {
        answer += piece
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: answer,
          cookie: (response.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; '),
        }),
      )
    },
  )
  outgoing.on('error', () => resolve({ status: 0, body: '', cookie: '' }))
  outgoing.end(text)
  return promise
}

/** Sign in. Throws when that is refused. */
export async function signIn(address: string, userName: string, password: string): Promise<Session> {
  const { status, body, cookie } = await post(address, '/api/sessions', {}, { userName, password })
  if (status !== 201) throw new Error(`sign-in of ${userName} answered ${status}: ${body}`)
  return { cookie, csrf: (JSON.parse(body) as { csrfToken: string }).csrfToken }
}

function createAccept(address: string, next: () => Application) {
  const statuses = new Map<number, number>()
  let complaint: string | undefined
  return {
    statuses,
    complaint: () => complaint,
    async accept({ cookie, csrf }: Session): Promise<void> {
      const { status, body } = await post(
        address,
        '/api/transactions',
        { cookie, 'x-csrf-token': csrf },
        next(),
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status !== 201) complaint ??= `${status}: ${body.slice(0, 400)}`
    },
  }
}

const outcomeOf = (
  { statuses, complaint }: ReturnType<typeof createAccept>,
  began: number,
  lateMs: readonly number[],
): Outcome => {
  if (complaint()) console.error(`an application was refused: ${complaint()}`)
  return {
    accepted: statuses.get(201) ?? 0,
    statuses,
    seconds: (performance.now() - began) / 1000,
    lateMs,
  }
}

/** `perSecond` applications for `seconds`, each sent when its time comes whether or not others were answered. */
export async function openLoop(
  address: string,
  sessions: readonly Session[],
  next: () => Application,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Outcome> {
  const posting = createAccept(address, next)
  const lateMs: number[] = []
  const waiting: Promise<void>[] = []
  const began = performance.now()
  const total = perSecond * seconds
  const { promise: sent, resolve } = Promise.withResolvers<void>()
  let i = 0
  const tick = () => {
    for (; i < total; i++) {
      const late = performance.now() - began - (i * 1000) / perSecond
      if (late < 0) {
        // Timers fire up to a millisecond late; the last stretch is waited for turn by turn.
        if (late < -2) setTimeout(tick, Math.floor(-late) - 1)
        else setImmediate(tick)
        return
      }
      lateMs.push(late)
      waiting.push(posting.accept(sessions[i % sessions.length]!))
    }
    resolve()
  }
  tick()
  await sent
  await Promise.all(waiting)
  return outcomeOf(posting, began, lateMs)
}

/** `clients` that each send the next application when the last was answered, for `seconds`. */
export async function closedLoop(
  address: string,
  sessions: readonly Session[],
  next: () => Application,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<Outcome> {
  const posting = createAccept(address, next)
  const began = performance.now()
  const end = began + seconds * 1000
  const client = async (session: Session) => {
    while (performance.now() < end) await posting.accept(session)
  }
  await Promise.all(Array.from({ length: clients }, (_, i) => client(sessions[i % sessions.length]!)))
  return outcomeOf(posting, began, [])
}
