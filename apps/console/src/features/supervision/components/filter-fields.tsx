/** Conditions of a composition: field, how it is asked, and what it must be. */
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, InputNumber, Select, Space } from 'antd'
import { type Block, type FilterEntry, needsValue, testsOf } from './composition-words.ts'

export function FilterFields({
  name,
  label,
  blocks,
}: {
  name: string
  label: string
  blocks: readonly Block[]
}) {
  const form = Form.useFormInstance()
  const entries = (Form.useWatch(name, form) ?? []) as FilterEntry[]
  return (
    <Form.Item label={label} style={{ marginBottom: 0 }}>
      <Form.List name={name}>
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name: at }) => {
              const block = blocks.find(({ field }) => field === entries[at]?.field)
              return (
                <Space key={key} wrap align="start" size={4} style={{ display: 'flex' }}>
                  <Form.Item name={[at, 'field']}>
                    <Select
                      showSearch={{ optionFilterProp: 'label' }}
                      style={{ width: 200 }}
                      placeholder="字段"
                      aria-label="条件字段"
                      options={blocks.map(({ field, title }) => ({ value: field, label: title }))}
                      onChange={(field) =>
                        form.setFieldValue([name, at], {
                          field,
                          test: testsOf(blocks.find((one) => one.field === field))[0]?.value,
                        })
                      }
                    />
                  </Form.Item>
                  <Form.Item name={[at, 'test']}>
                    <Select style={{ width: 110 }} aria-label="判断方式" options={testsOf(block)} />
                  </Form.Item>
                  {needsValue(entries[at]?.test) && (
                    <Form.Item name={[at, 'value']}>
                      <ValueField block={block} />
                    </Form.Item>
                  )}
                  <Button
                    type="text"
                    aria-label="删除条件"
                    icon={<DeleteOutlined />}
                    onClick={() => remove(at)}
                  />
                </Space>
              )
            })}
            <Button
              type="dashed"
              icon={<PlusOutlined />}
              onClick={() => add({})}
              style={{ marginBottom: 16 }}
            >
              添加条件
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  )
}

/** What Form.Item hands to its field is passed on. */
function ValueField({ block, ...given }: { block: Block | undefined; value?: never; onChange?: never }) {
  if (block?.type === 'number')
    return <InputNumber {...given} aria-label="条件值" placeholder="数值" style={{ width: 120 }} />
  if (block?.type === 'boolean')
    return (
      <Select
        {...given}
        aria-label="条件值"
        style={{ width: 90 }}
        options={[
          { value: true, label: '是' },
          { value: false, label: '否' },
        ]}
      />
    )
  return (
    <Select
      {...given}
      mode="tags"
      aria-label="条件值"
      placeholder="选择或输入代码"
      style={{ minWidth: 200 }}
      options={(block?.values ?? []).map(({ value, title }) => ({ value, label: title }))}
      tokenSeparators={[',', ' ', '，', '、']}
    />
  )
}
