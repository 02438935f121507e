import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shippedSettings } from '../security-settings.ts'
import { entryRefusal, isWithin } from './entry.ts'
import { afterFailure, isLocked, noFailures } from './lockout.ts'
import { mustChangePassword, newInitialPassword, passwordFaults } from './password.ts'
import { isWithinScope, lineage, reaches } from './reach.ts'
import { classesFor, notForClass, singleClass } from './role-classes.ts'
import { isAlive, secondFactorDue, steppedUpUntil } from './session.ts'
import { acceptedStep, newTotpSecret, totpCode, totpUri } from './totp.ts'

const at = (text: string) => new Date(`2026-11-18T${text}+08:00`)
const later = (from: Date, minutes: number) => new Date(from.getTime() + minutes * 60_000)

describe('passwords', () => {
  test.each([
    ['Abcdefg1', []],
    ['abcdef-1', []],
    ['ABCDEF-1', []],
    ['Abc-1', ['密码至少 8 位']],
    ['abcdefg1', ['密码须包含大写字母、小写字母、数字、符号中的至少三类']],
    ['12345678', ['密码须包含大写字母、小写字母、数字、符号中的至少三类']],
    ['xZhangSan-1', ['密码不得包含用户名']],
    ['密码密码密码Ab1', []],
  ])('PLT-10 %s', (password, faults) => {
    expect(passwordFaults(password, 'zhangsan', shippedSettings)).toEqual(faults)
  })

  test('PLT-10 initial passwords satisfy the rules and differ', () => {
    const made = new Set(Array.from({ length: 200 }, newInitialPassword))
    expect(made.size).toBe(200)
    for (const password of made) expect(passwordFaults(password, 'zhangsan', shippedSettings)).toEqual([])
  })

  test('PLT-10 an initial password, and one of 90 days, must be changed', () => {
    const passwordChangedAt = at('10:00')
    const due = (mustChange: boolean, days: number) =>
      mustChangePassword(
        { mustChange, passwordChangedAt },
        later(passwordChangedAt, days * 1440),
        shippedSettings,
      )
    expect(due(true, 0)).toBe(true)
    expect(due(false, 89.999)).toBe(false)
    expect(due(false, 90)).toBe(true)
  })
})

describe('lockout', () => {
  const fail = (times: readonly number[]) =>
    times.reduce(
      (state, minute) => afterFailure(state, later(at('10:00'), minute), shippedSettings),
      noFailures,
    )

  test('PLT-10 the fifth failure within 15 minutes locks for 15 minutes', () => {
    expect(fail([0, 1, 2, 3]).lockedUntil).toBeNull()
    const locked = fail([0, 1, 2, 3, 14.9])
    expect(locked.lockedUntil).toEqual(later(at('10:00'), 29.9))
    expect(isLocked(locked, later(at('10:00'), 29.8))).toBe(true)
    expect(isLocked(locked, later(at('10:00'), 29.9))).toBe(false)
  })

  test('PLT-10 failures further apart do not add up', () => {
    expect(fail([0, 4, 8, 12, 15]).failedCount).toBe(1)
    expect(fail([0, 4, 8, 12, 15]).lockedUntil).toBeNull()
  })

  test('PLT-10 failures while locked do not prolong the lock; after it a new window begins', () => {
    expect(fail([0, 1, 2, 3, 4, 10]).lockedUntil).toEqual(later(at('10:00'), 19))
    expect(fail([0, 1, 2, 3, 4, 19])).toMatchObject({ failedCount: 1, lockedUntil: null })
  })
})

