/**
 * The browser needs of a contract where its operations are, not their schemas: the server checks what it is sent. So a
 * build takes of a module's contract the routes alone, and leaves the schemas, and with them zod, behind.
 */
import { pathToFileURL } from 'node:url'
import { type AnyContractRouter, isContractProcedure } from '@orpc/contract'
import type { Plugin } from 'vite'

const CONTRACT = /\/modules\/[^/]+\/contract(\/index)?\.ts$/

/** Vite plugin. A page that imports anything but a contract's router (a schema, say) does not build. */
export const contractRoutes = (): Plugin => ({
  name: 'contract-routes',
  enforce: 'pre',
  async load(id) {
    if (!CONTRACT.test(id)) return null
    const exported = (await import(pathToFileURL(id).href)) as Record<string, unknown>
    return Object.entries(exported)
      .filter((entry): entry is [string, Record<string, AnyContractRouter>] => isRouter(entry[1]))
      .map(([name, router]) => `export const ${name} = ${JSON.stringify(routesOf(router))}`)
      .join('\n')
  },
})

/** Operations by name, and nothing else. */
const isRouter = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).length > 0 &&
  Object.values(value).every((it) => isContractProcedure(it))

function routesOf(router: Record<string, AnyContractRouter>): object {
  return Object.fromEntries(
    Object.entries(router).map(([name, procedure]) => {
      if (!isContractProcedure(procedure)) throw new Error(`${name} is no operation`)
      const { method, path, successStatus } = procedure['~orpc'].route
      return [name, { '~orpc': { errorMap: {}, meta: {}, route: { method, path, successStatus } } }]
    }),
  )
}
