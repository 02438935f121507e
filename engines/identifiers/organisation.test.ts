import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkOrganisationCode, checkUscc, organisationCheckCharacter, usccCheckCharacter } from './index.ts'

const real = ['91350100M000100Y43', '91110000802100433B', '9111000071093123XX', '91310000132200821H']

describe('unified social credit code, GB 32100-2015', () => {
  it.each(real)('BIZ-20 accepts %s', (code) => {
    expect(checkUscc(code)).toMatchObject({
      valid: true,
      parsed: { value: code, organisationCode: code.slice(8, 17) },
    })
    expect(usccCheckCharacter(code)).toBe(code[17])
  })

  it('BIZ-20 takes it apart', () => {
    expect(checkUscc('9135 0100 m000 100y 43').parsed).toEqual({
      value: '91350100M000100Y43',
      department: '9',
      entityClass: '1',
      region: '350100',
      organisationCode: 'M000100Y4',
    })
  })

  it('BIZ-20 warns of a wrong check character, and of a wrong one inside', () => {
    expect(checkUscc('91350100M000100Y44')).toMatchObject({ level: 'warning', parsed: { region: '350100' } })
    const inside = '91350100M000100Y5'
    const result = checkUscc(inside + usccCheckCharacter(inside))
    expect(result).toMatchObject({ valid: false, level: 'warning' })
    expect(result.message).toContain('组织机构代码')
  })

  it.each([
    '',
    '91350100M000100Y4',
    '91350100M000100Y433',
    '91350100I000100Y43',
    '9135010OM000100Y43',
    '91A50100M000100Y43',
  ])('SEC-2 refuses %j', (code) => {
    expect(checkUscc(code)).toMatchObject({ valid: false, level: 'error', parsed: null })
  })
})

describe('organisation code, GB 11714-1997', () => {
  it.each(real)('BIZ-20 accepts the one inside %s, with and without hyphen', (code) => {
    const inner = code.slice(8, 17)
    expect(checkOrganisationCode(inner)).toMatchObject({ valid: true, parsed: { value: inner } })
    expect(checkOrganisationCode(`${inner.slice(0, 8)}-${inner[8]}`).valid).toBe(true)
    expect(organisationCheckCharacter(inner)).toBe(inner[8])
  })

  it('BIZ-20 tells new input from old records', () => {
    expect(checkOrganisationCode('802100434')).toMatchObject({
      level: 'error',
      parsed: { value: '802100434' },
    })
    expect(checkOrganisationCode('802100434', { origin: 'legacy' })).toMatchObject({ level: 'warning' })
  })

  it.each(['', '80210043', '8021-00433', '80210043A'])('SEC-2 refuses %j', (code) => {
    expect(checkOrganisationCode(code)).toMatchObject({ valid: false, level: 'error', parsed: null })
  })

  it('SEC-2 answers and never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(checkUscc(text).valid).toBe(false)
        expect(checkOrganisationCode(text).level).toBe('error')
      }),
    )
  })
})
