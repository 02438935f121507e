import { describe, expect, it } from 'vitest'
import {
  checkLicenceClasses,
  checkPlateKind,
  checkRegion,
  checkUseNature,
  checkVehicleType,
  LICENCE_CLASSES,
  PLATE_KINDS,
  regionContains,
  USE_NATURES,
  VEHICLE_CATEGORIES,
  VEHICLE_TYPES,
} from './index.ts'

describe('code tables', () => {
  it('PLT-6 holds the codes of the standards, each with its own name', () => {
    expect(PLATE_KINDS.size).toBe(30)
    expect(USE_NATURES.size).toBe(21)
    expect(VEHICLE_TYPES.size).toBe(38)
    expect(LICENCE_CLASSES.size).toBe(17)
    for (const table of [PLATE_KINDS, USE_NATURES, VEHICLE_TYPES, VEHICLE_CATEGORIES, LICENCE_CLASSES]) {
      expect(new Set(table.values()).size).toBe(table.size)
    }
  })

  it('PLT-6 names a code, and refuses one that is not there', () => {
    expect(checkPlateKind('52').parsed).toEqual({ code: '52', name: '小型新能源汽车' })
    expect(checkPlateKind('2').parsed?.code).toBe('02')
    expect(checkUseNature('ｒ').parsed).toEqual({ code: 'R', name: '危化品运输' })
    for (const value of ['', '28', '022', '__proto__']) {
      expect(checkPlateKind(value)).toMatchObject({ valid: false, level: 'error', parsed: null })
    }
    expect(checkUseNature('Z')).toMatchObject({ valid: false, level: 'error', message: '使用性质代码有误' })
  })

  it('PLT-6 reads a vehicle type, and doubts one it cannot name', () => {
    expect(checkVehicleType('k33')).toMatchObject({
      valid: true,
      parsed: { code: 'K33', name: '小型轿车', category: { code: 'K', name: '客车' } },
    })
    expect(checkVehicleType('B11')).toMatchObject({
      level: 'warning',
      parsed: { name: null, category: { name: '半挂车' } },
    })
    for (const value of ['', 'K3', 'K333', 'A11', 'KA1']) {
      expect(checkVehicleType(value)).toMatchObject({ level: 'error', parsed: null })
    }
    for (const code of VEHICLE_TYPES.keys()) expect(checkVehicleType(code).valid).toBe(true)
  })

  it('BIZ-20 reads the classes of a licence', () => {
    expect(checkLicenceClasses('A2E').parsed?.map((item) => item.code)).toEqual(['A2', 'E'])
    expect(checkLicenceClasses('c1, d').parsed).toEqual([
      { code: 'C1', name: '小型汽车' },
      { code: 'D', name: '普通三轮摩托车' },
    ])
    expect(checkLicenceClasses('C1C1').level).toBe('warning')
    for (const value of ['', 'C', 'C7', 'A', 'C1X', 'B3', '1C']) {
      expect(checkLicenceClasses(value)).toMatchObject({ level: 'error', parsed: null })
    }
    for (const code of LICENCE_CLASSES.keys()) expect(checkLicenceClasses(code).valid).toBe(true)
  })
})

describe('region, GB/T 2260', () => {
  it.each([
    ['450000', 'province', '450000', null, null, null, null],
    ['450300', 'city', '450000', '450300', null, null, null],
    ['450302', 'county', '450000', '450300', '450302', null, null],
    ['429004', 'county', '420000', '429000', '429004', null, null],
    ['450302001', 'street', '450000', '450300', '450302', '450302001', null],
    ['450302001012', 'community', '450000', '450300', '450302', '450302001', '450302001012'],
    ['450302000000', 'county', '450000', '450300', '450302', null, null],
  ])('PLT-6 splits %s', (code, level, province, city, county, street, community) => {
    expect(checkRegion(code).parsed).toEqual({ code, level, province, city, county, street, community })
  })

  it.each([
    '',
    '45',
    '4503',
    '0450302',
    '050302',
    '450002',
    '450300001',
    '450302000001',
    '45030a',
    '4503020',
  ])('SEC-2 refuses %j', (code) => {
    expect(checkRegion(code)).toMatchObject({ valid: false, level: 'error', parsed: null })
  })

  it('PLT-6 knows what lies in what', () => {
    expect(regionContains('450000', '450302')).toBe(true)
    expect(regionContains('450300', '450302')).toBe(true)
    expect(regionContains('450302', '450302')).toBe(true)
    expect(regionContains('450302', '450302001')).toBe(true)
    expect(regionContains('500000', '500101')).toBe(true)
    expect(regionContains('451000', '451002')).toBe(true)
    expect(regionContains('451000', '450302')).toBe(false)
    expect(regionContains('450300', '450402')).toBe(false)
    expect(regionContains('450302', '450300')).toBe(false)
    expect(regionContains('450000', '440000')).toBe(false)
  })
})
