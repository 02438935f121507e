import { PlusOutlined } from '@ant-design/icons'
import { registryContract } from '@hengjian/registry/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useCan } from '../../../session.ts'
import { registry, registryKeys } from '../api.ts'
import { filingStates } from '../labels.ts'

export function AgentsPage() {
  const can = useCan()
  const [creating, setCreating] = useState(false)
  return (
    <>
      <ListPage
        name="agents"
        title="代理人"
        rowKey={(row) => row.id}
        queryKey={registryKeys.agents}
        query={(filters) => ({
          ...(filters['text'] ? { text: filters['text'] } : {}),
          ...(filters['state'] ? { state: filters['state'] as 'active' } : {}),
          ...(filters['under'] ? { under: filters['under'] } : {}),
        })}
        load={registry.findAgents}
        path={pathOf(registryContract.findAgents)}
        actions={
          can('registry.agent.create') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              登记代理人
            </Button>
          )
        }
        empty="还没有代理人。"
        filters={[
          { kind: 'text', key: 'text', label: '完整姓名或代理公司', width: 200 },
          { kind: 'select', key: 'state', label: '状态', width: 110, options: stateOptions(filingStates) },
          {
            kind: 'custom',
            key: 'under',
            label: '机构',
            render: (value, set) => (
              <UnitSelect
                by="path"
                placeholder="管理机构"
                value={value}
                onChange={(next) => set(next ?? '')}
              />
            ),
          },
        ]}
        columns={[
          { key: 'name', title: '姓名', render: (row) => row.nameMasked },
          { key: 'company', sort: 'company', title: '代理公司', render: (row) => row.company ?? '—' },
          {
            key: 'state',
            title: '状态',
            render: (row) => <StateTag state={row.state} labels={filingStates} />,
          },
          {
            key: 'unitPath',
            title: '管理机构路径',
            render: (row) => <span className="hj-code">{row.unitPath}</span>,
          },
        ]}
      />
      <NewAgent open={creating} onClose={() => setCreating(false)} />
    </>
  )
}

function NewAgent({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form] = Form.useForm()
  const queries = useQueryClient()
  const { busy, error, submit } = useSubmit<{ name: string; company?: string }>(
    form,
    async ({ name, company }) => {
      await registry.createAgent({ name, company: company?.trim() || null })
      await queries.invalidateQueries({ queryKey: registryKeys.agents })
      onClose()
    },
  )
  return (
    <Modal
      open={open}
      title="登记代理人"
      okText="登记"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit}>
        <Form.Item
          name="name"
          label="姓名"
          rules={[{ required: true, whitespace: true, message: '请填写姓名' }]}
        >
          <Input autoFocus maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name="company" label="代理公司">
          <Input maxLength={100} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
