/** `GET /api/audit-entries/export`: the audit log as CSV, streamed page by page; the export itself is recorded. */
import { Readable } from 'node:stream'
import { type Actor, type Services, scopeOf } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { callOperation, originOf } from '@hengjian/platform/http'
import type { FastifyInstance } from 'fastify'
import { pageOfEntries } from './audit-entries.ts'
import { type AuditEntryView, type AuditFilter, auditFilter } from './contract.ts'

const PAGE = 1000

const COLUMNS: readonly (readonly [title: string, of: (entry: AuditEntryView) => unknown])[] = [
  ['序号', (entry) => entry.sequence],
  ['编号', (entry) => entry.id],
  ['时间', (entry) => entry.at],
  ['操作人类型', (entry) => entry.actorKind],
  ['操作人编号', (entry) => entry.actorId],
  ['操作人', (entry) => entry.actorName],
  ['机构路径', (entry) => entry.actorUnitPath],
  ['来源地址', (entry) => entry.clientAddress],
  ['请求编号', (entry) => entry.requestId],
  ['操作', (entry) => entry.action],
  ['对象类型', (entry) => entry.object?.kind],
  ['对象编号', (entry) => entry.object?.id],
  ['变更前', (entry) => entry.before && JSON.stringify(entry.before)],
  ['变更后', (entry) => entry.after && JSON.stringify(entry.after)],
  ['结果', (entry) => entry.result],
  ['原因', (entry) => entry.reason],
  ['校验', (entry) => (entry.intact ? '相符' : '不符')],
]

export function addAuditExport(app: FastifyInstance, services: Services): void {
  app.get('/api/audit-entries/export', async (request, reply) => {
    const filter = auditFilter.safeParse(request.query)
    if (!filter.success)
      throw new Problem(platformErrors.invalid_input, {
        issues: filter.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
      })
    await callOperation(services, recordExport, request.actor, originOf(request), filter.data)
    const day = services.clock.now().toISOString().slice(0, 10)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="audit-${day}.csv"`)
      .send(Readable.from(linesOf(services, request.actor, filter.data)))
  })
}

const ID = 'administration.export-audit'

/** Permission and record of the export; the lines follow after its commit. */
const recordExport: Parameters<typeof callOperation<AuditFilter, void>>[1] = {
  id: ID,
  meta: { permission: 'administration.audit.find', stepUp: false, transaction: 'write' },
  handler: async (ctx, filter) => {
    await ctx.audit.record({ action: ID, object: { kind: 'audit_log', id: 'export' }, after: filter })
  },
}

async function* linesOf(services: Services, actor: Actor, filter: AuditFilter): AsyncGenerator<string> {
  // Spreadsheets take UTF-8 for granted only after a byte order mark.
  yield `\uFEFF${COLUMNS.map(([title]) => title).join(',')}\r\n`
  for (let cursor: string | undefined; ; ) {
    const page = await services.database.transaction(
      scopeOf(actor),
      (tx) => pageOfEntries({ db: tx.db, cipher: services.cipher }, filter, { cursor, limit: PAGE }),
      { readOnly: true },
    )
    yield page.items.map(lineOf).join('')
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}

const lineOf = (entry: AuditEntryView): string =>
  `${COLUMNS.map(([, of]) => fieldOf(of(entry))).join(',')}\r\n`

/** A field; what a spreadsheet would take for a formula is led by an apostrophe. */
function fieldOf(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
