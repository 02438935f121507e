/** What stands in a PDF of PDFKit as a reader's search finds it: glyphs through the fonts' own maps to Unicode. */
import { inflateSync } from 'node:zlib'

/** Texts of each page, in the order of writing. */
export function pdfText(bytes: Uint8Array): string[][] {
  const objects = objectsOf(Buffer.from(bytes).toString('latin1'))
  const dictionary = (id: string): string => objects.get(id)?.head ?? ''
  const fonts = new Map<string, ReadonlyMap<number, string>>()
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b(?!s)/.test(head))
  const kids = [...objects.values()].find(({ head }) => /\/Type \/Pages\b/.test(head))!.head
  const order = idsIn(/\/Kids \[([^\]]*)\]/.exec(kids)![1]!)
  for (const { head } of pages) {
    const resources = dictionary(/\/Resources (\d+) 0 R/.exec(head)![1]!)
    for (const [, name, id] of (/\/Font <<([^>]*)>>/.exec(resources)?.[1] ?? '').matchAll(
      /\/(\w+) (\d+) 0 R/g,
    ))
      if (!fonts.has(name!))
        fonts.set(name!, mapOf(objects.get(/\/ToUnicode (\d+) 0 R/.exec(dictionary(id!))![1]!)!.stream))
  }
  return order.map((id) =>
    textsOf(objects.get(/\/Contents (\d+) 0 R/.exec(dictionary(id))![1]!)!.stream, fonts),
  )
}

interface PdfObject {
  readonly head: string
  /** Decompressed; empty without one. */
  readonly stream: string
}

function objectsOf(file: string): Map<string, PdfObject> {
  const objects = new Map<string, PdfObject>()
  for (const { 1: id, index, 0: found } of file.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const start = index + found.length
    const end = file.indexOf('\nendobj', start)
    const at = file.indexOf('stream\n', start)
    const hasStream = at !== -1 && at < end
    const head = file.slice(start, hasStream ? at : end)
    objects.set(id!, { head, stream: hasStream ? streamOf(file, head, at + 'stream\n'.length) : '' })
  }
  return objects
}

function streamOf(file: string, head: string, start: number): string {
  const raw = file.slice(start, start + Number(/\/Length (\d+)/.exec(head)![1]))
  return head.includes('/FlateDecode') ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1') : raw
}

const idsIn = (references: string): string[] => [...references.matchAll(/(\d+) 0 R/g)].map(([, id]) => id!)

/** Glyph number → text, of the ranges with lists that PDFKit writes. */
function mapOf(cmap: string): Map<number, string> {
  const map = new Map<number, string>()
  for (const [, first, list] of cmap.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi))
    for (const [i, [, hex]] of [...list!.matchAll(/<([0-9a-f ]*)>/gi)].entries())
      map.set(
        Number.parseInt(first!, 16) + i,
        Buffer.from(hex!.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'),
      )
  return map
}

function textsOf(content: string, fonts: ReadonlyMap<string, ReadonlyMap<number, string>>): string[] {
  let font: ReadonlyMap<number, string> = new Map()
  const texts: string[] = []
  for (const [, name, shown] of content.matchAll(/\/(\w+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name) font = fonts.get(name)!
    else {
      const glyphs = [...shown!.matchAll(/<([0-9a-f]*)>/gi)].map(([, hex]) => hex).join('')
      texts.push((glyphs.match(/.{4}/g) ?? []).map((glyph) => font.get(Number.parseInt(glyph, 16))).join(''))
    }
  }
  return texts
}
