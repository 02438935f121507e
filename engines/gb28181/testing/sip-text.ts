/** Messages written as in a book: lines, a body, CRLF put in. */
export function sipBytes(lines: string[], body: string | Uint8Array = ''): Buffer {
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

export const DEVICE = '34020000001320000001'
export const SERVER = '34020000002000000001'
export const DOMAIN = '3402000000'

/** A keep-alive as a 2016 device sends it; `changes` replaces or adds header lines by name. */
export function keepaliveLines(changes: Record<string, string> = {}): string[] {
  const headers: Record<string, string> = {
    Via: 'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1371463273',
    From: `<sip:${DEVICE}@${DOMAIN}>;tag=2043466181`,
    To: `<sip:${SERVER}@${DOMAIN}>`,
    'Call-ID': '1011047669',
    CSeq: '20 MESSAGE',
    'Content-Type': 'Application/MANSCDP+xml',
    'Max-Forwards': '70',
    ...changes,
  }
  return [
    `MESSAGE sip:${SERVER}@${DOMAIN} SIP/2.0`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
}

export const KEEPALIVE_BODY = [
  '<?xml version="1.0" encoding="GB2312"?>',
  '<Notify>',
  '<CmdType>Keepalive</CmdType>',
  '<SN>17</SN>',
  `<DeviceID>${DEVICE}</DeviceID>`,
  '<Status>OK</Status>',
  '</Notify>',
  '',
].join('\r\n')
