/** Columns of the exported lists, as the console shows them. */
import { type ExportColumn, exportInstant } from '@hengjian/platform/http'
import type {
  CasePushView,
  CaseRow,
  ComposedView,
  FindingChangeView,
  FindingView,
  IndicatorView,
  OutcomeRow,
  RunView,
  SettingChangeView,
  SettingHistoryRow,
  SuppressionView,
  ThresholdAdviceView,
  WarningView,
} from './contract.ts'
import {
  caseOutcomes,
  caseStates,
  composedStates,
  findingStates,
  settingChangeStates,
  warningStates,
} from './lifecycle.ts'
import type { ThemeFigureRow, ThemeRecord } from './themes/contract.ts'
import { themeMeasures } from './themes/themes.ts'

const effects = { prompt: '业务提示', authorise: '需授权', finding: '研判' }
const modes = { in_process: '事中预警', post_hoc: '事后研判' }
const runStates = {
  queued: '排队中',
  running: '运行中',
  retrying: '失败，待重试',
  done: '完成',
  failed: '失败',
  cancelled: '已取消',
}
const triggers = { manual: '手工', daily: '每日', monthly: '每月', incremental: '变化追溯' }
const textOf = (value: IndicatorView['parameters'][number]['value']): string =>
  value === null ? '未设' : Array.isArray(value) ? value.join('、') : String(value)

