import type { UnitView } from '@hengjian/identity/contract'
import { Form, Input, Modal, Select } from 'antd'
import { useEffect } from 'react'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { identity, identityKeys, useStale } from '../api.ts'
import { levels, optionsOf } from '../labels.ts'

interface Values {
  code: string
  name: string
  level: UnitView['level']
  localRegions?: string[]
  state?: UnitView['state']
}

export function UnitForm({
  open,
  unit,
  parent,
  onClose,
  onSaved,
}: {
  open: boolean
  unit: UnitView | null
  parent: UnitView | null
  onClose: () => void
  onSaved: (unit: UnitView) => void
}) {
  const [form] = Form.useForm<Values>()
  const stale = useStale()
  const { busy, error, setError, submit } = useSubmit<Values>(form, async ({ code, state, ...values }) => {
    const saved = unit
      ? await identity.updateUnit({ id: unit.id, ...values, ...(state ? { state } : {}) })
      : await identity.createUnit({ ...values, code, parentId: parent?.id ?? null })
    await stale(identityKeys.units)
    onSaved(saved)
    onClose()
  })
  useEffect(() => {
    if (!open) return
    setError(null)
    form.resetFields()
    if (unit) form.setFieldsValue(unit)
  }, [open, unit, form, setError])
  return (
    <Modal
      open={open}
      title={unit ? `修改 ${unit.name}` : parent ? `在“${parent.name}”下新建机构` : '新建机构'}
      okText="保存"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      forceRender
    >
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit} initialValues={{ level: 'window' }}>
        <Form.Item name="name" label="名称" rules={[{ required: true, message: '请输入名称' }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="code"
          label="机构代码"
          extra="写入数据路径，创建后不能更改。"
          rules={[
            { required: true, pattern: /^[0-9A-Za-z_-]{1,32}$/, message: '字母、数字、- 或 _，至多 32 位' },
          ]}
        >
          <Input disabled={unit !== null} />
        </Form.Item>
        <Form.Item name="level" label="级别" rules={[{ required: true }]}>
          <Select options={optionsOf(levels)} />
        </Form.Item>
        <Form.Item
          name="localRegions"
          label="本地行政区划"
          extra="2–6 位代码；判断本地、外地人员和车辆时使用。不填沿用上级机构。"
        >
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，', '、']} />
        </Form.Item>
        {unit && (
          <Form.Item name="state" label="状态">
            <Select options={optionsOf({ active: '正常', closed: '已撤销' })} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  )
}
