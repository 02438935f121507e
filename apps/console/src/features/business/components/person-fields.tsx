/** The applicant: found by identity number and taken over, or entered anew. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, type FormInstance, Input, Segmented } from 'antd'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { business } from '../api.ts'
import type { AcceptValues } from './accept-values.ts'
import { PersonFacts } from './person-panel.tsx'

const KINDS = [
  { value: 'person', label: '个人' },
  { value: 'organisation', label: '单位' },
]

export function PersonFields({
  form,
  organisations,
}: {
  form: FormInstance<AcceptValues>
  organisations: boolean
}) {
  const kind = Form.useWatch(['person', 'kind'], form) ?? 'person'
  const personId = Form.useWatch('personId', form)
  const numberLabel = kind === 'organisation' ? '统一社会信用代码' : '身份证明号码'
  const find = useMutation({
    mutationFn: async (idNumber: string) => (await business.findPersons({ idNumber })).items[0] ?? null,
    onSuccess: (found) => form.setFieldValue('personId', found?.id),
  })
  const look = (): void => {
    const number = (form.getFieldValue(['person', 'idNumber']) as string | undefined)?.trim().toUpperCase()
    if (number) find.mutate(number)
  }
  const forget = (): void => {
    find.reset()
    form.setFieldValue('personId', undefined)
  }
  return (
    <>
      <Form.Item name="personId" hidden>
        <Input />
      </Form.Item>
      <div className="hj-fields">
        {organisations && (
          <Form.Item name={['person', 'kind']} label="类别">
            <Segmented options={KINDS} onChange={forget} />
          </Form.Item>
        )}
        <Form.Item
          name={['person', 'idNumber']}
          label={numberLabel}
          rules={[{ required: true, message: `请填写${numberLabel}` }]}
        >
          <Input.Search
            maxLength={30}
            enterButton="查找"
            autoComplete="off"
            loading={find.isPending}
            placeholder="回车查找"
            onChange={() => personId && forget()}
            onPressEnter={(event) => {
              event.preventDefault()
              look()
            }}
            onSearch={(_, __, info) => {
              if (info?.source !== 'input') look()
            }}
          />
        </Form.Item>
      </div>
      <ProblemAlert error={find.error} />
      {personId && find.data ? (
        <>
          <PersonFacts person={find.data} />
          <Button
            type="link"
            style={{ padding: 0 }}
            onClick={() => form.setFieldValue('personId', undefined)}
          >
            信息有变，重新填写
          </Button>
        </>
      ) : (
        <>
          {find.isSuccess && find.data === null && (
            <Alert type="info" showIcon style={{ marginBottom: 12 }} title="没有登记过，请填写申请人信息。" />
          )}
          <div className="hj-fields">
            <Form.Item
              name={['person', 'name']}
              label={kind === 'organisation' ? '单位名称' : '姓名'}
              rules={[{ required: true, whitespace: true, message: '请填写' }]}
            >
              <Input maxLength={100} autoComplete="off" />
            </Form.Item>
            <Form.Item name={['person', 'mobile']} label="手机号码">
              <Input maxLength={14} inputMode="tel" autoComplete="off" />
            </Form.Item>
            <Form.Item name={['person', 'address']} label="联系地址" className="hj-wide">
              <Input maxLength={200} autoComplete="off" />
            </Form.Item>
            <Form.Item
              name={['person', 'addressRegion']}
              label="地址行政区划"
              rules={[{ pattern: /^\d{6}$/, message: '6 位数字' }]}
            >
              <Input maxLength={6} inputMode="numeric" placeholder="如 450302" />
            </Form.Item>
          </div>
        </>
      )}
    </>
  )
}
