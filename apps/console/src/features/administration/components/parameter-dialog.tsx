/** Set a parameter for a unit, or let it inherit again. */
import type { ParameterValue, ParameterView } from '@hengjian/administration/contract'
import { App, Form, Input, InputNumber, Segmented, Select } from 'antd'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { UnitName } from '../../../parts/unit-name.tsx'
import { administration, administrationKeys, useStale } from '../api.ts'
import { formatParameterValue } from '../labels.ts'

export function ParameterDialog({
  parameter,
  unitPath,
  onClose,
}: {
  parameter: ParameterView
  unitPath: string
  onClose: () => void
}) {
  const stale = useStale()
  const { message } = App.useApp()
  const { code, version, own, options } = parameter
  return (
    <ReasonDialog
      open
      title={`修改 ${parameter.title}`}
      effect={
        parameter.level === 'installation' ? (
          '对全系统生效。'
        ) : (
          <>
            对<UnitName path={unitPath} />
            及未另行设定的下级机构立即生效。
          </>
        )
      }
      seenBy={parameter.keptBy === 'security' ? '安全管理员、审计管理员' : '系统管理员、审计管理员'}
      okText="保存"
      initialValues={{ mode: 'set', value: initialOf(parameter) }}
      onCancel={onClose}
      onSubmit={async (reason, values) => {
        const isSecurity = parameter.keptBy === 'security'
        const reset = isSecurity ? administration.resetSecurityParameter : administration.resetParameter
        const update = isSecurity ? administration.updateSecurityParameter : administration.updateParameter
        if (values['mode'] === 'inherit') await reset({ code, unitPath, version, reason })
        else
          await update({
            code,
            unitPath,
            version,
            reason,
            value: enteredOf(parameter, values['value']),
          })
        message.success('已保存')
        await stale(administrationKeys.parameters)
        onClose()
      }}
    >
      <Form.Item name="mode" hidden={!own}>
        <Segmented
          options={[
            { value: 'set', label: '本机构设定' },
            { value: 'inherit', label: '恢复沿用上级' },
          ]}
        />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) =>
          getFieldValue('mode') !== 'inherit' && (
            <Form.Item
              name="value"
              label={`${parameter.title}${parameter.measure ? `（${parameter.measure}）` : ''}`}
              extra={`现行 ${formatParameterValue(parameter.value, options)}，出厂 ${formatParameterValue(parameter.default, options)}${range(parameter)}`}
              rules={[{ required: parameter.type === 'number', message: '请填写' }]}
            >
              {control(parameter)}
            </Form.Item>
          )
        }
      </Form.Item>
    </ReasonDialog>
  )
}

function control({ type, options, min, max }: ParameterView) {
  const choices = options?.map(({ value, title }) => ({ value, label: title }))
  if (type === 'number')
    return (
      <InputNumber
        style={{ width: '100%' }}
        {...(min === null ? {} : { min })}
        {...(max === null ? {} : { max })}
      />
    )
  if (type === 'boolean')
    return (
      <Segmented
        options={[
          { value: 'true', label: '是' },
          { value: 'false', label: '否' },
        ]}
      />
    )
  if (type === 'list')
    return choices ? (
      <Select mode="multiple" options={choices} />
    ) : (
      <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，', '、']} />
    )
  return choices ? <Select options={choices} /> : <Input />
}

const initialOf = ({ type, value }: ParameterView): unknown => (type === 'boolean' ? String(value) : value)

const enteredOf = ({ type }: ParameterView, entered: unknown): ParameterValue => {
  if (type === 'boolean') return entered === 'true'
  if (type === 'list') return (entered as string[] | undefined) ?? []
  return (entered ?? '') as ParameterValue
}

const range = ({ min, max }: ParameterView): string =>
  min !== null && max !== null ? `，可设 ${min} 至 ${max}` : ''
