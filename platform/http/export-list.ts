/**
 * `POST <path of a list>/export`: what the list's filters find, as CSV or XLSX, under the caller's scope and masked as
 * the list masks it (PLT-40). The file is made page by page into a nameless file on disk; then the export is recorded
 * (PLT-20) and only then the first byte leaves. So memory stays the same however long the list is, and nobody gets
 * rows that the audit log does not tell of. A list that has a report gives it as PDF by the same road.
 */
import { mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { newId, type RequestContext, type Services } from '@hengjian/platform/context'
import type { OperationMeta } from '@hengjian/platform/contract'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { type Report, writeReport } from '@hengjian/platform/reports'
import { type Cell, csvSheet, type Sheet, type WriteBytes, xlsxSheet } from '@hengjian/platform/sheets'
import type { AnyContractRouter } from '@orpc/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { admit, type Preparable, runAs } from './call.ts'
import type { ModuleManifest } from './module.ts'

/** A column of an export: its key as the console's list has it, and what stands in its cells. */
export interface ExportColumn<R> {
  readonly key: string
  readonly title: string
  readonly of: (row: R) => Cell
}

/** Composes the report of a list under the caller's scope: `find` asks the list, `as` runs work in a transaction. */
export type ReportMaker<I, O> = (
  road: { find(input: I): Promise<O>; as<T>(work: (ctx: RequestContext) => Promise<T>): Promise<T> },
  input: I,
) => Promise<Report>

/** Rows read at a time: a page of them is all that is held. */
const PAGE = 1000

/** What exports need beside the services. */
export interface ExportOptions {
  /** Most rows of one export for the caller (a parameter of the installation). */
  rowLimitOf(ctx: RequestContext): Promise<number>
  /** How the request came in. */
  originOf(request: FastifyRequest): Parameters<typeof admit>[3]
}

type ListPage = { items: unknown[]; nextCursor?: string | null }

interface ListOperation {
  readonly id: string
  readonly path: string
  readonly meta: OperationMeta
  readonly input: z.ZodObject
  readonly columns: readonly ExportColumn<unknown>[]
  readonly report: ReportMaker<unknown, ListPage> | undefined
  readonly find: Preparable<unknown, ListPage>
}

const formats = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
}

/** What an export takes beside the filters and the order of its list. */
const exportInput = z.object({
  format: z.enum(['csv', 'xlsx', 'pdf']).default('csv').describe('pdf: of lists that have a report'),
  columns: z.array(z.string()).min(1).max(100).optional(),
})

