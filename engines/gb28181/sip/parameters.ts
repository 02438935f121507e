/** Header parameters (`;name=value`, RFC 3261 §7.3.1). A parameter without a value is the empty string. */
export type Parameters = Readonly<Record<string, string>>

const PARAMETER = /;\s*([^\s;=]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"?|[^;]*))?/g

/** Reads `;a;b=c;d="e"`; names in small letters, quotes taken off. What is no parameter is passed over. */
export function readParameters(text: string): Parameters {
  if (!text.includes(';')) return {}
  const found: Record<string, string> = {}
  for (const [, name, value] of text.matchAll(PARAMETER)) {
    if (name) found[name.toLowerCase()] = unquote(value?.trim() ?? '')
  }
  return found
}

/** Writes parameters in their order; a value that is no token is quoted. */
export function writeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${quoteUnlessToken(value)}`))
    .join('')
}

const TOKEN = /^[\w.!%*+`'~:[\]-]+$/

function quoteUnlessToken(value: string): string {
  return TOKEN.test(value) ? value : quote(value)
}

/** A quoted string (RFC 3261 §25.1). */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`
}

/** The value of a quoted string; what is not quoted stays as it is. */
export function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  return value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1')
}
