/** A small CSV from the user's machine, with the reason for the import; faults name their lines. */
import { InboxOutlined } from '@ant-design/icons'
import { App, Form, Upload } from 'antd'
import { type ReactNode, useState } from 'react'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { useStale } from '../api.ts'

const LIMIT = 900_000

export function CsvImport({
  open,
  title,
  hint,
  children,
  onImport,
  onClose,
}: {
  open: boolean
  title: string
  hint: string
  children?: ReactNode
  onImport: (
    csv: string,
    reason: string,
    values: Record<string, unknown>,
  ) => Promise<{ key: readonly unknown[]; words: string }>
  onClose: () => void
}) {
  const [file, setFile] = useState<File | null>(null)
  const stale = useStale()
  const { message } = App.useApp()
  return (
    <ReasonDialog
      open={open}
      title={title}
      effect={hint}
      seenBy="系统管理员、审计管理员"
      okText="导入"
      onCancel={onClose}
      onSubmit={async (reason, values) => {
        const { key, words } = await onImport(await textOf(file!), reason, values)
        message.success(words)
        setFile(null)
        await stale(key)
        onClose()
      }}
    >
      <Form.Item
        name="file"
        rules={[
          {
            validator: async () => {
              if (!file) throw new Error('请选择文件')
              if (file.size > LIMIT) throw new Error('文件超过 900 KB')
            },
          },
        ]}
        getValueFromEvent={() => undefined}
      >
        <Upload.Dragger
          accept=".csv,text/csv"
          maxCount={1}
          fileList={file ? [{ uid: '1', name: file.name }] : []}
          beforeUpload={(chosen) => {
            setFile(chosen)
            return false
          }}
          onRemove={() => setFile(null)}
        >
          <InboxOutlined style={{ fontSize: 28 }} />
          <p style={{ margin: '4px 0 0' }}>点击选择或拖入 CSV 文件（UTF-8 或 GBK）</p>
        </Upload.Dragger>
      </Form.Item>
      {children}
    </ReasonDialog>
  )
}

/** UTF-8, or GBK as spreadsheets in China still save it. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
