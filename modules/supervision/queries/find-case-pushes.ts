import { keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { casePush, suspectCase } from '../tables.ts'

const sortKeys = { queuedAt: { by: casePush.queuedAt, type: 'timestamptz' } } as const satisfies Record<
  string,
  SortKey
>

/** Cases on their way to the personnel and discipline system, newest first: delivered, or why not yet. */
export const findCasePushes =
  (): Handler<typeof supervisionContract.findCasePushes> => async (ctx, input) => {
    const page = keysetPage(sortKeys, casePush.caseId, '-queuedAt', input)
    const found = await ctx.db
      .select({ row: casePush, number: suspectCase.number, title: suspectCase.title, key: page.key })
      .from(casePush)
      .innerJoin(suspectCase, eq(suspectCase.id, casePush.caseId))
      .where(and(input.state ? eq(casePush.state, input.state) : undefined, page.after))
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.caseId)
    return {
      items: rows.map(({ row, number, title }) => ({
        caseId: row.caseId,
        number,
        title,
        state: row.state as 'queued' | 'failing' | 'delivered',
        threshold: row.threshold,
        attempts: row.attempts,
        lastError: row.lastError,
        receipt: row.receipt,
        queuedAt: row.queuedAt.toISOString(),
        deliveredAt: row.deliveredAt?.toISOString() ?? null,
      })),
      nextCursor,
    }
  }