describe('entry', () => {
  const open = {
    state: 'active',
    unitState: 'active',
    validFrom: null,
    validUntil: null,
    permittedAddresses: [],
    permittedHours: null,
  }

  test('PLT-2 addresses and networks of both families; what cannot be read lies in none', () => {
    expect(isWithin('10.1.2.3', ['10.1.0.0/16'])).toBe(true)
    expect(isWithin('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBe(true)
    expect(isWithin('10.2.0.0', ['10.1.0.0/16', '10.2.0.1'])).toBe(false)
    expect(isWithin('2001:db8::7', ['2001:db8::/32'])).toBe(true)
    expect(isWithin('2001:db9::7', ['2001:db8::/32'])).toBe(false)
    expect(isWithin('', ['10.0.0.0/8'])).toBe(false)
  })

  test('PLT-2 validity counts days of Shanghai, the last one included', () => {
    const limited = { ...open, validFrom: '2026-11-18', validUntil: '2026-11-18' }
    expect(entryRefusal(limited, '::1', new Date('2026-11-17T15:59:59Z'))).toBe('not-valid')
    expect(entryRefusal(limited, '::1', new Date('2026-11-17T16:00:00Z'))).toBeNull()
    expect(entryRefusal(limited, '::1', new Date('2026-11-18T15:59:59Z'))).toBeNull()
    expect(entryRefusal(limited, '::1', new Date('2026-11-18T16:00:00Z'))).toBe('not-valid')
  })

  test('PLT-2 hours across midnight belong to the day they began', () => {
    // 2026-11-18 is a Wednesday (3).
    const night = { ...open, permittedHours: { days: [3], from: '22:00', to: '06:00' } }
    const refusal = (text: string) => entryRefusal(night, '::1', new Date(text))
    expect(refusal('2026-11-18T22:00:00+08:00')).toBeNull()
    expect(refusal('2026-11-19T05:59:00+08:00')).toBeNull()
    expect(refusal('2026-11-19T06:00:00+08:00')).toBe('hours')
    expect(refusal('2026-11-18T05:00:00+08:00')).toBe('hours')
    expect(refusal('2026-11-19T22:00:00+08:00')).toBe('hours')
  })

  test('a disabled account and a closed unit let nobody in', () => {
    expect(entryRefusal({ ...open, state: 'disabled' }, '::1', at('10:00'))).toBe('disabled')
    expect(entryRefusal({ ...open, unitState: 'closed' }, '::1', at('10:00'))).toBe('unit-closed')
  })
})

test('PLT-10 sessions live 30 minutes from last use and 12 hours from sign-in', () => {
  const begun = at('00:00')
  const alive = (last: number, now: number) =>
    isAlive({ createdAt: begun, lastSeenAt: later(begun, last) }, later(begun, now), shippedSettings)
  expect(alive(0, 29.9)).toBe(true)
  expect(alive(0, 30)).toBe(false)
  expect(alive(719, 719.9)).toBe(true)
  expect(alive(719, 720)).toBe(false)
  expect(steppedUpUntil(begun, later(begun, 9.9))).toEqual(later(begun, 10))
  expect(steppedUpUntil(begun, later(begun, 10))).toBeNull()
  expect(steppedUpUntil(null, begun)).toBeNull()
})

describe('one-time codes', () => {
  // RFC 6238 appendix B, SHA-1, last six of the eight digits; secret "12345678901234567890".
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  test.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
  ])('PLT-13 RFC 6238 at %i s', (seconds, code) => {
    const now = new Date(seconds * 1000)
    expect(totpCode(secret, now)).toBe(code)
    expect(acceptedStep(secret, code, null, now)).toBe(Math.floor(seconds / 30))
  })

  test('PLT-13 a step counts once, its neighbours in time still do, older ones no more', () => {
    const now = at('10:00')
    const step = Math.floor(now.getTime() / 30_000)
    const code = (steps: number) => totpCode(secret, later(now, steps / 2))
    expect(acceptedStep(secret, code(0), step, now)).toBeNull()
    expect(acceptedStep(secret, code(0), step - 1, now)).toBe(step)
    expect(acceptedStep(secret, code(1), step, now)).toBe(step + 1)
    expect(acceptedStep(secret, code(-1), step, now)).toBeNull()
    expect(acceptedStep(secret, code(3), null, now)).toBeNull()
  })

  test('secrets have 160 bits; the address names issuer and account', () => {
    const made = newTotpSecret()
    expect(made).toMatch(/^[A-Z2-7]{32}$/)
    expect(decodeURIComponent(totpUri(made, 'zhangsan'))).toContain('衡鉴:zhangsan')
  })
})

