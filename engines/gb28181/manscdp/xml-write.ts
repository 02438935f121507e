import { encodeGb18030 } from '../text/gb18030.ts'

/** An element to be written: text or elements within, attributes before. */
export interface XmlNode {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number>>
  readonly content: string | readonly XmlNode[]
}

/** What the XML declaration says. Bytes are GB 18030 for both GB names, as it contains GB 2312 (pain 5). */
export type XmlEncoding = 'GB2312' | 'GB18030' | 'UTF-8'

/** A document with its declaration, one element a line, CRLF. */
export function writeXml(root: XmlNode, encoding: XmlEncoding): Buffer {
  const lines: string[] = [`<?xml version="1.0" encoding="${encoding}"?>`]
  addLines(root, lines)
  const text = `${lines.join('\r\n')}\r\n`
  return encoding === 'UTF-8' ? Buffer.from(text) : encodeGb18030(text)
}

function addLines(node: XmlNode, lines: string[]): void {
  const attributes = Object.entries(node.attributes ?? {})
    .map(([name, value]) => ` ${name}="${escapeText(String(value))}"`)
    .join('')
  if (typeof node.content === 'string') {
    lines.push(`<${node.name}${attributes}>${escapeText(node.content)}</${node.name}>`)
    return
  }
  lines.push(`<${node.name}${attributes}>`)
  for (const child of node.content) addLines(child, lines)
  lines.push(`</${node.name}>`)
}

const ESCAPES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }
/**
 * Control characters, which XML 1.0 cannot say, and halves of surrogate pairs: left out, so that a name typed with one
 * harms nobody.
 */
const UNSAYABLE = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu

/** Ids, numbers, times, ASCII names: nothing to escape. Most of a catalogue is of this kind. */
const PLAIN = /^[\w .:/+-]*$/

function escapeText(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(UNSAYABLE, '').replace(/[<>&"]/g, (char) => ESCAPES[char]!)
}
