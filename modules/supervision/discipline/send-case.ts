/** The wire to the personnel and discipline system: one signed POST for each case, its receipt checked. */
import type { DisciplineSettings } from '@hengjian/platform/config'
import { z } from 'zod'
import { isGenuine, SIGNATURE_HEADER, signMessage, TIME_HEADER } from './signature.ts'

const TIMEOUT_MS = 10_000
const receipt = z.object({ receipt: z.string().min(1).max(100) })

/**
 * `POST {url}/cases`. The same case may be sent again: `idempotency-key` is its id. Answers the receipt. Throws on
 * anything but a timely, well-formed and rightly signed answer of success.
 */
export async function sendCase(
  settings: DisciplineSettings,
  caseId: string,
  content: object,
  options: { now: () => Date; signal: AbortSignal },
): Promise<string> {
  const url = new URL(`${settings.url.replace(/\/$/, '')}/cases`)
  const body = JSON.stringify(content)
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': caseId,
      ...signMessage(settings.secret, { what: 'POST', path: url.pathname, body }, options.now()),
    },
    body,
    redirect: 'error',
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS)]),
  })
  if (!response.ok) throw new Error(`the discipline system answered ${response.status}`)
  const answer = await response.text()
  const proof = {
    time: response.headers.get(TIME_HEADER) ?? '',
    signature: response.headers.get(SIGNATURE_HEADER) ?? '',
  }
  const said = { what: String(response.status), path: url.pathname, body: answer }
  if (!isGenuine(settings.secret, said, proof, options.now()))
    throw new Error('the answer of the discipline system is not signed as it should be')
  return receipt.parse(JSON.parse(answer)).receipt
}
