/**
 * Imitates the registers of other agencies over the interface that `httpExternalChecks` speaks: population, residence
 * permits, military licences. What it answers follows from the sequence digits (15–17) of the identity number, so that
 * demonstrations and tests can ask for any outcome and any fault; everyone else is found and confirmed.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Sequence digits → what happens. */
export const SPECIAL_SEQUENCES = {
  deceased: '991',
  populationNone: '992',
  permitNone: '993',
  militaryRefuted: '994',
  /** Answers after 10 s, longer than any caller waits. */
  late: '995',
  /** Answers 500. */
  broken: '996',
  /** Answers something that is no JSON. */
  garbled: '997',
} as const

const KINDS = ['population', 'residence_permit', 'military_licence'] as const
type Kind = (typeof KINDS)[number]

/** A running sandbox. */
export interface ExternalSandbox {
  readonly url: string
  close(): Promise<void>
}

function outcomeOf(kind: Kind, sequence: string): string {
  if (kind === 'population') {
    if (sequence === SPECIAL_SEQUENCES.deceased) return 'deceased'
    return sequence === SPECIAL_SEQUENCES.populationNone ? 'none' : 'found'
  }
  if (kind === 'residence_permit') return sequence === SPECIAL_SEQUENCES.permitNone ? 'none' : 'found'
  return sequence === SPECIAL_SEQUENCES.militaryRefuted ? 'refuted' : 'confirmed'
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > 10_000) throw new Error('too long')
  }
  return body
}

/** Start on loopback; `port` 0 takes a free one. */
export async function startExternalSandbox(options: { port?: number } = {}): Promise<ExternalSandbox> {
  const server: Server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body))
    const kind = KINDS.find((one) => request.url === `/${one}`)
    if (request.method !== 'POST' || !kind) return answer(404, { error: 'unknown register' })
    try {
      const { idNumber } = JSON.parse(await readBody(request)) as { idNumber?: unknown }
      if (typeof idNumber !== 'string') return answer(400, { error: 'idNumber is missing' })
      const sequence = idNumber.slice(14, 17)
      if (sequence === SPECIAL_SEQUENCES.late)
        await new Promise((resolve) => setTimeout(resolve, 10_000).unref())
      if (sequence === SPECIAL_SEQUENCES.broken) return answer(500, { error: 'register is being maintained' })
      if (sequence === SPECIAL_SEQUENCES.garbled) return answer(200, '<html>login</html>')
      return answer(200, { outcome: outcomeOf(kind, sequence) })
    } catch {
      return answer(400, { error: 'malformed request' })
    }
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
