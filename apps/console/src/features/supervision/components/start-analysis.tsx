/** Start an analysis over any period and unit. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { DatePicker, Form, Modal, Radio, TreeSelect } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { today } from '../../../formats.ts'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useSession } from '../../../session.ts'
import { indicatorsQuery, supervision, useSupervisionMoved } from '../api.ts'

type Extent = 'chosen' | 'changed' | 'all'

interface Values {
  extent: Extent
  codes?: string[]
  period?: [Dayjs, Dayjs]
  unitPath?: string
}

/** What each way to judge does, in words. */
const EXTENTS: readonly { value: Extent; label: string; help: string }[] = [
  { value: 'chosen', label: '所选指标', help: '把所选期间当作一个整体研判。' },
  {
    value: 'changed',
    label: '有变化的期间',
    help: '上次追溯以来新到或更正过的数据影响到的指标和期间，与每夜自动做的相同。',
  },
  { value: 'all', label: '全部指标', help: '按定期研判的口径逐日、逐月重新研判所选期间。' },
]

export function StartAnalysis({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form] = Form.useForm<Values>()
  const { unit } = useSession()
  const navigate = useNavigate()
  const moved = useSupervisionMoved()
  const indicators = useQuery({ ...indicatorsQuery(undefined, 'post_hoc'), enabled: open })
  const { busy, error, submit } = useSubmit<Values>(form, async (values) => {
    const run = await start(values)
    onClose()
    await moved()
    await navigate({ to: `/analysis-runs/${run.id}` })
  })
  const extent = Form.useWatch('extent', form) ?? 'chosen'
  const groups = Map.groupBy(indicators.data ?? [], ({ code }) => code.split('.')[0] ?? code)
  const tree = [...groups].map(([group, items]) => ({
    value: `group:${group}`,
    title: `${group}（${items.length} 项）`,
    selectable: false,
    children: items.map(({ code, title }) => ({ value: code, title: `${code} ${title}` })),
  }))
  const now = dayjs(today())
  const month = now.subtract(1, 'month')
  return (
    <Modal
      open={open}
      title="发起研判"
      okText="开始"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <ProblemAlert error={error} labels={{ codes: '指标', from: '期间', to: '期间', unitPath: '机构' }} />
      <Form
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{
          extent: 'chosen',
          period: [month.startOf('month'), month.endOf('month')],
          unitPath: unit.path,
        }}
      >
        <Form.Item name="extent" label="范围" extra={EXTENTS.find(({ value }) => value === extent)?.help}>
          <Radio.Group options={EXTENTS.map(({ value, label }) => ({ value, label }))} />
        </Form.Item>
        {extent === 'chosen' && (
          <Form.Item name="codes" label="指标" rules={[{ required: true, message: '请至少选择一项指标' }]}>
            <TreeSelect
              treeCheckable
              showCheckedStrategy={TreeSelect.SHOW_CHILD}
              treeData={tree}
              loading={indicators.isPending}
              maxTagCount={6}
              placeholder="按组勾选，可输入代码或名称查找"
              showSearch={{ treeNodeFilterProp: 'title' }}
              styles={{ popup: { root: { maxHeight: 360 } } }}
            />
          </Form.Item>
        )}
        {extent !== 'changed' && (
          <Form.Item name="period" label="研判期间" rules={[{ required: true, message: '请选择期间' }]}>
            <DatePicker.RangePicker
              style={{ width: '100%' }}
              presets={[
                { label: '上月', value: [month.startOf('month'), month.endOf('month')] },
                { label: '本月', value: [now.startOf('month'), now] },
                { label: '近三个月', value: [now.subtract(3, 'month'), now] },
                { label: '近一年', value: [now.subtract(1, 'year'), now] },
              ]}
            />
          </Form.Item>
        )}
        <Form.Item name="unitPath" label="机构（含下级）">
          <UnitSelect by="path" width="100%" allowClear={false} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** Ask for the run; the fields that do not belong to its extent are not on the form. */
function start({ extent, codes = [], period, unitPath }: Values) {
  const unit = unitPath ? { unitPath } : {}
  const days = period && {
    from: period[0].format('YYYY-MM-DD'),
    to: period[1].format('YYYY-MM-DD'),
  }
  if (extent === 'chosen') return supervision.startAnalysis({ codes, ...days!, ...unit })
  return supervision.repeatAnalysis({ extent, ...(extent === 'all' ? days : {}), ...unit })
}
