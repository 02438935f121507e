import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IDENTIFIER_KINDS, type IdentifierKind, mask, normalise } from './index.ts'

describe('normalise', () => {
  it.each<[IdentifierKind, string, string]>([
    ['id_number', ' １１０１０５19491231002ｘ ', '11010519491231002X'],
    ['mobile', '+86 138-0013-8000', '13800138000'],
    ['mobile', '（0086）13800138000', '13800138000'],
    ['mobile', '8613800138000', '13800138000'],
    ['mobile', '86138001', '86138001'],
    ['plate', '桂a·12345', '桂A12345'],
    ['plate', '桂Ａ－Ｄ１２３４５', '桂AD12345'],
    ['vin', 'lsv am4187c2 184847', 'LSVAM4187C2184847'],
    ['name', '古丽•买买提', '古丽·买买提'],
    ['name', '张　三', '张三'],
    ['address', '桂林市 秀峰区\u200b１号', '桂林市秀峰区1号'],
    ['generic', '\ufeff45 03 ab-1', '4503AB-1'],
  ])('SEC-1 spells %s %j in one way', (kind, value, spelt) => {
    expect(normalise(kind, value)).toBe(spelt)
  })

  it('SEC-1 changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...IDENTIFIER_KINDS), fc.string({ unit: 'binary' }), (kind, value) => {
        const once = normalise(kind, value)
        expect(normalise(kind, once)).toBe(once)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('mask', () => {
  it.each<[IdentifierKind, string, string]>([
    ['id_number', '11010519491231002X', '110***********002X'],
    ['name', '张三', '张*'],
    ['name', '欧阳娜娜', '欧***'],
    ['name', '𠮷田', '𠮷*'],
    ['name', '张', '*'],
    ['mobile', '13800138000', '138****8000'],
    ['mobile', '110', '1**'],
    ['address', '桂林市秀峰区中山中路1号', '桂林市秀峰区******'],
    ['plate', '桂A12345', '桂A***45'],
    ['plate', '桂AD12345', '桂A****45'],
    ['vin', '1M8GDM9AXKP042788', '1M8**********2788'],
    ['generic', '450300123', '4*******3'],
    ['generic', '', ''],
  ])('PLT-52 hides the middle of %s %s', (kind, value, masked) => {
    expect(mask(kind, value)).toBe(masked)
  })

  it('PLT-52 passes null through', () => {
    expect(mask('name', null)).toBeNull()
  })

  it('PLT-52 always hides something, and keeps the length', () => {
    const characters = fc.string({
      minLength: 1,
      maxLength: 30,
      unit: fc.constantFrom(...'0123456789AB桂张'),
    })
    fc.assert(
      fc.property(fc.constantFrom(...IDENTIFIER_KINDS), characters, (kind, value) => {
        const masked = mask(kind, value)
        expect(masked).toHaveLength(value.length)
        expect(masked).toContain('*')
      }),
    )
  })
})
