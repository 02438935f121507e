/** What can go wrong with files. */
import { defineErrors } from '@hengjian/platform/errors'

export const fileErrors = defineErrors('files', {
  file_too_large: { status: 413, title: '文件过大' },
  file_not_found: { status: 404, title: '没有这个文件' },
  link_expired: { status: 403, title: '链接无效或已过期' },
  file_type_mismatch: { status: 415, title: '文件内容与声明的类型不符' },
  file_infected: { status: 422, title: '文件含有病毒或恶意代码，未予接收' },
  scanner_unavailable: { status: 503, title: '病毒扫描暂不可用，文件未接收，请稍后再试' },
  storage_unavailable: { status: 503, title: '文件存储暂不可用，请稍后再试' },
})
