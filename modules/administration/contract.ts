/**
 * Operations of administration: parameters by unit (PLT-7), dictionaries and working calendar (PLT-6, BIZ-6), audit log
 * (PLT-5, PLT-20, PLT-21), background jobs (PLT-31). Schemas only; the console imports this.
 */
import { isoDay, isoInstant, operationsOf, pageOf, pageQuery, sortBy } from '@hengjian/platform/contract'
import { z } from 'zod'
import { administrationPermissions } from './permissions.ts'

export { administrationPermissions } from './permissions.ts'

const operation = operationsOf(administrationPermissions, '系统管理')

const unitPath = z.string().regex(/^\/([0-9A-Za-z_-]+\/)*$/, '机构路径形如 /45/4503/')
const code = z.string().regex(/^[a-z][a-z0-9_.-]{1,79}$/, '代码由小写字母、数字、点、横线与下划线组成')
const reason = z.string().trim().min(2, '请填写理由').max(500)
const version = z
  .number()
  .int()
  .min(0)
  .describe('Version that was read; 0 where the unit has no value of its own')
/** CSV of an import. A megabyte of text is the limit of a call. */
const csv = z.string().min(1).max(900_000).describe('CSV with a header line, UTF-8')

// Parameters

export const parameterTypes = ['number', 'text', 'boolean', 'list'] as const
/** A list holds texts in order. */
export const parameterValueShape = z.union([z.number(), z.boolean(), z.string(), z.array(z.string())])
export type ParameterValue = z.infer<typeof parameterValueShape>

export const parameterView = z.object({
  code: z.string(),
  title: z.string(),
  module: z.string().describe('First part of the code; the console groups by it'),
  description: z.string().nullable(),
  type: z.enum(parameterTypes),
  measure: z.string().nullable().describe('Unit of measure in words, 天'),
  min: z.number().nullable().describe('Least number, or least length of a list or text'),
  max: z.number().nullable().describe('Greatest number, or greatest length of a list or text'),
  options: z
    .array(z.object({ value: z.string(), title: z.string() }))
    .nullable()
    .describe('Texts allowed'),
  level: z.enum(['installation', 'unit']).describe('installation: set at the root only'),
  keptBy: z.enum(['system', 'security']).describe('Which administrator sets it'),
  default: parameterValueShape,
  value: parameterValueShape.describe('In force for the unit'),
  from: z.string().nullable().describe('Path of the unit that set it; null: as shipped'),
  own: z
    .object({
      value: parameterValueShape,
      reason: z.string(),
      changedById: z.uuid(),
      changedByName: z.string(),
      changedAt: isoInstant,
    })
    .nullable()
    .describe('What the unit itself set; null: it inherits'),
  version: z.number().int().describe('Give it back with a change'),
  editable: z.boolean().describe('The caller may set it for this unit'),
})
export type ParameterView = z.infer<typeof parameterView>

export const parameterChange = z.object({
  id: z.uuid(),
  version: z.number().int(),
  unitPath: z.string(),
  before: parameterValueShape.nullable().describe('null: the unit inherited'),
  after: parameterValueShape.nullable().describe('null: reset to what is inherited'),
  reason: z.string(),
  changedById: z.uuid(),
  changedByName: z.string(),
  changedAt: isoInstant,
})
export type ParameterChange = z.infer<typeof parameterChange>

// Dictionaries

export const dictionaryView = z.object({
  code: z.string(),
  name: z.string(),
  version: z.number().int(),
  entries: z.number().int().describe('Number of entries'),
  source: z.enum(['built_in', 'imported']),
  changedAt: isoInstant,
  changedByName: z.string().nullable(),
})
export type DictionaryView = z.infer<typeof dictionaryView>

export const dictionaryEntryView = z.object({
  code: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  parentCode: z.string().nullable(),
})
export type DictionaryEntryView = z.infer<typeof dictionaryEntryView>

// Calendar

