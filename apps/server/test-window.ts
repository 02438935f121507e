/** A window of the tests: signs in over HTTP and accepts transactions, trying again as a careful client does. */
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { anIdNumber, aPerson, aVehicle } from '@hengjian/business/testing'
import type { Instance } from './testing.ts'

const UNIT = '450302'
const PASSWORD = 'Long-enough-4-Tests'
/** Pause before a repeated request; it doubles up to the longest. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1600

/** One answer of the server. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many operations
  readonly body: any
  readonly cookie: string | undefined
}

/** Calls of one signed-in user. */
export interface Window {
  call(method: string, path: string, body?: unknown): Promise<Answer>
}

/** An accepted transaction as it was acknowledged. */
export interface Acknowledged {
  readonly requestId: string
  readonly id: string
  readonly serial: string
}

/** Create the account of a handler and sign it in. */
export async function openWindow(instance: Instance, userName: string): Promise<Window> {
  const created = await instance.command(
    ...['user', 'create', userName, '--name', '韦小敏', '--unit', UNIT, '--unit-name', '桂林市车管所'],
    ...['--role', 'handler', 'importer', '--json'],
  )
  if (created.code !== 0) throw new Error(created.stderr)
  const { password } = JSON.parse(created.stdout) as { password: string }
  const agent = new Agent({ keepAlive: true })
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    exchange(instance, agent, method, path, body, headers)
  const first = await send('POST', '/sessions', { userName, password })
  const session = { cookie: first.cookie!, 'x-csrf-token': first.body.csrfToken as string }
  const changed = await send(
    'POST',
    '/accounts/current/password',
    { currentPassword: password, newPassword: PASSWORD },
    session,
  )
  if (changed.status >= 300) throw new Error(JSON.stringify(changed.body))
  return { call: (method, path, body) => send(method, path, body, session) }
}

function exchange(
  instance: Instance,
  agent: Agent,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const raw = body instanceof Buffer ? body : undefined
  const payload = raw ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)))
  return new Promise((resolve, reject) => {
    const call = request(
      `${instance.address}/api${path}`,
      {
        method,
        agent,
        timeout: 60_000,
        headers: {
          ...headers,
          ...(payload
            ? {
                'content-type': raw ? 'application/octet-stream' : 'application/json',
                'content-length': payload.length,
              }
            : {}),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const cookie = response.headers['set-cookie']?.[0]?.split(';')[0]
          resolve({ status: response.statusCode!, body: text ? JSON.parse(text) : null, cookie })
        })
      },
    )
    call.on('error', reject)
    call.on('timeout', () => call.destroy(new Error('no answer within a minute')))
    call.end(payload)
  })
}

let people = 0
/** A registration of another vehicle for another person. */
export function aRegistration() {
  people += 1
  const birth = `${1950 + (people % 50)}0${1 + (people % 9)}15`
  return {
    requestId: randomUUID(),
    businessKind: 'registration',
    vehicle: aVehicle(),
    person: aPerson({ idNumber: anIdNumber('450302', birth) }),
  }
}

/** What one window's clients did. */
export interface Work {
  readonly acknowledged: Acknowledged[]
  /** Requests given up without an answer: they may stand or not. */
  readonly abandoned: string[]
  /** Attempts that had to be repeated, by reason. */
  readonly repeated: Record<string, number>
}

/**
 * `clients` of them accept `each` transactions, one after the other. Without an answer, or told to come back, a client
 * repeats the same request; for every tenth transaction it gives up instead, as a person may.
 * @throws at any other answer than accepted, unavailable, conflict or too many requests
 */
export async function acceptMany(
  window: Window,
  { clients, each, restMs }: { clients: number; each: number; restMs: number },
  work: Work,
): Promise<void> {
  let begun = 0
  const acceptOne = async () => {
    const registration = aRegistration()
    begun += 1
    const isPatient = begun % 10 !== 0
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      const trouble = await attempt(window, registration, work)
      if (trouble === null) return
      work.repeated[trouble] = (work.repeated[trouble] ?? 0) + 1
      if (!isPatient) {
        work.abandoned.push(registration.requestId)
        return
      }
      await pause(wait)
    }
  }
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let done = 0; done < each; done++) {
        await acceptOne()
        await pause(restMs)
      }
    }),
  )
}

/** Null when it was accepted, else why it should be tried again. */
export async function attempt(
  window: Window,
  registration: ReturnType<typeof aRegistration>,
  work: Work,
): Promise<string | null> {
  const answer = await window
    .call('POST', '/transactions', registration)
    .catch((error: NodeJS.ErrnoException) => error)
  if (answer instanceof Error) return answer.code ?? answer.message
  if (answer.status === 201) {
    const { id, serial } = answer.body
    work.acknowledged.push({ requestId: registration.requestId, id, serial })
    return null
  }
  if ([409, 429, 503].includes(answer.status)) return `${answer.status} ${answer.body?.code ?? ''}`.trim()
  throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
}
