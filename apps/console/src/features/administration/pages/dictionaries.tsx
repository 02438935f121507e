/** Dictionaries: codes and names, versioned, replaced as a whole from CSV. */
import { UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Input, Skeleton, Table, Tag } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../formats.ts'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { useCan } from '../../../session.ts'
import { administration, administrationKeys } from '../api.ts'
import { CsvImport } from '../components/csv-import.tsx'

export function DictionariesPage() {
  const can = useCan()
  const navigate = useNavigate()
  const { code } = useSearch({ strict: false }) as { code?: string }
  const [text, setText] = useState('')
  const [importing, setImporting] = useState(false)
  const list = useQuery({
    queryKey: administrationKeys.dictionaries,
    queryFn: async () => (await administration.findDictionaries({})).items,
  })
  const chosen = code ?? list.data?.[0]?.code
  const one = useQuery({
    queryKey: [...administrationKeys.dictionaries, chosen],
    queryFn: () => administration.getDictionary({ code: chosen! }),
    enabled: chosen !== undefined,
  })
  const entries = (one.data?.items ?? []).filter((entry) =>
    `${entry.code}${entry.name}`.includes(text.trim()),
  )
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>数据字典</h1>
      </div>
      <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      <div className="hj-two">
        <nav className="hj-panel hj-two-list" style={{ padding: 0 }} aria-label="字典">
          {list.isPending && <Skeleton active style={{ padding: 16 }} />}
          {list.data?.length === 0 && (
            <p className="hj-muted" style={{ padding: 16 }}>
              还没有字典。
            </p>
          )}
          {list.data?.map((dictionary) => (
            <button
              key={dictionary.code}
              type="button"
              className="hj-queue-item"
              aria-current={dictionary.code === chosen}
              onClick={() =>
                void navigate({ to: '.', search: { code: dictionary.code } as never, replace: true })
              }
            >
              <span className="hj-queue-item-top">{dictionary.name}</span>
              <span className="hj-muted hj-small">
                {dictionary.entries} 项 · 第 {dictionary.version} 版
              </span>
            </button>
          ))}
        </nav>
        {chosen && (
          <Panel
            title={one.data?.name ?? chosen}
            extra={
              can('administration.dictionary.import') && (
                <Button icon={<UploadOutlined />} onClick={() => setImporting(true)}>
                  导入 CSV
                </Button>
              )
            }
          >
            <ProblemAlert error={one.error} onRetry={() => void one.refetch()} />
            {one.data && (
              <p className="hj-muted" style={{ marginTop: 0 }}>
                <span className="hj-code">{one.data.code}</span> · 第 {one.data.version} 版 ·{' '}
                {one.data.source === 'built_in' ? '出厂' : `${one.data.changedByName ?? ''} 导入`}{' '}
                {formatInstant(one.data.changedAt)}
              </p>
            )}
            <Input.Search
              allowClear
              placeholder="代码或名称"
              style={{ width: 220, marginBottom: 8 }}
              onChange={(event) => setText(event.target.value)}
            />
            <Table
              size="small"
              rowKey="code"
              loading={one.isPending}
              scroll={{ x: 'max-content' }}
              dataSource={entries}
              pagination={
                entries.length > 50 ? { pageSize: 50, size: 'small', showSizeChanger: false } : false
              }
              columns={[
                {
                  title: '代码',
                  dataIndex: 'code',
                  render: (value: string) => <span className="hj-code">{value}</span>,
                },
                { title: '名称', dataIndex: 'name' },
                {
                  title: '上级代码',
                  dataIndex: 'parentCode',
                  render: (value: string | null) => value ?? '—',
                },
                {
                  title: '状态',
                  dataIndex: 'enabled',
                  render: (enabled: boolean) => (enabled ? <Tag color="success">启用</Tag> : <Tag>停用</Tag>),
                },
              ]}
            />
          </Panel>
        )}
      </div>
      <CsvImport
        open={importing}
        title={`导入字典 ${one.data?.name ?? ''}`}
        hint="首行为 code,name，可另有 enabled、parent_code 两列。整本替换为新版本；有一行有误则全部不导入。"
        onClose={() => setImporting(false)}
        onImport={async (csv, reason) => {
          const answer = await administration.importDictionary({ code: chosen!, csv, reason })
          return {
            key: administrationKeys.dictionaries,
            words: `第 ${answer.version} 版：新增 ${answer.added} 项，修改 ${answer.changed} 项，移除 ${answer.removed} 项`,
          }
        }}
      />
    </div>
  )
}
