import { describe, expect, test } from 'vitest'
import { checkWalls } from './check-walls.ts'
import type { Import, Sources } from './source-imports.ts'

const imports = (from: string, file?: string, typeOnly = false): Import => ({ from, file, typeOnly, line: 7 })
const sources = (entries: Record<string, Import[]>): Sources => new Map(Object.entries(entries))

describe('walls', () => {
  test('what the design allows passes', () => {
    const findings = checkWalls(
      sources({
        'engines/sm/sm2.ts': [imports('node:crypto'), imports('sm-crypto-v2')],
        'engines/sm/sm2.test.ts': [imports('node:fs')],
        'platform/audit/record.ts': [imports('@hengjian/sm', 'engines/sm/index.ts')],
        'modules/business/contract.ts': [imports('zod'), imports('./kinds.ts', 'modules/business/kinds.ts')],
        'modules/business/kinds.ts': [],
        'modules/supervision/commands/open-case.ts': [
          imports('@hengjian/business', 'modules/business/index.ts'),
        ],
        'apps/console/src/main.tsx': [imports('@hengjian/business/contract', 'modules/business/contract.ts')],
        'modules/business/world.ts': [imports('@hengjian/platform/testing', 'platform/testing/index.ts')],
        'modules/business/business.test.ts': [imports('./world.ts', 'modules/business/world.ts')],
      }),
    )
    expect(findings).toEqual([])
  })

  test.each([
    ['an engine reads files', 'engines/sm/sm2.ts', imports('node:fs'), 'an engine takes bytes'],
    [
      'an engine sees the platform',
      'engines/sm/sm2.ts',
      imports('@hengjian/platform/db', 'platform/db/index.ts'),
      'engines import nothing of ours',
    ],
    [
      'an engine sees another',
      'engines/sm/sm2.ts',
      imports('@hengjian/identifiers', 'engines/identifiers/index.ts'),
      'engines import nothing of ours',
    ],
    [
      'the platform sees a module',
      'platform/db/migrate.ts',
      imports('@hengjian/business', 'modules/business/index.ts'),
      'platform may import',
    ],
    [
      'a module sees an application',
      'modules/identity/index.ts',
      imports('@hengjian/server', 'apps/server/index.ts'),
      'modules may import',
    ],
    [
      'a relative path leaves the package',
      'modules/identity/index.ts',
      imports('../business/tables.ts', 'modules/business/tables.ts'),
      'imported by its name',
    ],
    ['a deep import', 'modules/identity/index.ts', imports('@hengjian/business/tables.ts'), 'no such door'],
    [
      'the console sees the server side',
      'apps/console/src/main.tsx',
      imports('@hengjian/business', 'modules/business/index.ts'),
      'only contracts',
    ],
    [
      'the product uses what tests use',
      'modules/identity/index.ts',
      imports('@hengjian/platform/testing', 'platform/testing/index.ts'),
      'imported by tests only',
    ],
  ])('%s: found', (_, path, it, complaint) => {
    const [finding, ...more] = checkWalls(sources({ [path]: [it] }))
    expect(more).toEqual([])
    expect(finding).toMatch(new RegExp(`^${path}:7 imports ${it.from}: `))
    expect(finding).toContain(complaint)
  })

  test('a contract that reaches the server’s packages over two files is found, with the way', () => {
    const findings = checkWalls(
      sources({
        'modules/business/contract.ts': [imports('./kinds.ts', 'modules/business/kinds.ts')],
        'modules/business/kinds.ts': [imports('drizzle-orm'), imports('pg', undefined, true)],
      }),
    )
    expect(findings).toHaveLength(1)
    expect(findings[0]).toContain('modules/business/contract.ts reaches drizzle-orm')
    expect(findings[0]).toContain('modules/business/contract.ts → modules/business/kinds.ts')
  })

  test('a cycle of modules is found once, types included', () => {
    const findings = checkWalls(
      sources({
        'modules/business/index.ts': [imports('@hengjian/supervision', 'modules/supervision/index.ts', true)],
        'modules/supervision/index.ts': [imports('@hengjian/business', 'modules/business/index.ts')],
      }),
    )
    expect(findings).toEqual(['cycle: modules/business → modules/supervision → modules/business'])
  })
})
