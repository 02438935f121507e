import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkIdNumber, checkMobile, idNumberCheckCharacter, upgradeIdNumber } from './index.ts'

describe('resident identity number, GB 11643-1999', () => {
  it('BIZ-20 reads region, birth date and sex', () => {
    expect(checkIdNumber('11010519491231002X')).toEqual({
      valid: true,
      level: null,
      message: null,
      parsed: {
        value: '11010519491231002X',
        form: 'resident',
        region: '110105',
        birthDate: '1949-12-31',
        birthYear: 1949,
        sex: 'female',
      },
    })
    expect(checkIdNumber('440524188001010014').parsed).toMatchObject({
      region: '440524',
      birthDate: '1880-01-01',
      sex: 'male',
    })
  })

  it('BIZ-20 takes lower case, blanks and full-width characters', () => {
    expect(checkIdNumber(' 110105 19491231 002x\n').valid).toBe(true)
    expect(checkIdNumber('１１０１０５１９４９１２３１００２Ｘ').parsed?.value).toBe('11010519491231002X')
  })

  it('BIZ-20 finds every wrong digit, as an error on new input and a warning on old records', () => {
    const right = '440524188001010014'
    for (let at = 0; at < 18; at += 1) {
      for (const digit of '0123456789') {
        if (digit === right[at]) continue
        const wrong = right.slice(0, at) + digit + right.slice(at + 1)
        expect(checkIdNumber(wrong).valid).toBe(false)
      }
    }
    expect(checkIdNumber('440524188001010015')).toMatchObject({
      level: 'error',
      message: '身份证号校验位不符',
      parsed: { region: '440524' },
    })
    expect(checkIdNumber('440524188001010015', { origin: 'legacy' })).toMatchObject({
      valid: false,
      level: 'warning',
    })
  })

  it('BIZ-20 reads a permanent residence card without a region', () => {
    const body = '91110119900101001'
    expect(checkIdNumber(body + idNumberCheckCharacter(body))).toMatchObject({
      valid: true,
      parsed: { form: 'permanent-resident', region: null, birthDate: '1990-01-01' },
    })
  })

  it('BIZ-20 turns 15 digits into 18, with a warning', () => {
    expect(upgradeIdNumber('110105491231002')).toBe('11010519491231002X')
    expect(checkIdNumber('110105491231002')).toMatchObject({
      valid: false,
      level: 'warning',
      parsed: { value: '11010519491231002X', form: 'resident-15', birthDate: '1949-12-31' },
    })
    expect(upgradeIdNumber('11010549123100')).toBeNull()
    expect(upgradeIdNumber('11010549123100X')).toBeNull()
  })

  it.each([
    ['', '18位'],
    ['1101051949123100', '18位'],
    ['11010519491231002XX', '18位'],
    ['1101051949123100X2', '18位'],
    ['01010519491231002X', '18位'],
    ['１１０１０５194912310０２A', '18位'],
    ["11010519491231'--", '18位'],
    ['110105194902290010', '不存在'],
    ['110105194913310010', '不存在'],
    ['110105194900000010', '不存在'],
    ['110105999912310010', '不存在'],
    ['110105491331002', '不存在'],
  ])('SEC-2 refuses %j', (value, words) => {
    const result = checkIdNumber(value, { origin: 'legacy' })
    expect(result).toMatchObject({ valid: false, level: 'error', parsed: null })
    expect(result.message).toContain(words)
  })

  it('BIZ-20 knows 29 February of leap years only', () => {
    const on = (day: string) =>
      checkIdNumber(`450302${day}001${idNumberCheckCharacter(`450302${day}001`)}`).valid
    expect(on('20000229')).toBe(true)
    expect(on('19960229')).toBe(true)
    expect(on('19000229')).toBe(false)
    expect(on('19970229')).toBe(false)
  })

  it('SEC-2 answers and never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(checkIdNumber(text).valid).toBe(false)
      }),
    )
  })
})

describe('mobile number', () => {
  it.each([
    '13800138000',
    '+86 138-0013-8000',
    '008613800138000',
    '86 13800138000',
    '１３８００１３８０００',
  ])('BIZ-20 takes %j', (value) => {
    expect(checkMobile(value)).toMatchObject({ valid: true, parsed: { value: '13800138000' } })
  })

  it.each(['12800138000', '0771-2345678', '+4478901234567'])('BIZ-20 doubts %j', (value) => {
    expect(checkMobile(value)).toMatchObject({ valid: false, level: 'warning' })
  })

  it.each(['', '138', '1380013800a', '1380013800013800'])('SEC-2 refuses %j', (value) => {
    expect(checkMobile(value)).toMatchObject({ valid: false, level: 'error', parsed: null })
  })
})
