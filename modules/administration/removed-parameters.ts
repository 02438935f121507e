/** Values of parameters that were removed from the database: a check value cannot miss a row that is gone (PLT-22). */
import { auditEntry, auditScope } from '@hengjian/platform/audit'
import type { Services } from '@hengjian/platform/context'
import { and, eq, inArray, notExists, sql } from 'drizzle-orm'
import { PARAMETER_ACTIONS } from './parameters.ts'
import { parameterValue } from './tables.ts'

/** Rows are never removed, so every recorded change has its own. Answers `<code> <unit path>` of those that lack it. */
export const removedParameters = ({ database }: Pick<Services, 'database'>): Promise<string[]> =>
  database.transaction(
    auditScope,
    async ({ db }) => {
      const row = db
        .select({ one: sql`1` })
        .from(parameterValue)
        .where(eq(parameterValue.lastAuditId, auditEntry.id))
      const orphans = await db
        .select({ parameter: auditEntry.objectId })
        .from(auditEntry)
        .where(
          and(
            eq(auditEntry.objectKind, 'parameter'),
            inArray(auditEntry.action, Object.values(PARAMETER_ACTIONS)),
            eq(auditEntry.result, 'done'),
            notExists(row),
          ),
        )
      return orphans.map((entry) => entry.parameter ?? '')
    },
    { readOnly: true },
  )
