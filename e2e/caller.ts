/** A person's program: signs in and calls the interface, for what a journey finds already there. */
import type { House } from './house.ts'

export interface Caller {
  /** Call an operation; answers its body. Throws with the problem where it is refused. */
  // biome-ignore lint/suspicious/noExplicitAny: one caller for all operations
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<any>
  /** Give the second factor, good for the writes that follow; `ahead` as for `House.secondFactor`. */
  stepUp(ahead?: number): Promise<void>
}

export async function callerOf(house: House, userName: string): Promise<Caller> {
  const { password } = house.signIn(userName)
  const session = await fetch(`${house.address}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName, password }),
  })
  const cookie = session.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const { csrfToken } = (await session.json()) as { csrfToken: string }
  const call: Caller['call'] = async (method, path, body) => {
    const response = await fetch(`${house.address}/api${path}`, {
      method,
      headers: { cookie, 'x-csrf-token': csrfToken, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return response.json()
  }
  return {
    call,
    stepUp: async (ahead) =>
      void (await call('POST', '/sessions/current/step-up', { code: house.secondFactor(userName, ahead) })),
  }
}
