/** The wire to the personnel and discipline system: one signed POST for each case, its receipt checked. */
import type { DisciplineSettings } from '@hengjian/platform/config'
import { z } from 'zod'
import { isGenuine, SIGNATURE_HEADER, signMessage, TIME_HEADER } from './signature.ts'

const TIMEOUT_MS = 10_000
const receipt = z.object({ receipt: z.string().min(1).max(100) })

/**
 * `POST {url}/cases`. The same case may be sent again: `idempotency-key` is its id. Answers the receipt. Throws on
 * anything but a timely, well-formed and rightly signed answer of success, in words for the list of pushes.
 */
export async function sendCase(
  settings: DisciplineSettings,
  caseId: string,
  content: object,
  options: { now: () => Date; signal: AbortSignal },
): Promise<string> {
  const url = new URL(`${settings.url.replace(/\/$/, '')}/cases`)
  const body = JSON.stringify(content)
  const timely = AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS)
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': caseId,
      ...signMessage(settings.secret, { what: 'POST', path: url.pathname, body }, options.now()),
    },
    body,
    redirect: 'error',
    signal: AbortSignal.any([options.signal, timely]),
  }).catch((cause: unknown) => {
    throw new Error(timely.aborted ? '队伍管理系统超过时限没有答复' : '连接不上队伍管理系统', { cause })
  })
  if (!response.ok) throw new Error(`队伍管理系统没有接收，答复状态 ${response.status}`)
  const answer = await response.text().catch((cause: unknown) => {
    throw new Error('队伍管理系统的答复不完整', { cause })
  })
  const proof = {
    time: response.headers.get(TIME_HEADER) ?? '',
    signature: response.headers.get(SIGNATURE_HEADER) ?? '',
  }
  const said = { what: String(response.status), path: url.pathname, body: answer }
  if (!isGenuine(settings.secret, said, proof, options.now()))
    throw new Error('队伍管理系统的答复没有按约定签名')
  return receiptIn(answer)
}

function receiptIn(answer: string): string {
  try {
    return receipt.parse(JSON.parse(answer)).receipt
  } catch (cause) {
    throw new Error('队伍管理系统的答复中没有回执', { cause })
  }
}
