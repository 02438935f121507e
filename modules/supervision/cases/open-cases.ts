/** Cases are born from findings or by hand (SUP-20). Repeated findings about one subject gather in its open case. */
import { notify } from '@hengjian/notifications'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import { and, eq, ne } from 'drizzle-orm'
import { queuePush } from '../discipline/queue-push.ts'
import { supervisionErrors } from '../errors.ts'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import { nearestHolders } from '../nearest-holders.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { deadlineAfter } from '../rules/working-days.ts'
import { finding, suspectCase } from '../tables.ts'
import { changeCase, entryOf, nextCaseNumber, type SuspectCase } from './case-record.ts'

export type Finding = typeof finding.$inferSelect

/** Whom a case is about, and where it belongs. */
interface Subject {
  readonly unitPath: string
  readonly subjectKind: string
  readonly subjectKey: string
  readonly subjectLabel: string
}

/** The open case about a subject in its unit, locked; null when there is none. */
export async function openCaseAbout(
  ctx: RequestContext,
  subject: Pick<Subject, 'subjectKey' | 'unitPath'>,
): Promise<SuspectCase | null> {
  const [row] = await ctx.db
    .select()
    .from(suspectCase)
    .where(
      and(
        eq(suspectCase.subjectKey, subject.subjectKey),
        eq(suspectCase.unitPath, subject.unitPath),
        ne(suspectCase.state, 'closed'),
      ),
    )
    .for('update')
  return row ?? null
}

/** A new case. Tells those who may assign it. */
export async function createCase(
  ctx: RequestContext,
  ports: SupervisionPorts,
  subject: Subject,
  about: Pick<SuspectCase, 'title' | 'code' | 'bornFrom' | 'description' | 'transactionId' | 'findings'>,
): Promise<SuspectCase> {
  const id = newId()
  const now = ctx.clock.now()
  const days = await parameterValueOf(ctx, ports, 'supervision.case_days', subject.unitPath)
  const number = await nextCaseNumber(ctx)
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.open-case',
    object: { kind: 'suspect_case', id },
    after: { number, unitPath: subject.unitPath, subjectKey: subject.subjectKey, code: about.code },
  })
  const row: SuspectCase = {
    id,
    number,
    unitPath: subject.unitPath,
    assignedPath: null,
    state: 'pending',
    outcome: null,
    title: about.title,
    code: about.code,
    bornFrom: about.bornFrom,
    subjectKind: subject.subjectKind,
    subjectKey: subject.subjectKey,
    subjectLabel: subject.subjectLabel,
    transactionId: about.transactionId,
    description: about.description,
    assigneeId: null,
    assigneeName: null,
    result: null,
    measures: null,
    responsible: [],
    investigatorId: null,
    investigatorName: null,
    reviewerId: null,
    reviewerName: null,
    reviewOpinion: null,
    findings: about.findings,
    dueAt: deadlineAfter(now, days, await ports.calendarOf(ctx)),
    remindedAt: null,
    escalatedAt: null,
    openedBy: ctx.actor.id,
    openedByName: ctx.actor.name,
    openedAt: now,
    closedAt: null,
    timeline: [entryOf(ctx, 'opened', about.title)],
    version: 1,
    checkValue: null,
    lastAuditId,
    worsenedAt: null,
  }
  await insertGuarded(ctx, suspectCase, [row])
  await ctx.emit('case.opened', { caseId: id, number, code: about.code })
  await notify(ctx, {
    recipients: await nearestHolders(ctx, ports, 'supervision.case.assign', subject.unitPath),
    kind: 'supervision.case_opened',
    title: `嫌疑业务 ${number} 待分派：${about.title}`,
    link: `/suspect-cases/${id}`,
  })
  return row
}

/** Transaction that a finding's subject is, where it is one. */
const transactionOf = (row: Finding) =>
  row.subjectKind === 'transaction' ? row.subjectKey.slice('transaction:'.length) : null

/**
 * Put findings of one subject and unit into its open case, or into a new one. All must be open.
 * Throws `findings_differ`, `finding_not_open`.
 */
export async function gatherInCase(
  ctx: RequestContext,
  ports: SupervisionPorts,
  findings: readonly Finding[],
): Promise<SuspectCase> {
  const first = findings[0]!
  if (findings.some((row) => row.subjectKey !== first.subjectKey || row.unitPath !== first.unitPath))
    throw new Problem(supervisionErrors.findings_differ)
  const state = findings.map((row) => nextFinding(row.state as FindingState, 'JOIN_CASE'))
  if (state.includes(null)) throw new Problem(supervisionErrors.finding_not_open)
  const known = await openCaseAbout(ctx, first)
  const row = known
    ? await changeCase(ctx, known, {
        action: 'finding_added',
        audit: 'supervision.add-finding-to-case',
        text: findings.map((each) => each.sentence).join('\n'),
        patch: { findings: known.findings + findings.length },
      })
    : await createCase(ctx, ports, first, {
        title: `${first.title}：${first.subjectLabel}`,
        code: first.code,
        bornFrom: 'finding',
        description: findings.map((each) => each.sentence).join('\n'),
        transactionId: transactionOf(first),
        findings: findings.length,
      })
  for (const each of findings)
    await updateGuarded(ctx, finding, each, {
      state: 'in_case',
      caseId: row.id,
      assignedPath: row.assignedPath,
      lastAuditId: row.lastAuditId!,
    })
  await queuePush(ctx, row, findings)
  return row
}
