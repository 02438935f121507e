import { expect, test } from 'vitest'
import { ConfigError, parseConfig } from './index.ts'

test('PLT configuration has defaults for everything', () => {
  expect(parseConfig({})).toMatchObject({
    port: 8420,
    roles: ['web', 'worker'],
    databaseUrl: undefined,
    cookieSecure: false,
  })
})

test('PLT all faults of the environment are told together, by variable', () => {
  const wrong = { PORT: '99999', ROLES: 'web,cook', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' }
  const fault = (() => {
    try {
      parseConfig(wrong)
    } catch (error) {
      return error
    }
  })()
  expect(fault).toBeInstanceOf(ConfigError)
  expect((fault as ConfigError).faults.map((line) => line.split(':')[0]).sort()).toEqual([
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'ROLES',
  ])
})

test('PLT an empty variable counts as not set', () => {
  expect(parseConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ port: 8420, databaseUrl: undefined })
})
