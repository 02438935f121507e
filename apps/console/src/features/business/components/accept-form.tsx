/** Accept an application: business, vehicle, applicant, what changes, agent. Only what the kind asks is shown. */
import { useQuery } from '@tanstack/react-query'
import { App, Button, Form, Input, Segmented, Select } from 'antd'
import { useRef, useState } from 'react'
import { useDictionary } from '../../../dictionary.ts'
import { newRequestId } from '../../../ids.ts'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { type BusinessKind, business, kindsQuery, useTransactionMoved } from '../api.ts'
import { channels, codedOptionsOf, optionsOf, subjectKinds } from '../labels.ts'
import { type AcceptValues, inputOf } from './accept-values.ts'
import { AgentSelect } from './agent-select.tsx'
import { ChangesFields } from './changes-fields.tsx'
import { PersonFields } from './person-fields.tsx'
import { NewVehicleFields, VehiclePicker } from './vehicle-fields.tsx'

const LABELS: Readonly<Record<string, string>> = {
  businessKind: '业务类型',
  reason: '业务原因',
  vehicleId: '机动车',
  vehicle: '机动车',
  person: '申请人',
  personId: '申请人',
  changes: '变更内容',
  agentId: '代理人',
  newMobile: '新手机号',
  'person.idNumber': '身份证明号码',
  'person.mobile': '手机号码',
}

export function AcceptForm({ onAccepted }: { onAccepted: (id: string) => void }) {
  const [form] = Form.useForm<AcceptValues>()
  const [subject, setSubject] = useState<'vehicle' | 'licence'>('vehicle')
  const kinds = useQuery(kindsQuery)
  const moved = useTransactionMoved()
  const { message } = App.useApp()
  // One id per application: sending it again after a lost answer accepts nothing twice.
  const requestId = useRef(newRequestId())
  const code = Form.useWatch('businessKind', form)
  const reason = Form.useWatch('reason', form)
  const kind = kinds.data?.find((entry) => entry.code === code)
  const { busy, error, setError, submit } = useSubmit<AcceptValues>(form, async (values) => {
    const answer = await business.acceptTransaction(inputOf(values, kind!, requestId.current))
    requestId.current = newRequestId()
    if (answer.state === 'held') message.warning(`${answer.serial} 已受理，须负责人授权后继续`)
    else if (answer.warnings.length > 0)
      message.warning(`${answer.serial} 已受理，请确认 ${answer.warnings.length} 条业务提示`)
    else message.success(`${answer.serial} 已受理`)
    await moved()
    onAccepted(answer.id)
  })
  const chooseSubject = (next: 'vehicle' | 'licence'): void => {
    setSubject(next)
    setError(null)
    form.resetFields()
  }
  return (
    <Form
      form={form}
      layout="vertical"
      className="hj-accept"
      onFinish={submit}
      initialValues={{ channel: 'window', person: { kind: 'person' } }}
      scrollToFirstError={{ focus: true, block: 'center' }}
      // Before the field that has the focus: a select would open on Enter.
      onKeyDownCapture={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.stopPropagation()
        form.submit()
      }}
    >
      <Panel title="业务">
        <div className="hj-fields">
          <Form.Item label="业务对象">
            <Segmented
              value={subject}
              options={optionsOf(subjectKinds) as { value: 'vehicle' | 'licence'; label: string }[]}
              onChange={chooseSubject}
            />
          </Form.Item>
          <Form.Item
            name="businessKind"
            label="业务类型"
            rules={[{ required: true, message: '请选择业务类型' }]}
          >
            <Select
              autoFocus
              showSearch={{ optionFilterProp: 'label' }}
              loading={kinds.isPending}
              placeholder="选择或输入"
              options={(kinds.data ?? [])
                .filter((entry) => entry.subjectKind === subject)
                .map((entry) => ({ value: entry.code, label: entry.title }))}
              onChange={() =>
                form.resetFields(['reason', 'changes', 'changedFields', 'newMobile', 'selectedNumber'])
              }
            />
          </Form.Item>
          {kind && kind.reasons.length > 0 && (
            <Form.Item name="reason" label="业务原因" rules={[{ required: true, message: '请选择业务原因' }]}>
              <Select options={kind.reasons.map((entry) => ({ value: entry.code, label: entry.title }))} />
            </Form.Item>
          )}
          <Form.Item name="channel" label="办理渠道">
            <Select options={optionsOf(channels)} />
          </Form.Item>
        </div>
        {kind && (
          <p className="hj-muted hj-small" style={{ margin: 0 }}>
            环节：{kind.steps.map((step) => STEP_WORDS[step]).join(' → ')} → 办结；时限 {kind.limitDays}{' '}
            个工作日。
          </p>
        )}
      </Panel>
      {kind && (
        <>
          {kind.subjectKind === 'vehicle' && (
            <Panel title="机动车">
              {kind.makes === 'vehicle' ? <NewVehicleFields /> : <VehiclePicker form={form} />}
              {kind.makes === 'vehicle' && (
                <div className="hj-fields">
                  <Form.Item
                    name="selectedNumber"
                    label="已选号码"
                    extra="选号系统所选的号牌号码，没有则不填。"
                  >
                    <Input maxLength={12} />
                  </Form.Item>
                </div>
              )}
            </Panel>
          )}
          {asksPerson(kind) && (
            <Panel
              title={
                kind.subjectKind === 'vehicle' ? (kind.makes === 'owner' ? '新所有人' : '所有人') : '申请人'
              }
            >
              <PersonFields form={form} organisations={kind.subjectKind === 'vehicle'} />
            </Panel>
          )}
          {kind.changes.length > 0 && (
            <Panel title="变更内容">
              <ChangesFields kind={kind} form={form} />
            </Panel>
          )}
          <Extras kind={kind} reason={reason} />
        </>
      )}
      <ProblemAlert error={error} labels={LABELS} />
      <div className="hj-accept-foot">
        <Button type="primary" size="large" htmlType="submit" loading={busy} disabled={!kind}>
          受理
        </Button>
        <Button size="large" onClick={() => chooseSubject(subject)}>
          清空
        </Button>
      </div>
    </Form>
  )
}

