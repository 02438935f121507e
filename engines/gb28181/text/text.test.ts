import { describe, expect, it } from 'vitest'
import { charsetOf, decodeAs, decodeText, encodeGb18030 } from '../index.ts'

const read = (bytes: Uint8Array) => decodeAs(bytes, charsetOf(bytes))
const xml = (encoding: string, body: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><Name>`),
    body,
    Buffer.from('</Name>'),
  ])

describe('GB 18030', () => {
  it.each([
    ['测试', 'b2e2cad4'],
    ['㐁', '8139ef30'],
    ['𠀀', '95328236'],
    ['　', 'a1a1'],
    ['€', 'a2e3'],
    ['A', '41'],
  ])('VID-PAIN-05 writes %s', (text, hex) => {
    expect(encodeGb18030(text).toString('hex')).toBe(hex)
  })

  it('VID-PAIN-05 every character comes back, but for nineteen of private use that the edition of 2022 moved', () => {
    const decoder = new TextDecoder('gb18030')
    const lost: number[] = []
    for (let point = 0; point <= 0x10ffff; point += point < 0x10000 ? 1 : 97) {
      if (point >= 0xd800 && point <= 0xdfff) continue
      const text = String.fromCodePoint(point)
      if (point !== 0xfeff && decoder.decode(encodeGb18030(text)) !== text) lost.push(point)
    }
    expect(lost).toHaveLength(19)
    expect(lost.every((point) => point >= 0xe000 && point <= 0xf8ff)).toBe(true)
  })

  it('VID-PAIN-05 an unpaired surrogate becomes a question mark', () => {
    expect(encodeGb18030('a\ud800b').toString()).toBe('a?b')
  })
})

describe('which charset (pain 5)', () => {
  it.each([
    ['GBK declared GB2312, beyond GB 2312', xml('GB2312', encodeGb18030('龘镕堃')), '龘镕堃'],
    ['UTF-8 declared GB2312', xml('GB2312', Buffer.from('东门摄像机')), '东门摄像机'],
    ['GBK declared UTF-8', xml('UTF-8', encodeGb18030('东门摄像机')), '东门摄像机'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('<a>门</a>')]), '门'],
    ['two GBK bytes that are UTF-8 by chance', xml('GB2312', Buffer.from('d2bb', 'hex')), '一'],
    ['联通, no UTF-8 because overlong', xml('GB2312', encodeGb18030('联通')), '联通'],
  ])('VID-PAIN-05 %s', (_, bytes, text) => {
    expect(read(bytes)).toContain(text)
  })

  it('VID-PAIN-04 UTF-8 cut in the middle of a character stays UTF-8', () => {
    const cut = Buffer.concat([Buffer.from('<a>东门'), Buffer.from('机').subarray(0, 2), Buffer.from('</a>')])
    expect(read(cut)).toBe('<a>东门\ufffd</a>')
  })

  it('VID-PAIN-04 one damaged byte does not turn a UTF-8 document into GBK', () => {
    const bytes = xml('GB2312', Buffer.from('东门摄像机西门摄像机'))
    bytes[bytes.indexOf(Buffer.from('西')) + 1] = 0x21
    expect(read(bytes)).toMatch(/东门摄像机.*门摄像机/)
  })

  it('VID-PAIN-05 every common character is told from UTF-8 in GBK, alone and among others', () => {
    for (let point = 0x4e00; point < 0x9fa5; point += 1) {
      const name = String.fromCodePoint(point)
      for (const text of [name, `${name}路${name}号`]) {
        expect(read(xml('GB2312', encodeGb18030(text)))).toContain(text)
        expect(read(xml('GB2312', Buffer.from(text)))).toContain(text)
      }
    }
  })

  it('VID-PAIN-05 decodeText never fails', () => {
    expect(decodeText(Uint8Array.of(0xff, 0x20, 0x41))).toBe('\ufffd A')
    expect(decodeText(new Uint8Array(0))).toBe('')
  })
})
