/** The person's work: what waits for them, what is about to be late, what came back. */
import type { RequestContext } from '@hengjian/platform/context'
import type { Handler } from '@hengjian/platform/http'
import { and, asc, desc, eq, exists, ne, type SQL } from 'drizzle-orm'
import type { supervisionContract, WorkItem } from '../contract.ts'
import type { SupervisionPorts, WorkLine } from '../ports.ts'
import { addWorkingDays } from '../rules/working-days.ts'
import { authorisation, composedVersion, settingChange, suspectCase, warning } from '../tables.ts'
import { mineToDecide } from './find-authorisations.ts'
import { toAssign, toInvestigate, toReview } from './find-cases.ts'
import { versionsToDecide } from './find-composed.ts'
import { changesToDecide } from './find-setting-changes.ts'

/** Items of one kind; the lists behind hold all. */
const MOST = 200

type Item = Omit<WorkItem, 'overdue' | 'at' | 'dueAt'> & { at: Date; dueAt: Date | null }

/** Waiting, late and returned work of the caller, the most urgent first. */
export const getWorkbench =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.getWorkbench> =>
  async (ctx) => {
    const now = ctx.clock.now()
    const soon = addWorkingDays(now, 1, await ports.calendarOf(ctx))
    const transactions = await ports.transactionsOf(ctx)
    const sentBack = await caseItems(
      ctx,
      'case_investigate',
      and(toInvestigate(ctx), eq(suspectCase.state, 'returned')),
    )
    const waiting = [
      ...(await authorisationItems(ctx)),
      ...(await warningItems(ctx)),
      ...(await changeItems(ctx)),
      ...(await versionItems(ctx)),
      ...(await caseItems(ctx, 'case_review', toReview(ctx))),
      ...(await caseItems(ctx, 'case_assign', toAssign(ctx))),
      ...(await caseItems(
        ctx,
        'case_investigate',
        and(toInvestigate(ctx), ne(suspectCase.state, 'returned')),
      )),
      ...transactions.waiting.map(transactionItem),
    ]
    const returned = [
      ...sentBack,
      ...(await expiredItems(ctx)),
      ...transactions.returned.map(transactionItem),
    ]
    const late = [...waiting, ...returned].filter(({ dueAt }) => dueAt !== null && dueAt <= soon)
    const present = (items: Item[]) => items.sort(byUrgency).map((item) => presentItem(item, now))
    return {
      waiting: present(waiting),
      late: present(late),
      returned: present(returned),
      counts: { waiting: waiting.length, late: late.length, returned: returned.length },
    }
  }

const byUrgency = (a: Item, b: Item) =>
  (a.dueAt?.getTime() ?? Number.POSITIVE_INFINITY) - (b.dueAt?.getTime() ?? Number.POSITIVE_INFINITY) ||
  a.at.getTime() - b.at.getTime()

const presentItem = (item: Item, now: Date): WorkItem => ({
  ...item,
  at: item.at.toISOString(),
  dueAt: item.dueAt?.toISOString() ?? null,
  overdue: item.dueAt !== null && item.dueAt < now,
})

const transactionItem = (line: WorkLine): Item => ({ kind: 'transaction', ...line })

async function authorisationItems(ctx: RequestContext): Promise<Item[]> {
  const rows = await ctx.db
    .select()
    .from(authorisation)
    .where(mineToDecide(ctx))
    .orderBy(asc(authorisation.expiresAt))
    .limit(MOST)
  return rows.map((row) => ({
    kind: 'authorisation',
    id: row.id,
    title: `待授权 ${row.serial}`,
    detail: row.hits.map((hit) => hit.title).join('、'),
    at: row.requestedAt,
    dueAt: row.expiresAt,
    link: `/authorisations/${row.id}`,
  }))
}

async function warningItems(ctx: RequestContext): Promise<Item[]> {
  const rows = await ctx.db
    .select()
    .from(warning)
    .where(and(eq(warning.handlerId, ctx.actor.id), eq(warning.state, 'shown'), eq(warning.effect, 'prompt')))
    .orderBy(asc(warning.shownAt))
    .limit(MOST)
  return rows.map((row) => ({
    kind: 'warning',
    id: row.id,
    title: `待确认提示 ${row.serial}`,
    detail: row.explanation.sentence,
    at: row.shownAt,
    dueAt: null,
    link: `/transactions/${row.transactionId}`,
  }))
}

async function changeItems(ctx: RequestContext): Promise<Item[]> {
  const rows = await ctx.db
    .select()
    .from(settingChange)
    .where(changesToDecide(ctx))
    .orderBy(asc(settingChange.proposedAt))
    .limit(MOST)
  return rows.map((row) => ({
    kind: 'setting_change',
    id: row.id,
    title: `待批准的指标调整 ${row.code}`,
    detail: `${row.proposedByName}：${row.reason}`,
    at: row.proposedAt,
    dueAt: null,
    link: `/setting-changes?id=${row.id}`,
  }))
}

async function versionItems(ctx: RequestContext): Promise<Item[]> {
  const rows = await ctx.db
    .select()
    .from(composedVersion)
    .where(versionsToDecide(ctx))
    .orderBy(asc(composedVersion.submittedAt))
    .limit(MOST)
  return rows.map((row) => ({
    kind: 'composed_version',
    id: row.id,
    title: `待批准的自编指标 ${row.code} 第 ${row.number} 版`,
    detail: `${row.proposedByName}：${row.composition.title}`,
    at: row.submittedAt ?? row.savedAt,
    dueAt: null,
    link: `/composed-indicators/${row.code}`,
  }))
}

const caseWords = { case_assign: '待分派', case_investigate: '待调查', case_review: '待审核' } as const

async function caseItems(
  ctx: RequestContext,
  kind: keyof typeof caseWords,
  condition: SQL | undefined,
): Promise<Item[]> {
  const rows = await ctx.db
    .select()
    .from(suspectCase)
    .where(condition)
    .orderBy(asc(suspectCase.dueAt))
    .limit(MOST)
  return rows.map((row) => ({
    kind,
    id: row.id,
    title: `${row.state === 'returned' ? '退回重办' : caseWords[kind]} ${row.number}`,
    detail: row.title,
    at: row.openedAt,
    dueAt: row.dueAt,
    link: `/suspect-cases/${row.id}`,
  }))
}

/** The caller's requests that expired undecided and were not renewed: their transactions are still held. */
async function expiredItems(ctx: RequestContext): Promise<Item[]> {
  const rows = await ctx.db
    .select()
    .from(authorisation)
    .where(
      and(
        eq(authorisation.handlerId, ctx.actor.id),
        eq(authorisation.state, 'expired'),
        exists(ctx.db.select().from(warning).where(eq(warning.authorisationId, authorisation.id))),
      ),
    )
    .orderBy(desc(authorisation.expiresAt))
    .limit(MOST)
  return rows.map((row) => ({
    kind: 'authorisation',
    id: row.id,
    title: `授权已过期 ${row.serial}`,
    detail: row.hits.map((hit) => hit.title).join('、'),
    at: row.expiresAt,
    dueAt: null,
    link: `/authorisations/${row.id}`,
  }))
}