/** The exports of contracts by module name, as paths of the OpenAPI description. */
export function exportPathsOf(contract: Record<string, AnyContractRouter>): Record<string, object> {
  const problem = { description: 'RFC 9457 问题文档', content: { 'application/problem+json': {} } }
  const described = Object.values(contract)
    .flatMap((operations) => Object.values(operations).map(definitionOf))
    .flatMap(({ meta, route, inputSchema }) => {
      if (!meta.exported) return []
      const { properties } = z.toJSONSchema(inputSchema, { io: 'input' })
      const { cursor: _cursor, limit: _limit, ...filters } = { ...properties }
      const body = z.toJSONSchema(exportInput, { io: 'input' })
      const schema = { type: 'object', properties: { ...body.properties, ...filters } }
      const operation = {
        operationId: `${route.operationId}.export`,
        summary: `导出${meta.exported.title}`,
        description: `筛选与排序同列表；须有列表的权限，按本人数据范围，个人信息遮蔽同列表；导出记入审计日志后才返回文件。${
          meta.exported.report ? 'format 为 pdf 时是报告，含图表与各项分组，不选列。' : '没有 pdf 格式。'
        }`,
        tags: route.tags,
        parameters: [...route.path.matchAll(IN_PATH)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        requestBody: { content: { 'application/json': { schema } } },
        responses: {
          200: {
            description: '文件；x-export-rows 为行数',
            content: Object.fromEntries(
              Object.entries(formats)
                .filter(([format]) => format !== 'pdf' || meta.exported?.report)
                .map(([, type]) => [type, {}]),
            ),
          },
          400: problem,
          403: problem,
          422: problem,
        },
      }
      return [[`${route.path}/export`, { post: operation }] as const]
    })
  return Object.fromEntries(described)
}

/** A parameter in a path, as contracts write it. */
const IN_PATH = /\{(\w+)\}/g

interface Definition {
  readonly meta: OperationMeta
  readonly route: { path: string; operationId: string; tags: readonly string[] }
  readonly inputSchema: z.ZodObject
}
const definitionOf = (procedure: AnyContractRouter): Definition =>
  (procedure as unknown as { '~orpc': Definition })['~orpc']

/** Routes of all lists of a module that its contract marks as exported. Throws when one has no columns. */
export function addExports(
  app: FastifyInstance,
  services: Services,
  module: ModuleManifest,
  options: ExportOptions,
): void {
  /** Who is being served: an export takes a while and a connection, one at a time is enough for a person. */
  const busy = new Set<string>()
  for (const list of exportedLists(module))
    app.post(`/api${list.path.replaceAll(IN_PATH, ':$1')}/export`, async (request, reply) => {
      const { actor } = request
      await admit(services, list, actor, options.originOf(request))
      if (busy.has(actor.id)) throw new Problem(platformErrors.export_running)
      busy.add(actor.id)
      try {
        return await answerExport(services, list, options, request, reply)
      } finally {
        busy.delete(actor.id)
      }
    })
}

function exportedLists(module: ModuleManifest): ListOperation[] {
  return Object.entries(module.contract).flatMap(([key, procedure]) => {
    const { meta, route, inputSchema } = definitionOf(procedure)
    if (!meta.exported) return []
    const columns = module.exports?.[key]
    if (!columns) throw new Error(`${module.name}.${key} is marked as exported and has no columns`)
    const report = module.reports?.[key]
    if (Boolean(report) !== Boolean(meta.exported.report))
      throw new Error(`${module.name}.${key}: its contract and its manifest differ about a report`)
    const find = module.handlers[key]!
    return [{ id: route.operationId, path: route.path, meta, input: inputSchema, columns, report, find }]
  })
}

async function answerExport(
  services: Services,
  list: ListOperation,
  options: ExportOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = readInput(list, { ...(request.body ?? {}), ...(request.params as object) })
  const { format, filters } = asked
  const as = <T>(work: (ctx: RequestContext) => Promise<T>) =>
    runAs(services, request.actor, options.originOf(request), work)
  const find = async (input: unknown) => {
    const prepared = await list.find.prepare?.(services, request.actor, input, options.originOf(request))
    return as((ctx) => list.find(ctx, input, prepared))
  }
  const limit = await as((ctx) => options.rowLimitOf(ctx))
  const file = await namelessFile(join(services.config.dataDir, 'exports'))
  try {
    const write = (bytes: Uint8Array) => file.write(bytes)
    const made =
      format === 'pdf'
        ? await printReport(list, { find, as }, filters, limit, write)
        : await fillSheet({ ...asked, format }, list, find, limit, write)
    await as((ctx) =>
      ctx.audit.record({
        action: `${list.id}.export`,
        object: { kind: 'list', id: list.id },
        after: {
          format,
          rows: made.rows,
          ...(format === 'pdf' ? {} : { columns: asked.columns.map(({ key }) => key) }),
          filters: withoutPersonal(list.meta, filters),
        },
      }),
    )
    return await reply
      .type(formats[format])
      .header('content-disposition', attachment(list.id, made.title, localTime(services), format))
      .header('content-length', (await file.stat()).size)
      .header('x-export-rows', made.rows)
      .send(file.createReadStream({ start: 0 }))
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The file's name for those who read Chinese (RFC 8187), and for those who do not. */
function attachment(id: string, title: string, time: string, format: string): string {
  const name = `${title}-${time.slice(0, 10)}.${format}`.replaceAll(/[\\/:*?"<>|]/g, ' ')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${id}.${format}"; filename*=UTF-8''${encoded}`
}

const localTime = ({ clock }: Services): string => exportInstant(clock.now().toISOString())!

/** The report of a list; its rows are those of its tables. */
async function printReport(
  list: ListOperation,
  road: Parameters<ReportMaker<unknown, ListPage>>[0],
  filters: Record<string, unknown>,
  limit: number,
  write: WriteBytes,
): Promise<{ rows: number; title: string }> {
  const report = await list.report!(road, filters)
  const rows = report.sections.reduce((sum, { table }) => sum + (table?.rows.length ?? 0), 0)
  if (rows > limit) throw tooLarge(limit)
  const stamp = await road.as(async (ctx) => ({
    name: ctx.actor.name,
    at: ctx.clock.now(),
    time: localTime(ctx),
  }))
  await writeReport(report, stamp, write)
  return { rows, title: report.title }
}

async function fillSheet(
  { format, columns, filters }: ReturnType<typeof readInput> & { format: 'csv' | 'xlsx' },
  list: ListOperation,
  find: (input: unknown) => Promise<ListPage>,
  limit: number,
  write: WriteBytes,
): Promise<{ rows: number; title: string }> {
  const { title } = list.meta.exported!
  const titles = columns.map((column) => column.title)
  const sheet = format === 'csv' ? csvSheet(titles, write) : xlsxSheet(title, titles, write)
  return { rows: await fill(sheet, find, columns, filters, limit), title }
}

const tooLarge = (limit: number): Problem =>
  new Problem(platformErrors.export_too_large, {
    detail: `一次最多导出 ${limit} 行，请缩小筛选范围后分次导出。`,
    data: { limit },
  })

function readInput(list: ListOperation, input: object) {
  const asked = exportInput.safeParse(input)
  const filters = list.input.safeParse(input)
  const known = new Map(list.columns.map((column) => [column.key, column]))
  const unknown = (asked.data?.columns ?? []).filter((key) => !known.has(key))
  const issues = [
    ...[...(asked.error?.issues ?? []), ...(filters.error?.issues ?? [])].map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
    })),
    ...(unknown.length ? [{ path: 'columns', message: `没有这些列：${unknown.join('、')}` }] : []),
    ...(asked.data?.format === 'pdf' && !list.report
      ? [{ path: 'format', message: '该列表没有 PDF 报告，可导出 csv、xlsx' }]
      : []),
    ...(asked.data?.format === 'pdf' && asked.data.columns
      ? [{ path: 'columns', message: 'PDF 报告不选列' }]
      : []),
  ]
  if (!asked.success || !filters.success || issues.length > 0)
    throw new Problem(platformErrors.invalid_input, { issues })
  const { cursor: _cursor, limit: _limit, ...rest } = filters.data
  return {
    format: asked.data.format,
    columns: asked.data.columns?.map((key) => known.get(key)!) ?? list.columns,
    filters: rest as Record<string, unknown>,
  }
}

/** A file that has no name any more: gone when it is closed, or the process dies. */
async function namelessFile(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, newId())
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  return file
}

/** Write all rows; answers how many. Throws `platform.export_too_large` when there are more than `limit`. */
async function fill(
  sheet: Sheet,
  load: (input: unknown) => Promise<ListPage>,
  columns: readonly ExportColumn<unknown>[],
  filters: Record<string, unknown>,
  limit: number,
): Promise<number> {
  let rows = 0
  for (let cursor: string | null | undefined; cursor !== null; ) {
    // Each page in a transaction of its own: none stays open for as long as an export takes.
    const page = await load({ ...filters, cursor, limit: PAGE })
    rows += page.items.length
    cursor = page.nextCursor ?? null
    if (rows > limit || (rows === limit && cursor !== null)) throw tooLarge(limit)
    await sheet.add(page.items.map((row) => columns.map(({ of }) => of(row))))
  }
  await sheet.end()
  return rows
}

/** Filters as they are recorded: that a person's number was asked for, not which. */
const withoutPersonal = ({ exported }: OperationMeta, filters: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, exported?.personal?.includes(key) ? '（已隐去）' : value]),
  )

/** An instant as a spreadsheet sorts it: local time to the second. */
export const exportInstant = (instant: string | null | undefined): string | null =>
  instant
    ? Temporal.Instant.from(instant)
        .toZonedDateTimeISO('Asia/Shanghai')
        .toPlainDateTime()
        .toString({ smallestUnit: 'second' })
        .replace('T', ' ')
    : null
