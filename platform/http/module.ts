/** A module declares itself in one small manifest; the composition root lists the manifests. */

import type { RequestContext, Services } from '@hengjian/platform/context'
import type {
  AnyContractRouter,
  AnySchema,
  ContractProcedure,
  InferSchemaInput,
  InferSchemaOutput,
} from '@orpc/contract'
import type { FastifyInstance } from 'fastify'
import type { Preparable } from './call.ts'

/** Handler of one operation: parsed input in, output out. */
export type Handler<C> =
  // biome-ignore lint/suspicious/noExplicitAny: error map and meta do not matter to a handler
  C extends ContractProcedure<infer I extends AnySchema, infer O extends AnySchema, any, any>
    ? (ctx: RequestContext, input: InferSchemaOutput<I>) => Promise<InferSchemaInput<O>>
    : never

/** One handler per operation of the contract: a missing one does not compile. */
export type Handlers<C extends Record<string, AnyContractRouter>> = { [K in keyof C]: Handler<C[K]> }

/** What a module brings to the house. */
export interface ModuleManifest {
  readonly name: string
  /** Permission → Chinese label. */
  readonly permissions: Readonly<Record<string, string>>
  readonly contract: Record<string, AnyContractRouter>
  // biome-ignore lint/suspicious/noExplicitAny: handlers of different contracts in one list
  readonly handlers: Record<string, Preparable<any, any>>
  /** Routes that stream (uploads, exports) and cannot be operations. */
  readonly routes?: (app: FastifyInstance, services: Services) => void
}

/** Declare a module; checks by type that every operation has its handler. */
export const defineModule = <C extends Record<string, AnyContractRouter>>(
  manifest: Omit<ModuleManifest, 'contract' | 'handlers'> & { contract: C; handlers: Handlers<C> },
): ModuleManifest => manifest as unknown as ModuleManifest
