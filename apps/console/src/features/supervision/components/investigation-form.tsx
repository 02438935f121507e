import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons'
import type { CaseDetail } from '@hengjian/supervision/contract'
import { Button, Form, Input, Space } from 'antd'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { supervision } from '../api.ts'

interface Values {
  result: string
  measures?: string
  responsible?: { name: string; role?: string }[]
}

export function InvestigationForm({ detail, onDone }: { detail: CaseDetail; onDone: () => void }) {
  const [form] = Form.useForm<Values>()
  const { busy, error, submit } = useSubmit<Values>(form, async (values) => {
    await supervision.recordInvestigation({
      id: detail.id,
      result: values.result,
      measures: values.measures ?? '',
      responsible: (values.responsible ?? []).map(({ name, role }) => ({ name, role: role ?? '' })),
    })
    onDone()
  })
  return (
    <>
      <ProblemAlert error={error} />
      <Form
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{
          result: detail.result ?? '',
          measures: detail.measures ?? '',
          responsible: detail.responsible,
        }}
      >
        <Form.Item
          name="result"
          label="调查结果"
          rules={[{ required: true, min: 2, message: '请写明调查结果' }]}
        >
          <Input.TextArea autoFocus rows={5} maxLength={4000} showCount />
        </Form.Item>
        <Form.Item name="measures" label="处理措施">
          <Input.TextArea rows={3} maxLength={4000} />
        </Form.Item>
        <Form.List name="responsible">
          {(fields, { add, remove }) => (
            <>
              <div style={{ marginBottom: 8 }}>责任人员</div>
              {fields.map((field) => (
                <Space key={field.key} align="baseline">
                  <Form.Item name={[field.name, 'name']} rules={[{ required: true, message: '请填写姓名' }]}>
                    <Input placeholder="姓名" maxLength={60} />
                  </Form.Item>
                  <Form.Item name={[field.name, 'role']}>
                    <Input placeholder="岗位或责任" maxLength={60} />
                  </Form.Item>
                  <Button
                    type="text"
                    aria-label="移除"
                    icon={<MinusCircleOutlined />}
                    onClick={() => remove(field.name)}
                  />
                </Space>
              ))}
              <Button
                type="dashed"
                icon={<PlusOutlined />}
                onClick={() => add()}
                style={{ marginBottom: 16 }}
              >
                添加责任人员
              </Button>
            </>
          )}
        </Form.List>
        <div>
          <Button type="primary" htmlType="submit" loading={busy}>
            保存
          </Button>{' '}
          <span className="hj-muted hj-small">保存后还须“提交审核”。</span>
        </div>
      </Form>
    </>
  )
}
