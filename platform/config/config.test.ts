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
  const wrong = {
    ...{ PORT: '99999', ROLES: 'web,cook', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' },
    ...{ FILES_S3_BUCKET: 'files', FILES_S3_STYLE: 'dns', CLAMD: '127.0.0.1' },
    ...{ DISCIPLINE_URL: 'https://duiwu.example', DISCIPLINE_SECRET: 'short' },
  }
  const fault = (() => {
    try {
      parseConfig(wrong)
    } catch (error) {
      return error
    }
  })()
  expect(fault).toBeInstanceOf(ConfigError)
  expect((fault as ConfigError).faults.map((line) => line.split(':')[0]).sort()).toEqual([
    'CLAMD',
    'DATABASE_URL',
    'DISCIPLINE_READ_SECRET',
    'DISCIPLINE_SECRET',
    'FILES_S3_ACCESS_KEY',
    'FILES_S3_ENDPOINT',
    'FILES_S3_SECRET_KEY',
    'FILES_S3_STYLE',
    'LOG_LEVEL',
    'PORT',
    'ROLES',
  ])
})

test('PLT an empty variable counts as not set', () => {
  expect(parseConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ port: 8420, databaseUrl: undefined })
})

test('PLT-30 an object store and a scanner are configured by the environment', () => {
  const s3 = {
    FILES_S3_ENDPOINT: 'https://obs.cn-north-4.myhuaweicloud.com',
    FILES_S3_BUCKET: 'hengjian-files',
    FILES_S3_ACCESS_KEY: 'key',
    FILES_S3_SECRET_KEY: 'secret',
    FILES_S3_STYLE: 'virtual-host',
  }
  expect(parseConfig({ ...s3, CLAMD: 'unix:/run/clamav/clamd.ctl' })).toMatchObject({
    s3: { bucket: 'hengjian-files', region: 'us-east-1', style: 'virtual-host', prefix: '' },
    scanner: { address: 'unix:/run/clamav/clamd.ctl', whenUnreachable: 'refuse' },
  })
  expect(parseConfig({})).toMatchObject({ s3: undefined, scanner: undefined })
})