const warnings: readonly ExportColumn<WarningView>[] = [
  { key: 'sentence', title: '提示', of: (row) => row.sentence },
  { key: 'title', title: '指标', of: (row) => `${row.code} ${row.title}` },
  { key: 'effect', title: '效果', of: (row) => effects[row.effect] },
  { key: 'state', title: '状态', of: (row) => warningStates[row.state] },
  { key: 'serial', title: '流水号', of: (row) => row.serial },
  { key: 'handler', title: '经办人', of: (row) => row.handlerName },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'shownAt', title: '提示时间', of: (row) => exportInstant(row.shownAt) },
  { key: 'acknowledgedAt', title: '确认时间', of: (row) => exportInstant(row.acknowledgedAt) },
]
const indicators: readonly ExportColumn<IndicatorView>[] = [
  { key: 'code', title: '代码', of: (row) => row.code },
  { key: 'title', title: '指标', of: (row) => row.title },
  { key: 'sentence', title: '定义', of: (row) => row.sentence },
  { key: 'mode', title: '类别', of: (row) => modes[row.mode] },
  { key: 'effect', title: '效果', of: (row) => effects[row.effect] },
  { key: 'enabled', title: '启停', of: (row) => (row.enabled ? '启用' : '停用') },
  {
    key: 'parameters',
    title: '参数',
    of: (row) => row.parameters.map(({ title, value }) => `${title}=${textOf(value)}`).join('；'),
  },
  { key: 'sample', title: '最小样本', of: (row) => row.minimumSample },
]
const runs: readonly ExportColumn<RunView>[] = [
  { key: 'period', title: '研判期间', of: (row) => `${row.from} 至 ${row.to}` },
  { key: 'codes', title: '指标', of: (row) => row.codes.join('、') },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'state', title: '状态', of: (row) => runStates[row.state] },
  { key: 'findings', title: '结果', of: (row) => row.findings },
  { key: 'trigger', title: '发起方式', of: (row) => triggers[row.trigger] },
  { key: 'requestedBy', title: '发起人', of: (row) => row.requestedByName },
  { key: 'requestedAt', title: '发起时间', of: (row) => exportInstant(row.requestedAt) },
  { key: 'finishedAt', title: '完成时间', of: (row) => exportInstant(row.finishedAt) },
]
const changeKinds = { appeared: '新出现', changed: '数值变化', vanished: '不再成立' }
const runChanges: readonly ExportColumn<FindingChangeView>[] = [
  { key: 'kind', title: '变化', of: (row) => changeKinds[row.kind] },
  { key: 'subject', title: '对象', of: (row) => row.subjectLabel },
  { key: 'code', title: '指标', of: (row) => `${row.code} ${row.title}` },
  { key: 'period', title: '期间', of: (row) => `${row.periodFrom} 至 ${row.periodTo}` },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'measuredBefore', title: '原测得', of: (row) => row.before?.measured ?? null },
  { key: 'measured', title: '现测得', of: (row) => row.after?.measured ?? null },
  { key: 'baseBefore', title: '原对照', of: (row) => row.before?.base ?? null },
  { key: 'base', title: '现对照', of: (row) => row.after?.base ?? null },
  { key: 'thresholdBefore', title: '原阈值', of: (row) => row.before?.threshold ?? null },
  { key: 'threshold', title: '现阈值', of: (row) => row.after?.threshold ?? null },
  { key: 'sampleBefore', title: '原样本', of: (row) => row.before?.sample ?? null },
  { key: 'sample', title: '现样本', of: (row) => row.after?.sample ?? null },
  { key: 'causes', title: '原因', of: (row) => row.causes.map(({ text }) => text).join('；') },
]
const findings: readonly ExportColumn<FindingView>[] = [
  { key: 'subject', title: '对象', of: (row) => row.subjectLabel },
  { key: 'sentence', title: '结论', of: (row) => row.sentence },
  { key: 'state', title: '状态', of: (row) => findingStates[row.state] },
  { key: 'code', title: '指标', of: (row) => `${row.code} ${row.title}` },
  { key: 'measured', title: '测得', of: (row) => row.measured },
  { key: 'base', title: '对照', of: (row) => row.base },
  { key: 'threshold', title: '阈值', of: (row) => row.threshold },
  { key: 'sample', title: '样本', of: (row) => row.sample },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'period', title: '期间', of: (row) => `${row.periodFrom} 至 ${row.periodTo}` },
  { key: 'case', title: '嫌疑业务', of: (row) => row.caseNumber },
  { key: 'foundAt', title: '发现时间', of: (row) => exportInstant(row.foundAt) },
]
const cases: readonly ExportColumn<CaseRow>[] = [
  { key: 'number', title: '编号', of: (row) => row.number },
  { key: 'title', title: '标题', of: (row) => row.title },
  { key: 'subject', title: '对象', of: (row) => row.subjectLabel },
  { key: 'state', title: '状态', of: (row) => caseStates[row.state] },
  { key: 'outcome', title: '结论', of: (row) => row.outcome && caseOutcomes[row.outcome] },
  {
    key: 'assigned',
    title: '承办',
    of: (row) => [row.assignedUnitName, row.assigneeName].filter(Boolean).join(' ') || '未分派',
  },
  { key: 'dueAt', title: '时限', of: (row) => exportInstant(row.dueAt) },
  { key: 'findings', title: '结果数', of: (row) => row.findings },
  { key: 'unit', title: '发生机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'openedAt', title: '登记时间', of: (row) => exportInstant(row.openedAt) },
  { key: 'openedBy', title: '登记人', of: (row) => row.openedByName },
  { key: 'closedAt', title: '办结时间', of: (row) => exportInstant(row.closedAt) },
]

const differences = (changes: SettingHistoryRow['changes']): string =>
  changes.map(({ title, from, to }) => `${title}：${from} → ${to}`).join('；')
const settingHistory: readonly ExportColumn<SettingHistoryRow>[] = [
  { key: 'changedAt', title: '时间', of: (row) => exportInstant(row.changedAt) },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'version', title: '版本', of: (row) => row.version },
  { key: 'changes', title: '调整', of: (row) => differences(row.changes) },
  { key: 'reason', title: '理由', of: (row) => row.reason },
  { key: 'evidence', title: '依据', of: (row) => row.evidence },
  { key: 'changedBy', title: '调整人', of: (row) => row.changedByName },
  { key: 'approvedBy', title: '批准人', of: (row) => row.approvedByName },
  { key: 'supersededAt', title: '失效时间', of: (row) => exportInstant(row.supersededAt) },
]
const settingChanges: readonly ExportColumn<SettingChangeView>[] = [
  { key: 'indicator', title: '指标', of: (row) => `${row.code} ${row.title}` },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'changes', title: '调整', of: (row) => differences(row.changes) },
  { key: 'reason', title: '理由', of: (row) => row.reason },
  { key: 'evidence', title: '依据', of: (row) => row.evidence },
  { key: 'state', title: '状态', of: (row) => settingChangeStates[row.state] },
  { key: 'proposedBy', title: '提出人', of: (row) => row.proposedByName },
  { key: 'proposedAt', title: '提出时间', of: (row) => exportInstant(row.proposedAt) },
  { key: 'decidedBy', title: '批准人', of: (row) => row.decidedByName },
  { key: 'decidedAt', title: '处理时间', of: (row) => exportInstant(row.decidedAt) },
  { key: 'opinion', title: '意见', of: (row) => row.opinion },
]
const composed: readonly ExportColumn<ComposedView>[] = [
  { key: 'code', title: '代码', of: (row) => row.code },
  { key: 'title', title: '指标', of: (row) => row.title },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'switchedOn', title: '启停', of: (row) => (row.switchedOn ? '启用' : '停用') },
  { key: 'published', title: '现行版本', of: (row) => row.published },
  {
    key: 'newest',
    title: '最新版本',
    of: (row) => `第 ${row.newest} 版 ${composedStates[row.newestState]}`,
  },
  { key: 'createdBy', title: '编制人', of: (row) => row.createdByName },
  { key: 'createdAt', title: '编制时间', of: (row) => exportInstant(row.createdAt) },
]
const suppressionStates = { standing: '有效', expired: '已到期', lifted: '已解除' }
const suppressions: readonly ExportColumn<SuppressionView>[] = [
  { key: 'subject', title: '对象', of: (row) => row.subjectLabel },
  { key: 'indicator', title: '指标', of: (row) => `${row.code} ${row.title}` },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'state', title: '状态', of: (row) => suppressionStates[row.state] },
  { key: 'until', title: '屏蔽至', of: (row) => row.until },
  { key: 'reason', title: '理由', of: (row) => row.reason },
  { key: 'suppressedBy', title: '屏蔽人', of: (row) => row.suppressedByName },
  { key: 'suppressedAt', title: '屏蔽时间', of: (row) => exportInstant(row.suppressedAt) },
  { key: 'lifted', title: '解除', of: (row) => row.liftedReason },
]
const pushStates = { queued: '待推送', failing: '未送达', delivered: '已送达' }
const casePushes: readonly ExportColumn<CasePushView>[] = [
  { key: 'number', title: '编号', of: (row) => row.number },
  { key: 'title', title: '标题', of: (row) => row.title },
  { key: 'state', title: '状态', of: (row) => pushStates[row.state] },
  { key: 'threshold', title: '第二阈值', of: (row) => row.threshold },
  { key: 'attempts', title: '次数', of: (row) => row.attempts },
  { key: 'lastError', title: '未送达原因', of: (row) => row.lastError },
  { key: 'receipt', title: '回执', of: (row) => row.receipt },
  { key: 'queuedAt', title: '登记推送', of: (row) => exportInstant(row.queuedAt) },
  { key: 'deliveredAt', title: '送达', of: (row) => exportInstant(row.deliveredAt) },
]
const outcomes: readonly ExportColumn<OutcomeRow>[] = [
  { key: 'key', title: '代码', of: (row) => row.key },
  { key: 'label', title: '分组', of: (row) => row.label },
  { key: 'findings', title: '研判结果', of: (row) => row.findings },
  { key: 'open', title: '待处理', of: (row) => row.open },
  { key: 'inCase', title: '已登记嫌疑业务', of: (row) => row.inCase },
  { key: 'suppressed', title: '已屏蔽', of: (row) => row.suppressed },
  { key: 'cases', title: '嫌疑业务', of: (row) => row.cases },
  { key: 'closed', title: '已办结', of: (row) => row.closed },
  { key: 'overdue', title: '超期', of: (row) => row.overdue },
  { key: 'confirmed', title: '属实', of: (row) => row.confirmed },
  { key: 'valuable', title: '情况存在', of: (row) => row.valuable },
  { key: 'falsePositive', title: '误报', of: (row) => row.falsePositive },
  { key: 'confirmedPercent', title: '属实率（%）', of: (row) => row.confirmedPercent },
  { key: 'precisionPercent', title: '准确率（%）', of: (row) => row.precisionPercent },
  { key: 'closedInTimePercent', title: '按时办结率（%）', of: (row) => row.closedInTimePercent },
  { key: 'averageDays', title: '平均办理天数', of: (row) => row.averageDays },
]
const advice: readonly ExportColumn<ThresholdAdviceView>[] = [
  { key: 'indicator', title: '指标', of: (row) => `${row.code} ${row.title}` },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  { key: 'threshold', title: '现行阈值', of: (row) => row.threshold },
  { key: 'suggested', title: '建议阈值', of: (row) => row.better?.value ?? null },
  { key: 'decided', title: '已办结', of: (row) => row.before.decided },
  { key: 'confirmed', title: '属实', of: (row) => row.before.confirmed },
  { key: 'valuable', title: '情况存在', of: (row) => row.before.valuable },
  { key: 'falsePositive', title: '误报', of: (row) => row.before.falsePositive },
  { key: 'undecided', title: '未查结', of: (row) => row.undecided },
  { key: 'precision', title: '准确率（%）', of: (row) => row.before.precision },
  { key: 'precisionAfter', title: '建议后准确率（%）', of: (row) => row.better?.after.precision ?? null },
  { key: 'sentence', title: '说明', of: (row) => row.sentence },
]
const dataStates = { whole: '', partial: '数据不完整', missing: '无数据' }
const rounded = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(100 * value) / 100
/** Every measure of every theme, with its growth; a list names those of its theme. */
const themeFigures: readonly ExportColumn<ThemeFigureRow>[] = [
  { key: 'label', title: '分组', of: (row) => row.label },
  { key: 'from', title: '起', of: (row) => row.from },
  { key: 'to', title: '止', of: (row) => row.to },
  { key: 'state', title: '数据情况', of: (row) => dataStates[row.state] },
  ...Object.entries(themeMeasures).flatMap(([key, { title, kind, unit }]) => {
    const change = kind === 'share' ? '百分点' : '%'
    return [
      { key, title: `${title}（${unit}）`, of: (row: ThemeFigureRow) => rounded(row.figures[key]?.value) },
      {
        key: `${key}.mom`,
        title: `${title}环比（${change}）`,
        of: (row: ThemeFigureRow) => rounded(row.figures[key]?.mom),
      },
      {
        key: `${key}.yoy`,
        title: `${title}同比（${change}）`,
        of: (row: ThemeFigureRow) => rounded(row.figures[key]?.yoy),
      },
    ]
  }),
]
const themeRecords: readonly ExportColumn<ThemeRecord>[] = [
  { key: 'label', title: '记录', of: (row) => row.label },
  { key: 'at', title: '时间', of: (row) => exportInstant(row.at) },
  { key: 'unit', title: '机构', of: (row) => row.unitName ?? row.unitPath },
  {
    key: 'values',
    title: '内容',
    of: (row) => row.values.map(({ title, value }) => `${title}=${value}`).join('；'),
  },
]

export const supervisionExports = {
  findCasePushes: casePushes,
  findOutcomes: outcomes,
  findThresholdAdvice: advice,
  findThemeFigures: themeFigures,
  findThemeRecords: themeRecords,
  findWarnings: warnings,
  findIndicators: indicators,
  findRuns: runs,
  findRunChanges: runChanges,
  findFindings: findings,
  findCases: cases,
  findComposed: composed,
  findSettingHistory: settingHistory,
  findSettingChanges: settingChanges,
  findSuppressions: suppressions,
}
