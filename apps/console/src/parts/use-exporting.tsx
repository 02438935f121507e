/** Having a list, or its report, made as a file: busy meanwhile, and a word on what came of it. */
import { App } from 'antd'
import { useState } from 'react'
import { formatCount } from '../formats.ts'
import { exportList } from './export-list.ts'
import { ProblemAlert } from './problem-alert.tsx'

export function useExporting(path: string, title: string) {
  const [busy, setBusy] = useState(false)
  const { message, notification } = App.useApp()
  const run = async (asked: Parameters<typeof exportList>[2]): Promise<void> => {
    setBusy(true)
    try {
      const rows = await exportList(path, title, asked)
      message.success(`已导出 ${formatCount(rows)} 条，已记入审计日志`)
    } catch (error) {
      notification.error({ title: '导出未完成', description: <ProblemAlert error={error} /> })
    } finally {
      setBusy(false)
    }
  }
  return { busy, run }
}
