import { headerOf, type SipResponse } from './message.ts'
import { unquote } from './parameters.ts'

/**
 * What a refusal says for itself: its reason, and the text of `Warning` (RFC 3261 §20.43), in which some devices put the
 * true one. Worth showing to the user beside our own words.
 */
export function explanationOf(response: SipResponse): string {
  const warning = headerOf(response, 'Warning')
  const words = /^\s*\d{3}\s+\S+\s+(.+)$/.exec(warning ?? '')?.[1] ?? warning ?? ''
  const text = unquote(words.trim())
  return [response.reason, text].filter((part) => part !== '').join('：')
}
