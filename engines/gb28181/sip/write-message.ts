import { UnwritableError } from '../errors.ts'
import type { SipMessage } from './message.ts'

const TOKEN = /^[\w.!%*+`'~-]+$/
const BREAKS = /[\r\n\0]/

/**
 * Above this a message should go by TCP (2022: annex M): an Ethernet frame less the headers of IP and UDP, and some room
 * for tunnels.
 */
export const UDP_LIMIT_BYTES = 1300

/**
 * Bytes of a message (RFC 3261 §7), text as UTF-8. Content-Length is always written, last, and always right.
 *
 * @throws UnwritableError when a line would break, a name is no token, or a status is out of range
 */
export function writeSipMessage(message: SipMessage): Buffer {
  const lines = [startLineOf(message)]
  for (const { name, value } of message.headers) {
    if (!TOKEN.test(name)) throw new UnwritableError(`header name ${JSON.stringify(name)}`)
    if (BREAKS.test(value)) throw new UnwritableError(`a line break in ${name}`)
    if (name.toLowerCase() !== 'content-length') lines.push(`${name}: ${value}`)
  }
  lines.push(`Content-Length: ${message.body.length}`, '', '')
  return Buffer.concat([Buffer.from(lines.join('\r\n')), message.body])
}

function startLineOf(message: SipMessage): string {
  if (message.kind === 'request') {
    if (!TOKEN.test(message.method)) throw new UnwritableError(`method ${JSON.stringify(message.method)}`)
    if (/\s|\0/.test(message.uri) || message.uri === '') {
      throw new UnwritableError(`request address ${JSON.stringify(message.uri)}`)
    }
    return `${message.method} ${message.uri} SIP/2.0`
  }
  if (!Number.isInteger(message.status) || message.status < 100 || message.status > 699) {
    throw new UnwritableError(`status ${message.status}`)
  }
  if (BREAKS.test(message.reason)) throw new UnwritableError('a line break in the reason')
  return `SIP/2.0 ${message.status} ${message.reason}`
}