export const calendarDayView = z.object({
  day: isoDay,
  kind: z.enum(['working', 'rest']),
  name: z.string().nullable().describe('国庆节, 调休上班, …; null for ordinary days'),
  source: z
    .enum(['weekday', 'published', 'set'])
    .describe('weekday: by the day of the week; published: notice shipped with the program; set: set here'),
  noticeNumber: z.string().nullable().describe('Number of the notice that set it'),
})
export type CalendarDayView = z.infer<typeof calendarDayView>

export const calendarYear = z.object({
  year: z.number().int(),
  provisional: z.boolean().describe('No notice is known for the year: weekends only'),
  days: z.array(calendarDayView),
  workingDays: z.number().int(),
})
export type CalendarYear = z.infer<typeof calendarYear>

// Audit

export const auditEntryView = z.object({
  id: z.uuid(),
  sequence: z.number().int().nullable().describe('Place in the chain; null while not yet sealed'),
  at: isoInstant,
  actorKind: z.enum(['user', 'system', 'anonymous']),
  actorId: z.uuid().nullable(),
  actorName: z.string().nullable(),
  actorUnitPath: z.string().nullable(),
  clientAddress: z.string().nullable(),
  requestId: z.string().nullable(),
  action: z.string(),
  object: z.object({ kind: z.string(), id: z.string() }).nullable(),
  before: z.unknown(),
  after: z.unknown(),
  result: z.enum(['done', 'refused', 'failed']),
  reason: z.string().nullable(),
  intact: z.boolean().describe('Its check value fits'),
})
export type AuditEntryView = z.infer<typeof auditEntryView>

/** Filters of the audit log; also the query of `GET /api/audit-entries/export`, which streams CSV. */
export const auditFilter = z.object({
  from: isoInstant.optional(),
  until: isoInstant.optional().describe('Not included'),
  actorId: z.uuid().optional(),
  actorName: z.string().trim().min(1).max(60).optional().describe('Beginning of the name'),
  unitPath: unitPath.optional().describe('Unit of the actor and those below'),
  action: z.string().trim().min(1).max(100).optional().describe('Beginning of the action, `business.`'),
  objectKind: z.string().max(60).optional(),
  objectId: z.string().max(200).optional(),
  result: z.enum(['done', 'refused', 'failed']).optional(),
})
export type AuditFilter = z.infer<typeof auditFilter>

export const auditFaultKinds = [
  'entry-altered',
  'entry-removed',
  'entry-inserted',
  'seal-altered',
  'seal-removed',
  'tail-cut',
  'checkpoint-altered',
  'checkpoint-removed',
  'checkpoint-file-altered',
] as const

export const auditVerificationView = z.object({
  id: z.uuid(),
  state: z.enum(['running', 'intact', 'faulty', 'failed']),
  requestedByName: z.string(),
  startedAt: isoInstant,
  finishedAt: isoInstant.nullable(),
  checked: z.number().int().describe('Sealed entries checked so far'),
  rowsChecked: z.number().int().describe('Guarded rows checked so far'),
  fault: z
    .object({
      what: z.enum(auditFaultKinds),
      sequence: z.number().int().nullable(),
      entryId: z.uuid().nullable(),
      message: z.string(),
    })
    .nullable()
    .describe('The first fault of the chain'),
  faults: z.number().int().describe('Faults of the chain found, at most 100'),
  alteredRows: z
    .array(
      z.object({
        table: z.string(),
        id: z.string(),
        what: z.enum([
          'row-altered',
          'audit-entry-missing',
          'row-removed',
          'row-unguarded',
          'row-rolled-back',
        ]),
      }),
    )
    .describe('Guarded rows that are not as they were written; the first 100'),
})
export type AuditVerificationView = z.infer<typeof auditVerificationView>

// Jobs

export const jobStates = ['running', 'done', 'retrying', 'failed', 'cancelled'] as const
export const jobView = z.object({
  id: z.uuid(),
  name: z.string(),
  title: z.string().describe('Name in words'),
  state: z.enum(jobStates),
  done: z.number().int(),
  total: z.number().int().nullable(),
  message: z.string().nullable(),
  startedAt: isoInstant,
  updatedAt: isoInstant,
  finishedAt: isoInstant.nullable(),
})
export type JobView = z.infer<typeof jobView>

