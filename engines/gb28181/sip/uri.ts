import { type Parameters, readParameters, writeParameters } from './parameters.ts'

/** A `sip:` address (RFC 3261 §19.1). */
export interface SipUri {
  /** `sip` or `sips`. */
  readonly scheme: string
  /** The 20-digit id, as a rule; empty in `sip:192.0.2.1:5060`. */
  readonly user: string
  /** Domain (first ten digits of an id, as a rule) or address; empty in `sip:id@:5060`, which devices do write. */
  readonly host: string
  readonly port: number | null
  readonly parameters: Parameters
}

const URI = /^(sips?):(?:([^@]*)@)?(\[[^\]]*\]|[^:;?>]*)(?::(\d*))?([;?].*)?$/i

/** Reads an address, without angle brackets. `null` when it is none. */
export function readUri(text: string): SipUri | null {
  const match = URI.exec(text.trim())
  if (!match) return null
  const [, scheme, user, host, port, rest] = match
  const number = port ? Number(port) : null
  if (number !== null && number > 65535) return null
  return {
    scheme: scheme!.toLowerCase(),
    user: user ?? '',
    host: host ?? '',
    port: number,
    parameters: readParameters((rest ?? '').split('?')[0] ?? ''),
  }
}

/** Writes an address. */
export function writeUri(uri: SipUri): string {
  const user = uri.user === '' ? '' : `${uri.user}@`
  const port = uri.port === null ? '' : `:${uri.port}`
  return `${uri.scheme}:${user}${uri.host}${port}${writeParameters(uri.parameters)}`
}

/** `sip:user@host` or `sip:user@host:port`. */
export function sipUri(user: string, host: string, port: number | null = null): string {
  return writeUri({ scheme: 'sip', user, host, port, parameters: {} })
}
