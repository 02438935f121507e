/** Compact forms (RFC 3261 §20, RFC 6665 §8.4) and the usual spelling of every header GB/T 28181 uses. */
const COMPACT: Record<string, string> = {
  c: 'Content-Type',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
}

const USUAL = new Map(
  [
    ...['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Expires', 'User-Agent', 'Server'],
    ...['Content-Type', 'Content-Length', 'Content-Encoding', 'WWW-Authenticate', 'Authorization'],
    ...['Proxy-Authenticate', 'Proxy-Authorization', 'Route', 'Record-Route', 'Event', 'Subscription-State'],
    ...['Subject', 'Date', 'Warning', 'Note', 'X-GB-ver', 'Allow', 'Supported', 'Retry-After', 'Reason'],
    ...['Min-Expires', 'Monitor-User-Identity', 'X-RoutePath', 'X-PreferredPath', 'Allow-Events'],
  ].map((name) => [name.toLowerCase(), name]),
)

/** The usual spelling of a header's name; a name not known here stays as written. */
export function usualHeaderName(name: string): string {
  const small = name.toLowerCase()
  return COMPACT[small] ?? USUAL.get(small) ?? name
}
