import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlate, checkVin, PLATE_KINDS, type PlateForm, vinCheckCharacter } from './index.ts'

describe('VIN, GB 16735-2019', () => {
  it.each(['1M8GDM9AXKP042788', '1HGCM82633A004352'])('BIZ-20 accepts %s', (vin) => {
    expect(checkVin(vin)).toMatchObject({ valid: true, parsed: { value: vin, checkCharacter: vin[8] } })
    expect(vinCheckCharacter(vin)).toBe(vin[8])
  })

  it('BIZ-20 takes it apart', () => {
    expect(checkVin('1m8gdm9axkp042788').parsed).toEqual({
      value: '1M8GDM9AXKP042788',
      manufacturer: '1M8',
      descriptor: 'GDM9A',
      checkCharacter: 'X',
      modelYearCode: 'K',
      plantCode: 'P',
      serial: '042788',
    })
  })

  it('BIZ-20 only warns of a wrong check character', () => {
    expect(checkVin('1M8GDM9A0KP042788')).toMatchObject({
      valid: false,
      level: 'warning',
      parsed: { plantCode: 'P' },
    })
  })

  it.each([
    '',
    '1M8GDM9AXKP04278',
    '1M8GDM9AXKP0427888',
    '1M8GDM9AXKPO42788',
    '1M8GDM9AXKPI42788',
    '1M8GDM9AXKPQ42788',
  ])('SEC-2 refuses %j', (vin) => {
    expect(checkVin(vin)).toMatchObject({ valid: false, level: 'error', parsed: null })
  })
})

describe('number plate, GA 36-2018', () => {
  it.each<[string, PlateForm, string]>([
    ['桂A12345', 'ordinary', '02'],
    ['京AB1C23', 'ordinary', '01'],
    ['桂O12345', 'ordinary', '02'],
    ['桂A1234学', 'coach', '16'],
    ['桂A1234警', 'police', '23'],
    ['桂A1234挂', 'trailer', '15'],
    ['粤ZA123港', 'hong-kong', '26'],
    ['粤ZA123澳', 'macao', '27'],
    ['桂AD12345', 'new-energy-small', '52'],
    ['桂A12345D', 'new-energy-large', '51'],
    ['使123456', 'embassy', '03'],
    ['沪A0023领', 'consulate', '04'],
  ])('BIZ-20 knows %s as %s, kind %s', (plate, form, kind) => {
    expect(checkPlate(plate)).toMatchObject({ valid: true, parsed: { value: plate, form } })
    expect(checkPlate(plate, { kind }).valid).toBe(true)
    const others = [...PLATE_KINDS.keys()].filter((other) => !checkPlate(plate, { kind: other }).valid)
    expect(others).not.toContain(kind)
    expect(others.length).toBeGreaterThan(8)
  })

  it('BIZ-20 reads province, authority and power', () => {
    expect(checkPlate('桂a·d12345').parsed).toEqual({
      value: '桂AD12345',
      form: 'new-energy-small',
      province: '桂',
      authority: 'A',
      power: 'battery',
    })
    const power = (plate: string) => checkPlate(plate).parsed?.power
    expect('ABCDE'.split('').map((letter) => power(`桂A${letter}12345`))).toEqual(Array(5).fill('battery'))
    expect('FGHJK'.split('').map((letter) => power(`桂A12345${letter}`))).toEqual(Array(5).fill('other'))
    expect(power('桂A12345')).toBeNull()
  })

  it('BIZ-20 tells a plate that does not suit its kind', () => {
    expect(checkPlate('桂A12345', { kind: '52' })).toMatchObject({
      level: 'error',
      message: '号牌号码与号牌种类不符',
      parsed: { form: 'ordinary' },
    })
    expect(checkPlate('桂AD12345', { kind: '02' }).valid).toBe(false)
    expect(checkPlate('桂A1234学', { kind: '99' }).valid).toBe(true)
  })

  it('BIZ-20 takes temporary plates with their kind only', () => {
    expect(checkPlate('桂A临123456', { kind: '22' })).toMatchObject({
      valid: true,
      parsed: { form: 'temporary' },
    })
    expect(checkPlate('桂A临123456').valid).toBe(false)
    expect(checkPlate('<b>', { kind: '22' }).valid).toBe(false)
  })

  it.each([
    '',
    '桂',
    'A12345',
    '桂1A2345',
    '桂A1234',
    '桂A123456',
    '桂AI1234',
    '桂A1234O',
    '桂AL12345',
    '港A12345',
    '粤A1234港',
    '使12345',
    '桂A12345D7',
    '桂A1234学学',
  ])('SEC-2 refuses %j', (plate) => {
    expect(checkPlate(plate)).toMatchObject({ valid: false, level: 'error', parsed: null })
  })

  it('SEC-2 answers and never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(undefined, ...PLATE_KINDS.keys()),
        (text, kind) => {
          const result = checkPlate(`桂A${text}`, kind === undefined ? {} : { kind })
          expect(result.valid).toBe(result.level === null)
          expect(checkVin(text).valid).toBe(false)
        },
      ),
    )
  })
})
