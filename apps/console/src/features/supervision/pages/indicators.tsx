/** All indicators with the values in force for a unit; changed ones say which unit set them. */
import { type IndicatorView, supervisionContract } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Tag } from 'antd'
import { pathOf } from '../../../client.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useSession } from '../../../session.ts'
import { indicatorsQuery, supervision, supervisionKeys } from '../api.ts'
import { effectTones, formatParameter, modes, subjects } from '../labels.ts'

export function IndicatorsPage() {
  const { unit } = useSession()
  const all = useQuery(indicatorsQuery())
  const kinds = [...new Set((all.data ?? []).map(({ subject }) => subject))]
  return (
    <ListPage
      name="indicators"
      title="指标与阈值"
      pageSize={200}
      rowKey={(row) => row.code}
      queryKey={supervisionKeys.indicators}
      query={({ unitPath, mode, text, subject, state }) => ({
        ...(unitPath ? { unitPath } : {}),
        ...(mode ? { mode: mode as 'in_process' } : {}),
        ...(text ? { text } : {}),
        ...(subject ? { subject } : {}),
        ...(state ? { state: state as 'on' } : {}),
      })}
      load={readAll}
      path={pathOf(supervisionContract.findIndicators)}
      open={(row) => `/indicators/${row.code}?unitPath=${encodeURIComponent(row.unitPath)}`}
      empty="没有指标。"
      filters={[
        { kind: 'text', key: 'text', label: '代码或名称' },
        {
          kind: 'select',
          key: 'mode',
          label: '类别',
          width: 120,
          options: Object.entries(modes).map(([value, label]) => ({ value, label })),
        },
        {
          kind: 'select',
          key: 'subject',
          label: '对象',
          width: 130,
          options: kinds.map((value) => ({ value, label: subjects[value] ?? value })),
        },
        {
          kind: 'select',
          key: 'state',
          label: '启停与调整',
          width: 140,
          options: [
            { value: 'on', label: '已启用' },
            { value: 'off', label: '已停用' },
            { value: 'set', label: '本机构已调整' },
          ],
        },
        {
          kind: 'custom',
          key: 'unitPath',
          label: '机构',
          render: (value, set) => (
            <UnitSelect
              by="path"
              value={value ?? unit.path}
              allowClear={false}
              onChange={(next) => set(next === unit.path ? '' : (next ?? ''))}
            />
          ),
        },
      ]}
      columns={[
        {
          key: 'code',
          title: '代码',
          width: 90,
          render: (row) => <span className="hj-num">{row.code}</span>,
        },
        { key: 'title', title: '指标', render: (row) => row.title },
        { key: 'mode', title: '类别', render: (row) => modes[row.mode] },
        {
          key: 'subject',
          screenOnly: true,
          title: '对象',
          render: (row) => subjects[row.subject] ?? row.subject,
        },
        {
          key: 'effect',
          title: '效果',
          render: (row) => <StateTag state={row.effect} labels={effectTones} />,
        },
        {
          key: 'enabled',
          title: '启停',
          render: (row) => (row.enabled ? <Tag color="success">启用</Tag> : <Tag>停用</Tag>),
        },
        {
          key: 'parameters',
          title: '参数',
          width: 360,
          render: (row) => <ParameterList row={row} />,
        },
        {
          key: 'sample',
          title: '最小样本',
          align: 'right',
          render: (row) => row.minimumSample || '—',
          hidden: true,
        },
      ]}
    />
  )
}

/** All of them at once: there are a few dozen. */
async function readAll(query: Parameters<typeof supervision.findIndicators>[0]) {
  const { items } = await supervision.findIndicators(query)
  return { items, nextCursor: null, total: items.length }
}

function ParameterList({ row }: { row: IndicatorView }) {
  return (
    <>
      {row.parameters.map(({ name, title, value, from }) => (
        <span key={name} style={{ marginInlineEnd: 12 }}>
          <span className="hj-muted">{title}</span> {formatParameter(value)}
          {from && <span title={`由 ${from} 设定`}> *</span>}
        </span>
      ))}
    </>
  )
}
