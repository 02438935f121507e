/** Parameters by unit: what is in force, who set it, and the way to change it. */
import type { ParameterView } from '@hengjian/administration/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Input, Skeleton, Table, type TableProps, Tag } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../formats.ts'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { UnitName } from '../../../parts/unit-name.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useNarrow } from '../../../parts/use-narrow.ts'
import { useSession } from '../../../session.ts'
import { administration, administrationKeys } from '../api.ts'
import { ParameterDialog } from '../components/parameter-dialog.tsx'
import { ParameterHistory } from '../components/parameter-history.tsx'
import { formatParameterValue, moduleNames } from '../labels.ts'

export function ParametersPage() {
  const { unit } = useSession()
  const search = useSearch({ strict: false }) as { unitPath?: string }
  const navigate = useNavigate()
  const narrow = useNarrow()
  const unitPath = search.unitPath ?? unit.path
  const [text, setText] = useState('')
  const [changing, setChanging] = useState<ParameterView | null>(null)
  const [history, setHistory] = useState<ParameterView | null>(null)
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...administrationKeys.parameters, unitPath],
    queryFn: () => administration.findParameters({ unitPath }),
    placeholderData: (old) => old,
  })
  const shown = (data?.items ?? []).filter(({ code, title }) => `${code}${title}`.includes(text.trim()))
  // What the reader may set comes first.
  const modules = [
    ...new Set(shown.toSorted((a, b) => Number(b.editable) - Number(a.editable)).map(({ module }) => module)),
  ]
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>参数</h1>
        <div className="hj-actions">
          <Input.Search
            allowClear
            placeholder="名称或代码"
            style={{ width: 180 }}
            onChange={(event) => setText(event.target.value)}
          />
          <UnitSelect
            by="path"
            value={unitPath}
            allowClear={false}
            onChange={(next) =>
              void navigate({ to: '.', search: { unitPath: next } as never, replace: true })
            }
          />
        </div>
      </div>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {isPending && <Skeleton active />}
      {data && shown.length === 0 && <p className="hj-muted">没有名称或代码含“{text}”的参数。</p>}
      {modules.map((module) => (
        <Panel key={module} title={moduleNames[module] ?? module}>
          <Table<ParameterView>
            size="small"
            rowKey="code"
            pagination={false}
            tableLayout="fixed"
            {...(narrow ? {} : { scroll: { x: 900 } })}
            dataSource={shown.filter((row) => row.module === module)}
            columns={columnsFor(narrow, [
              {
                title: '参数',
                width: narrow ? '42%' : '34%',
                render: (_, row) => (
                  <>
                    {row.title}
                    <div className="hj-muted hj-small" style={{ maxWidth: 420, whiteSpace: 'normal' }}>
                      {row.description ?? row.code}
                    </div>
                  </>
                ),
              },
              {
                title: '现行值',
                width: narrow ? '30%' : '17%',
                render: (_, row) => (
                  <strong>
                    {formatParameterValue(row.value, row.options)} {row.measure}
                  </strong>
                ),
              },
              {
                title: '由谁设定',
                width: '22%',
                render: (_, row) =>
                  row.own ? (
                    <>
                      <Tag color="processing">本机构</Tag>
                      <span className="hj-muted hj-small">
                        {row.own.changedByName} {formatInstant(row.own.changedAt)}
                      </span>
                    </>
                  ) : row.from ? (
                    <>
                      沿用 <UnitName path={row.from} />
                    </>
                  ) : (
                    '出厂'
                  ),
              },
              {
                title: '出厂值',
                width: '12%',
                render: (_, row) => formatParameterValue(row.default, row.options),
              },
              {
                title: '操作',
                render: (_, row) => (
                  <>
                    <Button
                      type="link"
                      size="small"
                      style={{ paddingInlineStart: 0 }}
                      disabled={!row.editable}
                      onClick={() => setChanging(row)}
                    >
                      修改
                    </Button>
                    <Button
                      type="link"
                      size="small"
                      style={narrow ? { paddingInlineStart: 0 } : {}}
                      onClick={() => setHistory(row)}
                    >
                      变更记录
                    </Button>
                  </>
                ),
              },
            ])}
          />
        </Panel>
      ))}
      {changing && (
        <ParameterDialog parameter={changing} unitPath={unitPath} onClose={() => setChanging(null)} />
      )}
      <ParameterHistory parameter={history} onClose={() => setHistory(null)} />
    </div>
  )
}

/** On a telephone only what one came for: the parameter, its value, the way to change it. */
const columnsFor = (narrow: boolean, columns: NonNullable<TableProps<ParameterView>['columns']>) =>
  narrow ? columns.filter(({ title }) => title !== '由谁设定' && title !== '出厂值') : columns
