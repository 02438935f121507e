import { MalformedError } from '../errors.ts'
import { type Charset, charsetOf, decodeAs, hasUtf8Mark } from '../text/charset.ts'
import { repairXml } from './xml-repair.ts'

/** An element as read. Names keep their letter case; a prefix (`gb:Item`) is taken off. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Its own text, entities resolved, blanks around it taken off. */
  readonly text: string
  /** How it ended: by its own tag, because something around it ended, or because the document was cut. */
  readonly ending: 'tag' | 'implied' | 'cut'
}

export interface XmlDocument {
  readonly root: XmlElement
  readonly charset: Charset
}

/** Nesting beyond this is refused; MANSCDP needs six. */
const MAX_DEPTH = 32

/**
 * Reads a document that may be damaged (pain 4): control bytes, characters cut in the middle, end tags that are missing,
 * stray or misspelt, bare `&` and `<`, unknown entities, a missing end. What is lost is lost locally.
 *
 * @throws MalformedError when there is no element at all, or nesting goes beyond all measure
 */
export function readXml(bytes: Uint8Array): XmlDocument {
  const repaired = repairXml(bytes)
  const charset = hasUtf8Mark(bytes) ? 'utf-8' : charsetOf(repaired)
  const root = parse(decodeAs(repaired, charset))
  if (!root) throw new MalformedError('manscdp', 0, 'no XML element')
  return { root, charset }
}

interface Open {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
  ending: XmlElement['ending']
}

const START_TAG = /<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)((?:\s[^<>]*)?)>/y
const END_TAG = /<\/\s*(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)\s*(?:>|(?=<)|$)/y

function parse(text: string): XmlElement | null {
  const document: Open = open('', '')
  const stack: Open[] = [document]
  let at = 0
  while (at < text.length) {
    const less = text.indexOf('<', at)
    const end = less < 0 ? text.length : less
    if (end > at) stack.at(-1)!.text += text.slice(at, end)
    at = less < 0 ? text.length : takeMarkup(text, less, stack)
  }
  while (stack.length > 1) closeTop(stack, 'cut')
  return document.children[0] ?? null
}

/** Takes what begins with `<` at `at`; gives the offset after it. */
function takeMarkup(text: string, at: number, stack: Open[]): number {
  if (text.startsWith('<?', at)) return after(text, '>', at) ?? text.length
  if (text.startsWith('<!--', at)) return after(text, '-->', at) ?? text.length
  if (text.startsWith('<![CDATA[', at)) return takeCdata(text, at, stack)
  if (text.startsWith('<!', at)) return after(text, '>', at) ?? text.length
  START_TAG.lastIndex = at
  const start = START_TAG.exec(text)
  if (start) {
    takeStart(start[2]!, start[3]!, stack, at)
    return START_TAG.lastIndex
  }
  END_TAG.lastIndex = at
  const end = END_TAG.exec(text)
  if (end) {
    takeEnd(end[1]!, stack)
    return END_TAG.lastIndex
  }
  stack.at(-1)!.text += '<'
  return at + 1
}

function after(text: string, mark: string, at: number): number | null {
  const found = text.indexOf(mark, at)
  return found < 0 ? null : found + mark.length
}

function takeCdata(text: string, at: number, stack: Open[]): number {
  const end = text.indexOf(']]>', at)
  const content = text.slice(at + 9, end < 0 ? undefined : end)
  stack.at(-1)!.text += content.replaceAll('&', '&amp;')
  return end < 0 ? text.length : end + 3
}

function open(name: string, attributes: string): Open {
  return { name, attributes: readAttributes(attributes), children: [], text: '', ending: 'cut' }
}

function takeStart(name: string, attributes: string, stack: Open[], at: number): void {
  closeBefore(name, stack)
  if (stack.length > MAX_DEPTH) throw new MalformedError('manscdp', at, 'elements are nested too deep')
  const isEmpty = attributes.trimEnd().endsWith('/')
  stack.push(open(name, isEmpty ? attributes.trimEnd().slice(0, -1) : attributes))
  if (isEmpty) closeTop(stack, 'tag')
}

/**
 * MANSCDP has no mixed content and no Item within an Item: a tag that would make one tells of a missing end tag.
 */
function closeBefore(name: string, stack: Open[]): void {
  if (stack.length > 2 && stack.at(-1)!.text.trim() !== '') closeTop(stack, 'implied')
  const item = isSameName(name, 'Item') ? stack.findLastIndex((it) => isSameName(it.name, 'Item')) : -1
  if (item > 0) while (stack.length > item) closeTop(stack, 'implied')
}

/** There are senders that open `Info` and close `info`. */
const isSameName = (one: string, other: string) => one === other || one.toLowerCase() === other.toLowerCase()

function takeEnd(name: string, stack: Open[]): void {
  const at = stack.findLastIndex((it) => isSameName(it.name, name))
  if (at > 0) {
    while (stack.length > at + 1) closeTop(stack, 'implied')
    closeTop(stack, 'tag')
    return
  }
  // A misspelt end of an element that holds text; any other stray end tag is passed over.
  const top = stack.at(-1)!
  if (stack.length > 2 && top.children.length === 0 && top.text.trim() !== '') closeTop(stack, 'implied')
}

function closeTop(stack: Open[], ending: XmlElement['ending']): void {
  const closed = stack.pop()!
  stack.at(-1)!.children.push({ ...closed, text: cleanText(closed.text), ending })
}

/** U+FFFD at an end is what is left of a character that was cut. */
function cleanText(text: string): string {
  const trimmed = text.trim()
  let from = 0
  let to = trimmed.length
  while (from < to && trimmed[from] === '\ufffd') from += 1
  while (to > from && trimmed[to - 1] === '\ufffd') to -= 1
  return resolveEntities(trimmed.slice(from, to).trim())
}

const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function resolveEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return NAMED[name.toLowerCase()]!
    const point = decimal ? Number(decimal) : Number.parseInt(hex!, 16)
    return point >= 0x20 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

const ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'/]+))/g

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  // MANSCDP has one attribute, Num: more than a line of them is damage.
  if (!text.includes('=') || text.length > 1024) return attributes
  for (const [, name, double, single, bare] of text.matchAll(ATTRIBUTE)) {
    attributes[name!] = resolveEntities(double ?? single ?? bare ?? '')
  }
  return attributes
}

/** Children of a name, whatever their letter case (`Info`, `info`). */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  const wanted = name.toLowerCase()
  return element.children.filter((child) => child.name.toLowerCase() === wanted)
}

/** Text of the first child of a name; `undefined` when there is none or it is empty. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return childrenNamed(element, name)[0]?.text || undefined
}
