/** Columns of the exported lists, as the console shows them. */
import { type ExportColumn, exportInstant } from '@hengjian/platform/http'
import type { z } from 'zod'
import type { ImportView, transactionRow } from './contract.ts'
import { CHANNELS } from './kinds.ts'
import { transactionStates } from './lifecycle.ts'

const subjectKinds: Readonly<Record<string, string>> = { vehicle: '机动车', licence: '驾驶证' }
const importStates = {
  queued: '排队中',
  running: '导入中',
  done: '完成',
  failed: '失败',
  cancelled: '已取消',
}

const transactions: readonly ExportColumn<z.infer<typeof transactionRow>>[] = [
  { key: 'serial', title: '流水号', of: (row) => row.serial },
  {
    key: 'business',
    title: '业务',
    of: (row) => `${subjectKinds[row.subjectKind] ?? row.subjectKind} · ${row.businessTitle}`,
  },
  { key: 'plate', title: '号牌', of: (row) => row.plate },
  { key: 'person', title: '所有人/申请人', of: (row) => row.person },
  { key: 'state', title: '状态', of: (row) => transactionStates[row.state as 'held'] ?? row.state },
  { key: 'channel', title: '渠道', of: (row) => CHANNELS[row.channel] ?? row.channel },
  { key: 'handler', title: '经办人', of: (row) => row.handler },
  { key: 'unit', title: '机构', of: (row) => row.unit ?? row.unitPath },
  { key: 'acceptedAt', title: '受理时间', of: (row) => exportInstant(row.acceptedAt) },
  { key: 'dueAt', title: '时限', of: (row) => exportInstant(row.dueAt) },
  { key: 'completedAt', title: '办结时间', of: (row) => exportInstant(row.completedAt) },
]
const imports: readonly ExportColumn<ImportView>[] = [
  { key: 'fileName', title: '文件', of: (row) => row.fileName },
  { key: 'mapping', title: '映射', of: (row) => row.mappingName },
  { key: 'fact', title: '导入为', of: (row) => row.fact },
  { key: 'state', title: '状态', of: (row) => importStates[row.state] },
  { key: 'inserted', title: '新增', of: (row) => row.inserted },
  { key: 'skipped', title: '已有', of: (row) => row.skipped },
  { key: 'rejected', title: '拒绝', of: (row) => row.rejected },
  { key: 'bytes', title: '大小（字节）', of: (row) => row.fileBytes },
  { key: 'createdAt', title: '提交时间', of: (row) => exportInstant(row.createdAt) },
  { key: 'finishedAt', title: '完成时间', of: (row) => exportInstant(row.finishedAt) },
]

export const businessExports = { findTransactions: transactions, findImports: imports }
