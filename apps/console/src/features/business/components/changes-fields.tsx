/** What a change registration changes, each with before and after. */
import { Form, type FormInstance, Input, Select } from 'antd'
import { useDictionary } from '../../../dictionary.ts'
import type { BusinessKind } from '../api.ts'
import { codedOptionsOf, colours } from '../labels.ts'
import type { AcceptValues } from './accept-values.ts'

/** Changes whose values are personal: that they change is recorded, not what they are. */
const PERSONAL = ['co_owner', 'address']

export function ChangesFields({ kind, form }: { kind: BusinessKind; form: FormInstance<AcceptValues> }) {
  const chosen = Form.useWatch('changedFields', form) ?? []
  return (
    <>
      <Form.Item
        name="changedFields"
        label="变更项目"
        rules={[{ required: true, type: 'array', min: 1, message: '请至少选择一项' }]}
      >
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          options={kind.changes.map(({ code, title }) => ({ value: code, label: title }))}
        />
      </Form.Item>
      {chosen.some((field) => PERSONAL.includes(field)) && (
        <p className="hj-muted">共同所有人、住所地址的内容以材料为准，这里不录入个人信息。</p>
      )}
      {chosen
        .filter((field) => !PERSONAL.includes(field))
        .map((field) => {
          const title = kind.changes.find(({ code }) => code === field)?.title ?? field
          return (
            <div className="hj-fields" key={field}>
              <Form.Item name={['changes', field, 'before']} label={`${title}：变更前`}>
                <ValueInput field={field} />
              </Form.Item>
              <Form.Item name={['changes', field, 'after']} label={`${title}：变更后`}>
                <ValueInput field={field} />
              </Form.Item>
            </div>
          )
        })}
    </>
  )
}

function ValueInput({
  field,
  ...control
}: {
  field: string
  value?: string
  onChange?: (value: never) => void
}) {
  const useNatures = useDictionary('use_nature')
  const coded = field === 'use_nature' ? useNatures : field === 'colour' ? colours : undefined
  return coded ? (
    <Select allowClear {...(control as object)} options={codedOptionsOf(coded)} />
  ) : (
    <Input maxLength={60} {...(control as object)} />
  )
}
