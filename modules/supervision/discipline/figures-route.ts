/**
 * What the personnel and discipline system may read: how many cases each unit had, and whether they were dealt with in
 * time. Its own secret, one path, figures only; every reading stands in the audit log.
 */
import { newId, type Services, systemActor } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { runAs } from '@hengjian/platform/http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { countCases } from '../queries/find-cases.ts'
import { isGenuine, SIGNATURE_HEADER, TIME_HEADER } from './signature.ts'

const PATH = '/api/discipline/case-figures'
const query = z.object({ from: z.iso.date(), to: z.iso.date() })

/** Add the route; it answers 404 where the system is not configured. */
export function addFiguresRoute(
  app: FastifyInstance,
  services: Services,
  book: IndicatorBook,
  ports: SupervisionPorts,
): void {
  app.get(PATH, async (request) => {
    const { discipline } = services.config
    if (!discipline) throw new Problem(platformErrors.not_found)
    const header = (name: string) => String(request.headers[name] ?? '')
    const said = { what: 'GET', path: request.url, body: '' }
    const proof = { time: header(TIME_HEADER), signature: header(SIGNATURE_HEADER) }
    if (!isGenuine(discipline.readSecret, said, proof, services.clock.now()))
      throw new Problem(platformErrors.sign_in_required)
    const asked = query.safeParse(request.query)
    if (!asked.success)
      throw new Problem(platformErrors.invalid_input, {
        issues: asked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      })
    const { from, to } = asked.data
    const reader = {
      ...systemActor('队伍管理系统'),
      unitPath: discipline.unitPath,
      scope: 'unit_and_below' as const,
    }
    const origin = { requestId: newId(), clientAddress: request.ip }
    return runAs(services, reader, origin, async (ctx) => {
      const { items } = await countCases(book, ports)(ctx, { by: 'unit', from, to })
      await ctx.audit.record({ action: 'supervision.read-case-figures', after: { from, to } })
      return {
        items: items.map(({ key, label, total, closed, overdue, closedInTimePercent, averageDays }) => ({
          ...{ unitPath: key, unitName: label, cases: total, closed, overdue },
          completedPercent: total === 0 ? null : Math.round((1000 * closed) / total) / 10,
          ...{ closedInTimePercent, averageDays },
        })),
      }
    })
  })
}
