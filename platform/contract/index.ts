/**
 * Contracts: what an operation takes, gives and needs. Pure (schemas only), so that console and portal can import it.
 *
 * A module lists its permissions once and gets from `operationsOf` a function that will not compile with a permission
 * outside that list, nor without one.
 */
import { oc } from '@orpc/contract'
import { z } from 'zod'

/** `public`: no sign-in; `signed-in`: any user; otherwise a permission from the module's list. */
export type OpenPermission = 'public' | 'signed-in'

/** What the server knows of an operation beside its schemas. */
export interface OperationMeta {
  readonly permission: string
  /** The operation needs a fresh second factor (PLT-13). */
  readonly stepUp: boolean
  readonly transaction: 'read' | 'write'
  /** Set for a list that is exported at `<path>/export`. */
  readonly exported?: ExportedList | undefined
}

/** A list that can be had as a file. */
export interface ExportedList {
  /** Name of the list in Chinese. */
  readonly title: string
  /** Filters that hold a person's name or number: the audit log does not repeat them. */
  readonly personal?: readonly string[]
  /** It can also be had as a report (`format: pdf`), which the module's manifest composes. */
  readonly report?: boolean
}

interface OperationOptions<P extends string, I extends z.ZodType, O extends z.ZodType> {
  /** Stable id, `identity.find-users`; also the OpenAPI operation id. */
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: `/${string}`
  permission: P | OpenPermission
  summary: string
  description?: string
  stepUp?: boolean
  transaction?: 'read' | 'write'
  exported?: ExportedList
  /** HTTP status of success; 200 unless told. */
  status?: 200 | 201 | 202 | 204
  input: I
  output: O
}

/** The `operation` function of a module: `const operation = operationsOf(identityPermissions, '用户与权限')`. */
export function operationsOf<const P extends Record<string, string>>(_permissions: P, tag: string) {
  return <I extends z.ZodType, O extends z.ZodType>(options: OperationOptions<keyof P & string, I, O>) =>
    oc
      .$meta<OperationMeta>({ permission: 'signed-in', stepUp: false, transaction: 'write' })
      .meta({
        permission: options.permission,
        stepUp: options.stepUp ?? false,
        transaction: options.transaction ?? (options.method === 'GET' ? 'read' : 'write'),
        exported: options.exported,
      })
      .route({
        method: options.method,
        path: options.path,
        operationId: options.id,
        summary: options.summary,
        description: options.description,
        successStatus: options.status ?? 200,
        tags: [tag],
      })
      .input(options.input)
      .output(options.output)
}

/** Query of a list: keyset cursor and page size. Extend it with the list's own filters. */
export const pageQuery = z.object({
  cursor: z.string().max(400).optional().describe('Cursor of the previous page; leave out for the first'),
  limit: z.number().int().min(1).max(200).default(50).describe('Rows of a page'),
})

/**
 * The columns a list sorts by, each an index or a small table: `sortBy('acceptedAt', 'dueAt')` takes `dueAt` and `-dueAt`.
 * Another column is refused by name.
 */
export const sortBy = <const K extends string>(...columns: readonly K[]) =>
  z
    .enum(
      columns.flatMap((column) => [column, `-${column}` as const]),
      { error: `不能按此列排序，可用的列：${columns.join('、')}` },
    )
    .optional()
    .describe('Column to sort by, led by - for descending')

/** A page of a list. `nextCursor` is null on the last page. `total` is an estimate when `totalExact` is false. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    total: z.number().int().optional(),
  })

/** An instant as ISO 8601 text with zone. */
export const isoInstant = z.iso.datetime({ offset: true })
/** A calendar day, `2026-11-20`. */
export const isoDay = z.iso.date()

/** RFC 9457 problem document as every failed call answers it. */
export const problemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  data: z.unknown().optional(),
})
export type ProblemDocument = z.infer<typeof problemDocument>
