import { createRequire } from 'node:module'
import { businessContract } from '@hengjian/business/contract'
import { expect, test } from 'vitest'
import { contractRoutes } from './contract-routes.ts'

const load = contractRoutes().load as unknown as (id: string) => Promise<string | null>

test('the browser gets where every operation of a contract is, and no schema', async () => {
  const code = await load(createRequire(import.meta.url).resolve('@hengjian/business/contract'))
  const routes = JSON.parse(/export const businessContract = (.*)/.exec(code ?? '')![1]!)
  const expected = Object.entries(businessContract).map(([name, procedure]) => {
    const { method, path } = procedure['~orpc'].route
    return [name, method, path]
  })
  const got = Object.keys(routes).map((name) => {
    const { method, path } = routes[name]['~orpc'].route
    return [name, method, path]
  })
  expect(got).toEqual(expected)
  expect(code).not.toMatch(/inputSchema|outputSchema|zod/)
})

test('other files are left to the build', async () => {
  expect(await load('/anywhere/modules/business/kinds.ts')).toBeNull()
})
