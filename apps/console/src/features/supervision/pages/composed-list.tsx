import { PlusOutlined } from '@ant-design/icons'
import { supervisionContract } from '@hengjian/supervision/contract'
import { useNavigate } from '@tanstack/react-router'
import { Button, Tag } from 'antd'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { supervision, supervisionKeys } from '../api.ts'
import { composedStates } from '../labels.ts'

export function ComposedListPage() {
  const can = useCan()
  const navigate = useNavigate()
  return (
    <ListPage
      name="composed"
      title="自编指标"
      rowKey={(row) => row.code}
      queryKey={supervisionKeys.composed}
      query={({ state, text }) => ({
        ...(state ? { state: state as 'on' } : {}),
        ...(text ? { text } : {}),
      })}
      load={supervision.findComposed}
      path={pathOf(supervisionContract.findComposed)}
      usualSort="-createdAt"
      open={(row) => `/composed-indicators/${row.code}`}
      empty="还没有自编指标。用业务记录、条件和阈值组合一个，先用历史数据回测，再由第二人批准启用。"
      actions={
        can('supervision.indicator.compose') && (
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => void navigate({ to: '/composed-indicators/new' })}
          >
            新建自编指标
          </Button>
        )
      }
      filters={[
        { kind: 'text', key: 'text', label: '代码或名称' },
        {
          kind: 'select',
          key: 'state',
          label: '启停',
          width: 110,
          options: [
            { value: 'on', label: '启用' },
            { value: 'off', label: '停用' },
          ],
        },
      ]}
      columns={[
        { key: 'code', title: '代码', width: 80, render: (row) => row.code },
        { key: 'title', title: '指标', render: (row) => row.title },
        { key: 'unit', title: '机构', render: (row) => row.unitName ?? row.unitPath },
        {
          key: 'switchedOn',
          title: '启停',
          render: (row) => (row.switchedOn ? <Tag color="success">启用</Tag> : <Tag>停用</Tag>),
        },
        {
          key: 'published',
          title: '现行版本',
          render: (row) => (row.published ? `第 ${row.published} 版` : '—'),
        },
        {
          key: 'newest',
          title: '最新版本',
          render: (row) => (
            <>
              第 {row.newest} 版 <StateTag state={row.newestState} labels={composedStates} />
            </>
          ),
        },
        { key: 'createdBy', title: '编制人', render: (row) => row.createdByName },
        {
          key: 'createdAt',
          sort: 'createdAt',
          title: '编制时间',
          render: (row) => formatInstant(row.createdAt),
        },
      ]}
    />
  )
}
