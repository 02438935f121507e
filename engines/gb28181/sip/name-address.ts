import { type Parameters, quote, readParameters, unquote, writeParameters } from './parameters.ts'
import { readUri } from './uri.ts'

/** Value of From, To, Contact, Route: a name, an address, parameters (RFC 3261 §20.10). */
export interface NameAddress {
  readonly name: string
  /** The address as written, without angle brackets. */
  readonly uri: string
  /** Parameters of the header, `tag` and `expires` among them; not those of the address. */
  readonly parameters: Parameters
}

/** Reads one value; takes `<…` without its end, and addresses without brackets. `null` when there is no address. */
export function readNameAddress(value: string): NameAddress | null {
  const open = value.indexOf('<')
  if (open < 0) return readBareAddress(value)
  const end = value.indexOf('>', open)
  const uri = value.slice(open + 1, end < 0 ? undefined : end).trim()
  if (!readUri(uri)) return null
  const name = unquote(value.slice(0, open).trim())
  return { name, uri, parameters: end < 0 ? {} : readParameters(value.slice(end + 1)) }
}

/** Without brackets, parameters belong to the header (RFC 3261 §20.10). */
function readBareAddress(value: string): NameAddress | null {
  const end = value.indexOf(';')
  const uri = (end < 0 ? value : value.slice(0, end)).trim()
  if (!readUri(uri)) return null
  return { name: '', uri, parameters: end < 0 ? {} : readParameters(value.slice(end)) }
}

/** Writes one value, always with brackets. */
export function writeNameAddress({ name, uri, parameters }: NameAddress): string {
  return `${name ? `${quote(name)} ` : ''}<${uri}>${writeParameters(parameters)}`
}

/** `<uri>` or `<uri>;tag=…`. */
export function nameAddress(uri: string, tag?: string): string {
  return writeNameAddress({ name: '', uri, parameters: tag ? { tag } : {} })
}
