/** The paper of a report: A4 across, a place where writing goes on, and text in fonts that know Chinese. */
import { fileURLToPath } from 'node:url'
import PDFDocument from 'pdfkit'

/** Points of the margins, and what is between them. */
export const MARGIN = 42
const FOOT = 24
export const CONTENT_WIDTH = 841.89 - 2 * MARGIN
const BOTTOM = 595.28 - MARGIN - FOOT

export const COLOURS = {
  text: '#1f2329',
  muted: '#646a73',
  line: '#d0d3d9',
  fill: '#f2f3f5',
  accent: '#1f5a94',
}
/** Of series, after the accent; markers and dashes tell them apart without colour. */
export const SERIES_COLOURS = [COLOURS.accent, '#c2410c', '#15803d', '#7e22ce', '#0e7490', '#a16207'] as const

/** Noto Sans SC as the package carries it: whole fonts, of which a document embeds the glyphs that it uses. */
const FONTS = {
  regular: import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  bold: import.meta.resolve('@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf'),
} as const
export type Face = keyof typeof FONTS

export interface TextStyle {
  readonly size: number
  readonly face?: Face
  readonly colour?: string
  readonly align?: 'left' | 'right' | 'center'
  /** Most lines; what is longer ends in an ellipsis. */
  readonly lines?: number
}

export class Paper {
  readonly doc: PDFKit.PDFDocument
  /** Where writing goes on, points from the top. */
  y = MARGIN

  constructor(info: { title: string; author: string; at: Date }) {
    this.doc = new PDFDocument({
      size: 'A4',
      layout: 'landscape',
      margin: 0,
      // Kept until the end: only then it is known how many there are.
      bufferPages: true,
      pdfVersion: '1.7',
      lang: 'zh-CN',
      displayTitle: true,
      info: { Author: info.author, Creator: '衡鉴 Hengjian', CreationDate: info.at },
    })
    for (const [face, address] of Object.entries(FONTS)) this.doc.registerFont(face, fileURLToPath(address))
    this.doc.font('regular')
    this.doc.info.Title = this.printable(info.title)
  }

  /** Go on with a new page unless `height` points are left on this one. */
  makeRoom(height: number): void {
    if (this.y + height <= BOTTOM) return
    this.doc.addPage()
    this.y = MARGIN
  }

  /** Points that are left on this page. */
  get room(): number {
    return BOTTOM - this.y
  }

  /** Height of a text in a column of this width. */
  heightOf(text: string, width: number, style: TextStyle): number {
    this.#set(style)
    const line = this.doc.currentLineHeight(true)
    const height = text === '' ? line : this.doc.heightOfString(text, { width })
    return style.lines === undefined ? height : Math.min(height, style.lines * line)
  }

  widthOf(text: string, style: TextStyle): number {
    this.#set(style)
    return this.doc.widthOfString(text)
  }

  /** Write a printable text into a box; the place where writing goes on stays. */
  write(text: string, x: number, y: number, width: number, style: TextStyle): void {
    const height = this.heightOf(text, width, style)
    this.doc.fillColor(style.colour ?? COLOURS.text).text(text, x, y, {
      width,
      align: style.align ?? 'left',
      // Half a point: a last line that just fits is not cut by a rounding.
      ...(style.lines === undefined ? {} : { height: height + 0.5, ellipsis: '…' }),
    })
  }

  /** Write a paragraph over the whole width and go on below it. */
  paragraph(text: string, style: TextStyle, gap: number): void {
    const printable = this.printable(text)
    const height = this.heightOf(printable, CONTENT_WIDTH, style)
    this.makeRoom(height)
    this.write(printable, MARGIN, this.y, CONTENT_WIDTH, style)
    this.y += height + gap
  }

  /**
   * A text as it can be printed: on one line, without characters that are not seen (they turn the order of writing, or
   * join emoji); what the font has no picture of becomes a square.
   */
  printable(text: string): string {
    const plain = text
      .toWellFormed()
      .normalize('NFC')
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .replaceAll(/\p{Cf}|\p{Variation_Selector}/gu, '')
    return Array.from(plain, (character) => (this.#knows(character) ? character : '□')).join('')
  }

  #knows(character: string): boolean {
    const { font } = (this.doc as unknown as EmbeddedFont)._font
    return font.hasGlyphForCodePoint(character.codePointAt(0)!)
  }

  #set({ size, face = 'regular' }: TextStyle): void {
    this.doc.font(face).fontSize(size)
  }
}

/** The font in use, as fontkit reads it; PDFKit names it no other way. Both faces have the same characters. */
interface EmbeddedFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } }
}
