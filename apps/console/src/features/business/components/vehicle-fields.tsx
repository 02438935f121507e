/** The vehicle of a transaction: found by plate or VIN, or entered when it is to be registered. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Form, type FormInstance, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useDictionary } from '../../../dictionary.ts'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { business, type FoundVehicle } from '../api.ts'
import { codedOptionsOf, colours } from '../labels.ts'
import type { AcceptValues } from './accept-values.ts'
import { PersonFacts } from './person-panel.tsx'
import { VehicleFacts } from './vehicle-facts.tsx'

const VIN_LENGTH = 17

export function VehiclePicker({ form }: { form: FormInstance<AcceptValues> }) {
  const [text, setText] = useState('')
  const chosen = Form.useWatch('vehicleId', form)
  const find = useMutation({
    mutationFn: async (number: string) => {
      const query = number.length >= VIN_LENGTH - 1 ? { vin: number } : { plate: number }
      return (await business.findVehicles(query)).items
    },
    onSuccess: (items) => form.setFieldValue('vehicleId', items.length === 1 ? items[0]?.id : undefined),
  })
  const look = (): void => {
    const number = text.trim().toUpperCase()
    if (number) find.mutate(number)
  }
  const found = find.data?.find(({ id }) => id === chosen)
  return (
    <>
      <Form.Item label="号牌号码或车辆识别代号" required>
        <Input.Search
          value={text}
          enterButton="查找"
          loading={find.isPending}
          placeholder="如 桂A12345，或 17 位车辆识别代号；回车查找"
          onChange={(event) => setText(event.target.value)}
          onPressEnter={(event) => {
            event.preventDefault()
            look()
          }}
          onSearch={(_, __, info) => {
            if (info?.source === 'input') return
            look()
          }}
        />
      </Form.Item>
      <ProblemAlert error={find.error} />
      {find.data?.length === 0 && (
        <Alert
          type="info"
          showIcon
          title={`没有找到“${find.variables}”`}
          description="请核对号码；未登记的车辆请选“注册登记”或“转入”。"
        />
      )}
      <Form.Item
        name="vehicleId"
        hidden={(find.data?.length ?? 0) < 2}
        rules={[{ required: true, message: '请先查找并选定机动车' }]}
      >
        <Radio.Group
          options={(find.data ?? []).map((vehicle) => ({
            value: vehicle.id,
            label: `${vehicle.plate ?? '未上牌'} ${vehicle.brand ?? ''} ${vehicle.model ?? ''} ${vehicle.vin ?? ''}`,
          }))}
        />
      </Form.Item>
      <VehicleMissing form={form} />
      {found && <Found vehicle={found} />}
    </>
  )
}

/** The hidden field's fault, shown where the clerk looks. */
function VehicleMissing({ form }: { form: FormInstance<AcceptValues> }) {
  return (
    <Form.Item noStyle shouldUpdate>
      {() => {
        const [fault] = form.getFieldError('vehicleId')
        return fault ? <p style={{ color: 'var(--ant-color-error)', margin: '0 0 12px' }}>{fault}</p> : null
      }}
    </Form.Item>
  )
}

function Found({ vehicle }: { vehicle: FoundVehicle }) {
  return (
    <>
      <VehicleFacts vehicle={vehicle} />
      {vehicle.owner && (
        <>
          <h3 className="hj-h2" style={{ margin: '8px 0' }}>
            现所有人
          </h3>
          <PersonFacts person={vehicle.owner} />
        </>
      )}
    </>
  )
}

export function NewVehicleFields() {
  const plateKinds = useDictionary('plate_kind')
  const vehicleTypes = useDictionary('vehicle_type')
  const useNatures = useDictionary('use_nature')
  const required = (what: string) => [{ required: true, message: `请填写${what}` }]
  return (
    <div className="hj-fields">
      <Form.Item
        name={['vehicle', 'vin']}
        label="车辆识别代号"
        rules={required('车辆识别代号')}
        normalize={upper}
      >
        <Input maxLength={20} className="hj-code" />
      </Form.Item>
      <Form.Item name={['vehicle', 'plateKind']} label="号牌种类" rules={required('号牌种类')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={codedOptionsOf(plateKinds)} />
      </Form.Item>
      <Form.Item name={['vehicle', 'vehicleType']} label="车辆类型" rules={required('车辆类型')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={codedOptionsOf(vehicleTypes)} />
      </Form.Item>
      <Form.Item name={['vehicle', 'useNature']} label="使用性质" rules={required('使用性质')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={codedOptionsOf(useNatures)} />
      </Form.Item>
      <Form.Item name={['vehicle', 'brand']} label="品牌">
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name={['vehicle', 'model']} label="车辆型号" rules={required('车辆型号')}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name={['vehicle', 'colour']} label="车身颜色">
        <Select allowClear options={codedOptionsOf(colours)} />
      </Form.Item>
      <Form.Item name={['vehicle', 'plate']} label="号牌号码" extra="尚未核发不填。">
        <Input maxLength={12} />
      </Form.Item>
    </div>
  )
}

const upper = (value: string | undefined): string | undefined => value?.toUpperCase().replaceAll(/\s/g, '')
