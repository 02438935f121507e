/** A file and its mapping: uploaded with progress, then imported in the background. */
import { InboxOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, Form, Modal, Progress, Select, Upload } from 'antd'
import { useRef, useState } from 'react'
import { formatBytes, formatDuration } from '../../../formats.ts'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { type UploadProgress, uploadFile } from '../../../upload.ts'
import { business, businessKeys } from '../api.ts'
import { csvHeaderOf } from '../csv-header.ts'
import { facts, wordOf } from '../labels.ts'

const UPLOADS = '/api/uploads'

export function StartImport({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form] = Form.useForm<{ mapping: string }>()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [file, setFile] = useState<File | null>(null)
  const [header, setHeader] = useState<string[] | null>(null)
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const abort = useRef<AbortController | null>(null)
  const chosen = Form.useWatch('mapping', form)
  const mappings = useQuery({
    queryKey: businessKeys.mappings,
    queryFn: async () => (await business.listMappings({})).items,
    enabled: open,
  })
  const { busy, error, setError, submit } = useSubmit<{ mapping: string }>(form, async ({ mapping }) => {
    if (!file) return
    abort.current = new AbortController()
    try {
      const upload = await uploadFile(UPLOADS, file, setProgress, abort.current.signal)
      const run = await business.startImport({ upload, mapping })
      await queries.invalidateQueries({ queryKey: businessKeys.imports })
      close()
      await navigate({ to: `/imports/${run.id}` })
    } catch (thrown) {
      if (!abort.current.signal.aborted) throw thrown
    } finally {
      setProgress(null)
    }
  })
  const close = (): void => {
    abort.current?.abort()
    setFile(null)
    setHeader(null)
    setError(null)
    onClose()
  }
  const mapping = mappings.data?.find(({ name }) => name === chosen)
  const fits = (columns: readonly string[], names: readonly string[]): boolean =>
    columns.length > 0 && columns.every((column) => names.includes(column))
  const missing = header && mapping ? mapping.columns.filter((column) => !header.includes(column)) : []
  const take = async (next: File): Promise<void> => {
    setFile(next)
    const names = await csvHeaderOf(next)
    setHeader(names)
    const fitting = (mappings.data ?? []).filter(({ columns }) => names && fits(columns, names))
    if (fitting.length === 1) form.setFieldValue('mapping', fitting[0]?.name)
  }
  return (
    <Modal
      open={open}
      title="导入文件"
      okText="开始导入"
      cancelText={busy ? '停止上传' : '取消'}
      okButtonProps={{ disabled: !file || missing.length > 0 }}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={close}
      destroyOnHidden
    >
      <ProblemAlert error={error ?? mappings.error} labels={{ mapping: '映射', upload: '文件' }} />
      <Form form={form} layout="vertical" onFinish={submit}>
        <Form.Item label="文件" required>
          <Upload.Dragger
            maxCount={1}
            disabled={busy}
            accept=".csv,.tsv,.ndjson,.jsonl,.parquet"
            fileList={file ? [{ uid: '1', name: `${file.name}（${formatBytes(file.size)}）` }] : []}
            beforeUpload={(next) => {
              void take(next)
              return false
            }}
            onRemove={() => {
              setFile(null)
              setHeader(null)
            }}
          >
            <InboxOutlined style={{ fontSize: 28 }} />
            <p style={{ margin: '4px 0 0' }}>点击选择或拖入 CSV、NDJSON 或 Parquet 文件</p>
          </Upload.Dragger>
        </Form.Item>
        <Form.Item name="mapping" label="映射" rules={[{ required: true, message: '请选择映射' }]}>
          <Select
            loading={mappings.isPending}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder="文件的各列如何成为业务事实"
            options={(mappings.data ?? []).map(({ name, title }) => ({ value: name, label: title }))}
          />
        </Form.Item>
        {missing.length > 0 && (
          <Alert
            type="warning"
            showIcon
            style={{ marginBottom: 12 }}
            title="文件与所选映射不符"
            description={`文件没有这些列：${missing.join('、')}`}
          />
        )}
        {mapping && (
          <p className="hj-muted">
            导入为{wordOf(facts, mapping.fact)}。{mapping.about} 文件须有这些列：
            <span className="hj-code">{mapping.columns.join('、')}</span>
          </p>
        )}
      </Form>
      {progress && <Uploading progress={progress} />}
    </Modal>
  )
}

function Uploading({ progress: { sent, total, bytesPerSecond } }: { progress: UploadProgress }) {
  return (
    <>
      <Progress percent={Math.round((sent / Math.max(1, total)) * 100)} status="active" />
      <span className="hj-muted">
        已上传 {formatBytes(sent)} / {formatBytes(total)}，每秒 {formatBytes(bytesPerSecond)}，约余{' '}
        {formatDuration(((total - sent) / Math.max(1, bytesPerSecond)) * 1000)}
      </span>
    </>
  )
}
