import { type Parameters, readParameters, writeParameters } from './parameters.ts'

/** One hop of a Via header (RFC 3261 §20.42). */
export interface Via {
  /** `UDP`, `TCP`, in capitals. */
  readonly transport: string
  readonly host: string
  readonly port: number | null
  /** `branch`, `received`, `rport` (RFC 3581), … */
  readonly parameters: Parameters
}

const VIA = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+(\[[^\]]*\]|[^\s:;]*)(?:\s*:\s*(\d*))?\s*(;.*)?$/i

/** Reads one hop; `null` when it is none. */
export function readVia(value: string): Via | null {
  const match = VIA.exec(value.trim())
  if (!match) return null
  const port = match[3] ? Number(match[3]) : null
  if (port !== null && port > 65535) return null
  return {
    transport: match[1]!.toUpperCase(),
    host: match[2] ?? '',
    port,
    parameters: readParameters(match[4] ?? ''),
  }
}

/** Writes one hop. */
export function writeVia(via: Via): string {
  const port = via.port === null ? '' : `:${via.port}`
  return `SIP/2.0/${via.transport} ${via.host}${port}${writeParameters(via.parameters)}`
}