const STEP_WORDS = { accept: '受理', review: '复核', issue: '制证', archive: '归档' } as const

/** Vehicle business on a known vehicle is its owner's, who is known already. */
const asksPerson = (kind: BusinessKind): boolean =>
  kind.subjectKind === 'licence' || kind.makes !== null || kind.code === 'temporary_plate'

const CLASS_KINDS = [
  'first_licence',
  'added_class',
  'licence_exchange',
  'licence_replacement',
  'licence_transfer_in',
  'military_exchange',
  'foreign_exchange',
]
const PERMIT_KINDS = [
  'registration',
  'transfer_registration',
  'vehicle_transfer_in',
  'first_licence',
  'added_class',
  'licence_transfer_in',
  'military_exchange',
  'foreign_exchange',
]

function Extras({ kind, reason }: { kind: BusinessKind; reason: string | undefined }) {
  const classes = useDictionary('licence_class')
  const mobile = kind.code === 'information_change' && reason === 'mobile'
  return (
    <Panel title="其他">
      <div className="hj-fields">
        {CLASS_KINDS.includes(kind.code) && (
          <Form.Item name="licenceClass" label="准驾车型">
            <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={codedOptionsOf(classes)} />
          </Form.Item>
        )}
        {kind.code === 'foreign_exchange' && (
          <Form.Item name="issuingCountry" label="签发国家/地区" extra="三位代码，如 DEU。">
            <Input maxLength={3} />
          </Form.Item>
        )}
        {mobile && (
          <Form.Item
            name="newMobile"
            label="新手机号"
            rules={[{ required: true, message: '请填写新手机号' }]}
          >
            <Input maxLength={14} inputMode="tel" />
          </Form.Item>
        )}
        {PERMIT_KINDS.includes(kind.code) && (
          <Form.Item name="permitNumber" label="居住证号" extra="外地人员填写。">
            <Input maxLength={40} />
          </Form.Item>
        )}
        {kind.agentAllowed ? (
          <Form.Item name="agentId" label="代理人" extra="本人办理不填。">
            <AgentSelect />
          </Form.Item>
        ) : (
          <Form.Item label="代理人">
            <span className="hj-muted">本业务须本人办理，不得代理。</span>
          </Form.Item>
        )}
      </div>
    </Panel>
  )
}