export const administrationContract = {
  findParameters: operation({
    id: 'administration.find-parameters',
    method: 'GET',
    path: '/parameters',
    permission: 'administration.parameter.find',
    summary: '查询参数',
    description: 'All parameters with the values in force for one unit; without a unit, for the caller’s.',
    input: z.object({ unitPath: unitPath.optional() }),
    output: z.object({ unitPath: z.string(), items: z.array(parameterView) }),
  }),
  findParameterChanges: operation({
    id: 'administration.find-parameter-changes',
    method: 'GET',
    path: '/parameters/{code}/changes',
    permission: 'administration.parameter.find',
    summary: '查询参数变更记录',
    input: pageQuery.extend({ code, unitPath: unitPath.optional().describe('Changes of this unit only') }),
    output: pageOf(parameterChange),
  }),
  updateParameter: operation({
    id: 'administration.update-parameter',
    method: 'PUT',
    path: '/parameters/{code}',
    permission: 'administration.parameter.update',
    summary: '修改参数',
    stepUp: true,
    input: z.object({ code, unitPath, value: parameterValueShape, version, reason }),
    output: parameterView,
  }),
  resetParameter: operation({
    id: 'administration.reset-parameter',
    method: 'POST',
    path: '/parameters/{code}/reset',
    permission: 'administration.parameter.update',
    summary: '恢复参数沿用上级',
    stepUp: true,
    input: z.object({ code, unitPath, version, reason }),
    output: parameterView,
  }),

  updateSecurityParameter: operation({
    id: 'administration.update-security-parameter',
    method: 'PUT',
    path: '/security-parameters/{code}',
    permission: 'administration.security.update',
    summary: '修改安全参数',
    stepUp: true,
    input: z.object({ code, unitPath, value: parameterValueShape, version, reason }),
    output: parameterView,
  }),
  resetSecurityParameter: operation({
    id: 'administration.reset-security-parameter',
    method: 'POST',
    path: '/security-parameters/{code}/reset',
    permission: 'administration.security.update',
    summary: '恢复安全参数沿用上级',
    stepUp: true,
    input: z.object({ code, unitPath, version, reason }),
    output: parameterView,
  }),

  findDictionaries: operation({
    id: 'administration.find-dictionaries',
    method: 'GET',
    path: '/dictionaries',
    permission: 'administration.dictionary.find',
    summary: '查询字典',
    input: z.object({}),
    output: z.object({ items: z.array(dictionaryView) }),
  }),
  getDictionary: operation({
    id: 'administration.get-dictionary',
    method: 'GET',
    path: '/dictionaries/{code}',
    permission: 'signed-in',
    summary: '查看字典内容',
    description: 'Choices of every form come from here, so any signed-in user may read it.',
    input: z.object({
      code,
      version: z.number().int().min(1).optional().describe('Left out: the current one'),
    }),
    output: dictionaryView.extend({ items: z.array(dictionaryEntryView) }),
  }),
  importDictionary: operation({
    id: 'administration.import-dictionary',
    method: 'POST',
    path: '/dictionaries/{code}/import',
    permission: 'administration.dictionary.import',
    summary: '导入字典',
    description:
      'CSV `code,name[,enabled][,parent_code]`: the whole dictionary as a new version. One bad line and nothing changes; issues name `csv.<line>`.',
    input: z.object({ code, name: z.string().trim().min(1).max(60).optional(), csv, reason }),
    output: dictionaryView.extend({
      added: z.number().int(),
      changed: z.number().int(),
      removed: z.number().int(),
    }),
  }),

  getCalendar: operation({
    id: 'administration.get-calendar',
    method: 'GET',
    path: '/calendar/{year}',
    permission: 'administration.calendar.find',
    summary: '查看年度工作日历',
    input: z.object({ year: z.number().int().min(2004).max(2100) }),
    output: calendarYear,
  }),
  updateCalendarDay: operation({
    id: 'administration.update-calendar-day',
    method: 'PUT',
    path: '/calendar/days/{day}',
    permission: 'administration.calendar.update',
    summary: '调整工作日',
    stepUp: true,
    input: z.object({
      day: isoDay,
      kind: z.enum(['working', 'rest']),
      name: z.string().trim().min(1).max(40),
      noticeNumber: z.string().trim().min(1).max(60),
      reason,
    }),
    output: calendarDayView,
  }),
  resetCalendarDay: operation({
    id: 'administration.reset-calendar-day',
    method: 'POST',
    path: '/calendar/days/{day}/reset',
    permission: 'administration.calendar.update',
    summary: '取消工作日调整',
    stepUp: true,
    input: z.object({ day: isoDay, reason }),
    output: calendarDayView,
  }),
  importCalendar: operation({
    id: 'administration.import-calendar',
    method: 'POST',
    path: '/calendar/import',
    permission: 'administration.calendar.update',
    summary: '导入工作日历',
    description:
      'CSV `day,kind,name`, kind working or rest: the days of one notice. One bad line and nothing changes; issues name `csv.<line>`.',
    stepUp: true,
    input: z.object({ csv, noticeNumber: z.string().trim().min(1).max(60), reason }),
    output: z.object({ days: z.number().int(), years: z.array(z.number().int()) }),
  }),

  findAuditEntries: operation({
    id: 'administration.find-audit-entries',
    exported: { title: '审计日志' },
    method: 'GET',
    path: '/audit-entries',
    permission: 'administration.audit.find',
    summary: '查询审计日志',
    description: 'Newest first.',
    input: pageQuery.extend({ ...auditFilter.shape, sort: sortBy('at') }),
    output: pageOf(auditEntryView),
  }),
  verifyAudit: operation({
    id: 'administration.verify-audit',
    method: 'POST',
    path: '/audit-verifications',
    permission: 'administration.audit.find',
    summary: '校验审计链与受保护数据',
    description: 'Checks the whole chain and every guarded row in the background.',
    status: 202,
    input: z.object({}).optional(),
    output: auditVerificationView,
  }),
  findAuditVerifications: operation({
    id: 'administration.find-audit-verifications',
    exported: { title: '审计校验' },
    method: 'GET',
    path: '/audit-verifications',
    permission: 'administration.audit.find',
    summary: '查询审计校验记录',
    input: pageQuery.extend({ sort: sortBy('startedAt') }),
    output: pageOf(auditVerificationView),
  }),

  findJobs: operation({
    id: 'administration.find-jobs',
    method: 'GET',
    path: '/jobs',
    permission: 'administration.job.find',
    summary: '查询后台任务',
    exported: { title: '后台任务' },
    description: 'Last changed first unless told.',
    input: pageQuery.extend({
      name: z.string().max(100).optional(),
      state: z.enum(jobStates).optional(),
      sort: sortBy('updatedAt', 'startedAt'),
    }),
    output: pageOf(jobView),
  }),
  getJob: operation({
    id: 'administration.get-job',
    method: 'GET',
    path: '/jobs/{id}',
    permission: 'administration.job.find',
    summary: '查看后台任务',
    input: z.object({ id: z.uuid() }),
    output: jobView,
  }),
  retryJob: operation({
    id: 'administration.retry-job',
    method: 'POST',
    path: '/jobs/{id}/retry',
    permission: 'administration.job.manage',
    summary: '重试后台任务',
    input: z.object({ id: z.uuid() }),
    output: jobView,
  }),
  cancelJob: operation({
    id: 'administration.cancel-job',
    method: 'POST',
    path: '/jobs/{id}/cancel',
    permission: 'administration.job.manage',
    summary: '取消后台任务',
    input: z.object({ id: z.uuid() }),
    output: jobView,
  }),
}
