/** Imitates the personnel and discipline system (队伍管理系统) over its protocol, faults included. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hmacSm3, sm3 } from '@hengjian/sm'

/** What the next call meets; see the README. */
export type DisciplineFault = 'slow' | 'broken' | 'cut' | 'forged' | 'garbled'

export interface DisciplineSandbox {
  readonly url: string
  /** Cases kept, by idempotency key. */
  readonly cases: ReadonlyMap<string, { receipt: string; content: unknown }>
  /** Calls that came, refused ones included. */
  calls(): number
  fail(fault: DisciplineFault): void
  /** Read figures of Hengjian as this system does. */
  read(url: string): Promise<Response>
  close(): Promise<void>
}

const MOST_BYTES = 100_000
const SLOW_MS = 10_000

/** Line by line: time, method or status, path with query, SM3 of the body in hex; HMAC-SM3 of that in hex. */
const sign = (secret: string, time: string, what: string, path: string, body: string): string =>
  hmacSm3(
    Buffer.from(secret),
    Buffer.from(`${time}\n${what}\n${path}\n${sm3(Buffer.from(body)).toString('hex')}`),
  ).toString('hex')

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > MOST_BYTES) throw new Error('too long')
  }
  return body
}

/** Start on loopback; `port` 0 takes a free one. */
export async function startDisciplineSandbox(options: {
  secret: string
  readSecret: string
  port?: number
  now?: () => Date
}): Promise<DisciplineSandbox> {
  const { secret, readSecret, now = () => new Date() } = options
  const cases = new Map<string, { receipt: string; content: unknown }>()
  const faults: DisciplineFault[] = []
  let calls = 0
  const server = createServer(async (request, response) => {
    calls += 1
    const fault = faults.shift()
    const path = request.url ?? ''
    const answer = (status: number, body: string) => {
      const time = now().toISOString()
      const key = fault === 'forged' ? `${secret} of somebody else` : secret
      response
        .writeHead(status, {
          'content-type': 'application/json',
          'x-hengjian-time': time,
          'x-hengjian-signature': sign(key, time, String(status), path, body),
        })
        .end(body)
    }
    if (fault === 'slow') return void setTimeout(() => response.destroy(), SLOW_MS).unref()
    if (fault === 'broken') return answer(503, '{"error":"maintenance"}')
    const body = await bodyOf(request).catch(() => null)
    if (request.method !== 'POST' || path !== '/cases' || body === null)
      return answer(404, '{"error":"unknown"}')
    const time = String(request.headers['x-hengjian-time'])
    if (request.headers['x-hengjian-signature'] !== sign(secret, time, 'POST', path, body))
      return answer(401, '{"error":"signature"}')
    const key = String(request.headers['idempotency-key'])
    const kept = cases.get(key) ?? { receipt: `R${cases.size + 1}`, content: JSON.parse(body) as unknown }
    cases.set(key, kept)
    if (fault === 'cut') return void request.socket.destroy()
    return answer(200, fault === 'garbled' ? '<html>login</html>' : JSON.stringify({ receipt: kept.receipt }))
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cases,
    calls: () => calls,
    fail: (fault) => void faults.push(fault),
    read(address) {
      const { pathname, search } = new URL(address)
      const time = now().toISOString()
      return fetch(address, {
        headers: {
          'x-hengjian-time': time,
          'x-hengjian-signature': sign(readSecret, time, 'GET', pathname + search, ''),
        },
      })
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
