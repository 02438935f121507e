/**
 * Numbers of people must not stand in addresses, where history and logs keep them. The address carries `~1` instead;
 * the value stays in this window's memory and is gone after a reload.
 */
const values: string[] = []

/** A token to put in the address. */
export function hide(value: string): string {
  if (value === '' || value.startsWith('~')) return value
  const at = values.indexOf(value)
  return `~${at >= 0 ? at : values.push(value) - 1}`
}

/** The value of a token; nothing after a reload. */
export const unhide = (token: string | undefined): string | undefined =>
  token?.startsWith('~') ? values[Number(token.slice(1))] : token
