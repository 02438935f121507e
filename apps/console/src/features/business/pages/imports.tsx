import { UploadOutlined } from '@ant-design/icons'
import { businessContract } from '@hengjian/business/contract'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatBytes, formatCount, formatDuration, formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { business, businessKeys, type ImportRun } from '../api.ts'
import { StartImport } from '../components/start-import.tsx'
import { facts, importStates, wordOf } from '../labels.ts'

export function ImportsPage() {
  const can = useCan()
  const [starting, setStarting] = useState(false)
  return (
    <>
      <ListPage
        name="imports"
        title="数据导入"
        rowKey={(row) => row.id}
        queryKey={businessKeys.imports}
        refetchMs={3000}
        query={(filters) => ({
          ...(filters['state'] ? { state: filters['state'] as 'done' } : {}),
        })}
        load={business.findImports}
        usualSort="-createdAt"
        path={pathOf(businessContract.findImports)}
        open={(row) => `/imports/${row.id}`}
        actions={
          can('business.import.create') && (
            <Button type="primary" icon={<UploadOutlined />} onClick={() => setStarting(true)}>
              导入文件
            </Button>
          )
        }
        empty="还没有导入过。支持 CSV、NDJSON、Parquet；按映射把外部数据变为业务事实。"
        filters={[
          { kind: 'select', key: 'state', label: '状态', width: 120, options: stateOptions(importStates) },
        ]}
        columns={[
          { key: 'fileName', sort: 'fileName', title: '文件', render: (row) => row.fileName },
          { key: 'mapping', title: '映射', render: (row) => row.mappingName },
          { key: 'fact', title: '导入为', render: (row) => wordOf(facts, row.fact) },
          {
            key: 'state',
            title: '状态',
            render: (row) =>
              row.state === 'running' ? (
                <Progress size="small" style={{ width: 120 }} percent={percentOf(row)} />
              ) : (
                <StateTag state={row.state} labels={importStates} />
              ),
          },
          {
            key: 'inserted',
            title: '新增',
            align: 'right',
            render: (row) => formatCount(row.inserted),
          },
          {
            key: 'skipped',
            title: '已有',
            align: 'right',
            render: (row) => formatCount(row.skipped),
          },
          {
            key: 'rejected',
            title: '拒绝',
            align: 'right',
            render: (row) => formatCount(row.rejected),
          },
          {
            key: 'left',
            screenOnly: true,
            title: '约余',
            render: (row) =>
              row.remainingSeconds === null ? '—' : formatDuration(row.remainingSeconds * 1000),
          },
          {
            key: 'bytes',
            title: '大小',
            align: 'right',
            render: (row) => formatBytes(row.fileBytes),
            hidden: true,
          },
          {
            key: 'createdAt',
            sort: 'createdAt',
            title: '提交时间',
            render: (row) => formatInstant(row.createdAt),
          },
          { key: 'finishedAt', title: '完成时间', render: (row) => formatInstant(row.finishedAt) },
        ]}
      />
      <StartImport open={starting} onClose={() => setStarting(false)} />
    </>
  )
}

const percentOf = ({ bytesRead, fileBytes }: ImportRun): number =>
  Math.min(100, Math.round((bytesRead / Math.max(1, fileBytes)) * 100))
