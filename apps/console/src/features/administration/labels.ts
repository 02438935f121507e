import type { AuditVerificationView, JobView, ParameterValue } from '@hengjian/administration/contract'
import { formatCount } from '../../formats.ts'
import type { StateLabels } from '../../parts/state-tag.tsx'

export const jobStates: Record<JobView['state'], StateLabels[string]> = {
  running: { label: '运行中', tone: 'active' },
  done: { label: '完成', tone: 'good' },
  retrying: { label: '等待重试', tone: 'warn' },
  failed: { label: '失败', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'plain' },
}
export const auditResults: StateLabels = {
  done: { label: '成功', tone: 'good' },
  refused: { label: '拒绝', tone: 'warn' },
  failed: { label: '失败', tone: 'bad' },
}
export const verificationStates: StateLabels = {
  running: { label: '校验中', tone: 'active' },
  intact: { label: '完整', tone: 'good' },
  faulty: { label: '发现异常', tone: 'bad' },
  failed: { label: '校验未完成', tone: 'warn' },
}
export const faults: Record<NonNullable<AuditVerificationView['fault']>['what'], string> = {
  'entry-altered': '日志记录被改动',
  'entry-removed': '日志记录被删除',
  'entry-inserted': '日志记录被插入',
  'seal-altered': '封存值被改动',
  'seal-removed': '封存值被删除',
  'tail-cut': '日志末尾被截断',
  'checkpoint-altered': '检查点被改动',
  'checkpoint-removed': '检查点被删除',
  'checkpoint-file-altered': '检查点文件被改动',
}
export const actorKinds: Readonly<Record<string, string>> = {
  user: '用户',
  system: '系统',
  anonymous: '未登录',
}

/** Modules in words: first part of parameter codes and audit actions. */
export const moduleNames: Readonly<Record<string, string>> = {
  identity: '机构、用户与权限',
  registry: '备案',
  business: '业务办理',
  supervision: '综合监管',
  administration: '系统管理',
  notifications: '消息',
  platform: '平台',
  files: '文件',
}

/** A parameter's value in words. */
export function formatParameterValue(
  value: ParameterValue,
  options: readonly { value: string; title: string }[] | null = null,
): string {
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (typeof value === 'number') return formatCount(value)
  const word = (one: string): string => options?.find((option) => option.value === one)?.title ?? one
  if (Array.isArray(value)) return value.map(word).join('、') || '空'
  return word(value) || '空'
}
