/** Columns of the exported lists, as the console shows them; the audit log with all it has. */
import { type ExportColumn, exportInstant } from '@hengjian/platform/http'
import type { AuditEntryView, AuditVerificationView, JobView } from './contract.ts'

const actorKinds = { user: '用户', system: '系统', anonymous: '未登录' }
const results = { done: '成功', refused: '拒绝', failed: '失败' }
const jobStates = {
  running: '运行中',
  done: '完成',
  retrying: '等待重试',
  failed: '失败',
  cancelled: '已取消',
}
const verificationStates = { running: '校验中', intact: '完整', faulty: '发现异常', failed: '校验未完成' }
const json = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value)

const entries: readonly ExportColumn<AuditEntryView>[] = [
  { key: 'sequence', title: '链序号', of: (row) => row.sequence },
  { key: 'id', title: '编号', of: (row) => row.id },
  // As recorded, to the millisecond: others' logs are matched by it.
  { key: 'at', title: '时间', of: (row) => row.at },
  { key: 'actorKind', title: '操作人类型', of: (row) => actorKinds[row.actorKind] },
  { key: 'actorId', title: '操作人编号', of: (row) => row.actorId },
  { key: 'actor', title: '操作人', of: (row) => row.actorName },
  { key: 'unit', title: '机构路径', of: (row) => row.actorUnitPath },
  { key: 'clientAddress', title: '来源地址', of: (row) => row.clientAddress },
  { key: 'requestId', title: '请求编号', of: (row) => row.requestId },
  { key: 'action', title: '操作', of: (row) => row.action },
  { key: 'object', title: '对象', of: (row) => row.object && `${row.object.kind} ${row.object.id}` },
  { key: 'before', title: '变更前', of: (row) => json(row.before) },
  { key: 'after', title: '变更后', of: (row) => json(row.after) },
  { key: 'result', title: '结果', of: (row) => results[row.result] },
  { key: 'reason', title: '理由', of: (row) => row.reason },
  { key: 'intact', title: '校验', of: (row) => (row.intact ? '相符' : '不符') },
]
const verifications: readonly ExportColumn<AuditVerificationView>[] = [
  { key: 'startedAt', title: '开始', of: (row) => exportInstant(row.startedAt) },
  { key: 'state', title: '结论', of: (row) => verificationStates[row.state] },
  { key: 'checked', title: '已校验日志', of: (row) => row.checked },
  { key: 'rows', title: '已校验数据行', of: (row) => row.rowsChecked },
  { key: 'fault', title: '首个异常', of: (row) => row.fault?.message },
  {
    key: 'alteredRows',
    title: '被改动的数据',
    of: (row) => row.alteredRows.map((one) => `${one.table} ${one.id} ${one.what}`).join('；'),
  },
  { key: 'finishedAt', title: '完成', of: (row) => exportInstant(row.finishedAt) },
  { key: 'by', title: '发起人', of: (row) => row.requestedByName },
]
const jobs: readonly ExportColumn<JobView>[] = [
  { key: 'title', title: '任务', of: (row) => row.title },
  { key: 'name', title: '代码', of: (row) => row.name },
  { key: 'state', title: '状态', of: (row) => jobStates[row.state] },
  { key: 'progress', title: '进度', of: (row) => row.done },
  { key: 'total', title: '总量', of: (row) => row.total },
  { key: 'message', title: '说明', of: (row) => row.message },
  { key: 'startedAt', title: '开始', of: (row) => exportInstant(row.startedAt) },
  { key: 'finishedAt', title: '结束', of: (row) => exportInstant(row.finishedAt) },
]

export const administrationExports = {
  findAuditEntries: entries,
  findAuditVerifications: verifications,
  findJobs: jobs,
}
