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
import type { ExportColumn, ReportMaker } from './export-list.ts'

/** Handler of one operation: parsed input in, output out. */
export type Handler<C> =
  // biome-ignore lint/suspicious/noExplicitAny: error map and meta do not matter to a handler
  C extends ContractProcedure<infer I extends AnySchema, infer O extends AnySchema, any, any>
    ? (ctx: RequestContext, input: InferSchemaOutput<I>) => Promise<InferSchemaInput<O>>
    : never

/** One handler per operation of the contract: a missing one does not compile. */
export type Handlers<C extends Record<string, AnyContractRouter>> = { [K in keyof C]: Handler<C[K]> }

/** Columns of the lists that the contract marks as exported. */
type Exports<C extends Record<string, AnyContractRouter>> = {
  readonly [K in keyof C]?: readonly ExportColumn<RowOf<C[K]>>[]
}

/** Reports of the lists that the contract marks as having one. */
type Reports<C extends Record<string, AnyContractRouter>> = {
  readonly [K in keyof C]?: ReportMaker<Parameters<Handler<C[K]>>[1], Awaited<ReturnType<Handler<C[K]>>>>
}

/** Row of a list operation, as its handler answers it. */
type RowOf<C> =
  // biome-ignore lint/suspicious/noExplicitAny: as above
  C extends ContractProcedure<any, infer O extends AnySchema, any, any>
    ? InferSchemaOutput<O> extends { items: (infer R)[] }
      ? R
      : never
    : never

/** What a module brings to the house. */
export interface ModuleManifest {
  readonly name: string
  /** Permission → Chinese label. */
  readonly permissions: Readonly<Record<string, string>>
  readonly contract: Record<string, AnyContractRouter>
  // biome-ignore lint/suspicious/noExplicitAny: handlers of different contracts in one list
  readonly handlers: Record<string, Preparable<any, any>>
  /** Columns of exported lists, by the key of their operation. */
  // biome-ignore lint/suspicious/noExplicitAny: rows of different lists
  readonly exports?: Readonly<Record<string, readonly ExportColumn<any>[] | undefined>>
  /** Reports of exported lists, by the key of their operation. */
  // biome-ignore lint/suspicious/noExplicitAny: inputs of different lists
  readonly reports?: Readonly<Record<string, ReportMaker<any, any> | undefined>>
  /** Routes that stream (uploads) and cannot be operations. */
  readonly routes?: (app: FastifyInstance, services: Services) => void
}

/** Declare a module; checks by type that every operation has its handler. */
export const defineModule = <C extends Record<string, AnyContractRouter>>(
  manifest: Omit<ModuleManifest, 'contract' | 'handlers' | 'exports' | 'reports'> & {
    contract: C
    handlers: Handlers<C>
    exports?: Exports<C>
    reports?: Reports<C>
  },
): ModuleManifest => manifest as unknown as ModuleManifest