describe('administrators', () => {
  test('PLT-5 the audit log is for audit administrators alone', () => {
    expect(classesFor('administration.audit.find')).toEqual(['audit'])
    for (const roleClass of ['business', 'system', 'security'] as const)
      expect(notForClass(roleClass, ['administration.audit.find'])).toEqual(['administration.audit.find'])
  })

  test('PLT-5 administrators do no business, handlers administer nothing', () => {
    for (const roleClass of ['system', 'security', 'audit'] as const)
      expect(notForClass(roleClass, ['business.transaction.accept'])).toHaveLength(1)
    const administrative = ['identity.user.create', 'identity.role.assign', 'administration.parameter.update']
    expect(notForClass('business', administrative)).toEqual(administrative)
    expect(notForClass('system', administrative)).toEqual(['identity.role.assign'])
    expect(notForClass('security', ['identity.role.assign', 'identity.totp.reset'])).toEqual([])
    expect(notForClass('security', ['identity.user.reset'])).toHaveLength(1)
  })

  test('PLT-5 roles of two classes have no common class', () => {
    expect(singleClass([])).toBe('business')
    expect(singleClass(['audit', 'audit'])).toBe('audit')
    expect(singleClass(['audit', 'system'])).toBeNull()
    expect(singleClass(['business', 'security'])).toBeNull()
  })
})

describe('reach', () => {
  test('PLT-4 scopes by width', () => {
    expect(isWithinScope('unit', 'unit_and_below')).toBe(true)
    expect(isWithinScope('all', 'unit_and_below')).toBe(false)
  })

  test('PLT-4 a scope reaches what lies in it and nothing beside it', () => {
    const holder = { unitPath: '/45/4503/' }
    expect(reaches({ ...holder, scope: 'unit' }, '/45/4503/')).toBe(true)
    expect(reaches({ ...holder, scope: 'unit' }, '/45/4503/450302/')).toBe(false)
    expect(reaches({ ...holder, scope: 'unit_and_below' }, '/45/4503/450302/')).toBe(true)
    expect(reaches({ ...holder, scope: 'unit_and_below' }, '/45/45030/')).toBe(false)
    expect(reaches({ ...holder, scope: 'unit_and_below' }, '/45/')).toBe(false)
    expect(reaches({ ...holder, scope: 'all' }, '/46/')).toBe(true)
  })

  test('a unit is in the reach of every unit of its line', () => {
    const code = fc.stringMatching(/^[0-9A-Za-z_-]{1,6}$/)
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 6 }), (codes) => {
        const path = `/${codes.join('/')}/`
        const line = lineage(path)
        expect(line.at(-1)).toBe(path)
        for (const unitPath of line) expect(reaches({ scope: 'unit_and_below', unitPath }, path)).toBe(true)
      }),
    )
  })
})

test('PLT-13 a required second factor: enrolled first, then given; only by those it is asked of', () => {
  const given = new Date()
  const due = (totpRequired: 'none' | 'administrators' | 'all', roleClass: 'business' | 'audit') =>
    [null, given].flatMap((at) =>
      [false, true].map((enrolled) => secondFactorDue({ roleClass, enrolled }, at, { totpRequired })),
    )
  expect(due('none', 'audit')).toEqual([null, null, null, null])
  expect(due('administrators', 'business')).toEqual([null, null, null, null])
  expect(due('administrators', 'audit')).toEqual(['enrol', 'code', 'enrol', null])
  expect(due('all', 'business')).toEqual(['enrol', 'code', 'enrol', null])
})
