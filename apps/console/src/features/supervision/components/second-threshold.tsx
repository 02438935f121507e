/** The second threshold of an indicator: cases over it go to the personnel and discipline system. */
import { useQuery } from '@tanstack/react-query'
import { App, Form, InputNumber, Select } from 'antd'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { indicatorsQuery, supervision, useSupervisionMoved } from '../api.ts'

export function SecondThreshold({
  open,
  of,
  onClose,
}: {
  open: boolean
  /** Left out: indicator and unit are chosen in the form. */
  of?: { code: string; unitPath: string; value: number | null }
  onClose: () => void
}) {
  const { message } = App.useApp()
  const moved = useSupervisionMoved()
  const { data: indicators = [] } = useQuery({ ...indicatorsQuery(of?.unitPath, 'post_hoc'), enabled: open })
  const required = (what: string) => [{ required: true, message: `请选择${what}` }]
  return (
    <ReasonDialog
      open={open}
      title="设置第二阈值"
      effect="超过第二阈值的研判结果，其嫌疑业务推送队伍管理系统。须第二人批准的，批准前原值有效。"
      seenBy="本机构及上级的监管人员、审计管理员"
      okText="保存"
      initialValues={of ?? {}}
      onCancel={onClose}
      onSubmit={async (reason, values) => {
        const { code, unitPath, value } = values as { code: string; unitPath: string; value?: number | null }
        const saved = await supervision.setPushThreshold({ code, unitPath, value: value ?? null, reason })
        message.success(saved.pendingChange ? '已提交，待第二人批准，批准前原值有效' : '第二阈值已保存')
        onClose()
        await moved()
      }}
    >
      <Form.Item name="code" label="指标" rules={required('指标')}>
        <Select
          disabled={of !== undefined}
          showSearch={{ optionFilterProp: 'label' }}
          options={indicators.map(({ code, title }) => ({ value: code, label: `${code} ${title}` }))}
        />
      </Form.Item>
      <Form.Item name="unitPath" label="机构及其下级" rules={required('机构')}>
        <UnitSelect by="path" width="100%" disabled={of !== undefined} />
      </Form.Item>
      <Form.Item
        name="value"
        label="第二阈值"
        extra="与指标阈值同一比较方式，不得比它宽；留空则该机构及其下级不推送。"
      >
        <InputNumber style={{ width: '100%' }} />
      </Form.Item>
    </ReasonDialog>
  )
}
