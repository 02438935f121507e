/** Changes of settings that wait for a second person, and those that were decided. */
import { type SettingChangeView, supervisionContract } from '@hengjian/supervision/contract'
import { Link } from '@tanstack/react-router'
import { App, Button, Space } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { supervision, supervisionKeys, useSupervisionMoved } from '../api.ts'
import { Differences, ReasonWithEvidence } from '../components/differences.tsx'
import { settingChangeStates } from '../labels.ts'

type Action = SettingChangeView['allowed'][number]
const WORDS: Readonly<Record<Action, { button: string; done: string; effect: string }>> = {
  approve: { button: '批准', done: '已批准，现已生效', effect: '批准后从下一次判定起按新值执行。' },
  refuse: { button: '不批准', done: '已退回提出人', effect: '原值继续有效，意见送提出人。' },
  withdraw: { button: '撤回', done: '已撤回', effect: '撤回本人提出的调整，原值继续有效。' },
}

export function SettingChangesPage() {
  const [deciding, setDeciding] = useState<{ row: SettingChangeView; action: Action } | null>(null)
  return (
    <>
      <ListPage
        name="setting-changes"
        title="指标调整批准"
        rowKey={(row) => row.id}
        queryKey={supervisionKeys.settingChanges}
        query={({ state, queue, id }) => ({
          ...(state ? { state: state as 'proposed' } : {}),
          ...(queue ? { queue: queue as 'mine' } : {}),
          ...(id ? { id } : {}),
        })}
        load={supervision.findSettingChanges}
        path={pathOf(supervisionContract.findSettingChanges)}
        usualSort="-proposedAt"
        empty="没有等待批准的调整。"
        filters={[
          {
            kind: 'select',
            key: 'queue',
            label: '范围',
            width: 140,
            options: [
              { value: 'to_decide', label: '待我批准' },
              { value: 'mine', label: '与我有关' },
            ],
          },
          {
            kind: 'select',
            key: 'state',
            label: '状态',
            width: 120,
            options: stateOptions(settingChangeStates),
          },
        ]}
        columns={[
          {
            key: 'indicator',
            title: '指标',
            width: 180,
            render: (row) => (
              <Link to={`/indicators/${row.code}?unitPath=${encodeURIComponent(row.unitPath)}`}>
                {row.code} {row.title}
              </Link>
            ),
          },
          { key: 'unit', title: '机构', width: 140, render: (row) => row.unitName ?? row.unitPath },
          {
            key: 'changes',
            title: '调整',
            width: 200,
            render: (row) => <Differences changes={row.changes} />,
          },
          {
            key: 'reason',
            title: '理由',
            width: 220,
            render: (row) => <ReasonWithEvidence reason={row.reason} evidence={row.evidence} />,
          },
          {
            key: 'state',
            title: '状态',
            render: (row) => <StateTag state={row.state} labels={settingChangeStates} />,
          },
          { key: 'proposedBy', title: '提出人', render: (row) => row.proposedByName },
          {
            key: 'proposedAt',
            sort: 'proposedAt',
            title: '提出时间',
            render: (row) => formatInstant(row.proposedAt),
          },
          {
            key: 'decided',
            title: '处理',
            width: 140,
            render: (row) =>
              row.decidedByName ? `${row.decidedByName}${row.opinion ? `：${row.opinion}` : ''}` : '—',
          },
          {
            key: 'actions',
            screenOnly: true,
            pinned: true,
            title: '操作',
            render: (row) => (
              <Space size={4} wrap>
                {row.allowed.map((action) => (
                  <Button
                    key={action}
                    size="small"
                    type={action === 'approve' ? 'primary' : 'default'}
                    onClick={() => setDeciding({ row, action })}
                  >
                    {WORDS[action].button}
                  </Button>
                ))}
                {row.allowed.length === 0 && <span className="hj-muted">{row.refusedBecause ?? '—'}</span>}
              </Space>
            ),
          },
        ]}
      />
      {deciding && <Decision {...deciding} onClose={() => setDeciding(null)} />}
    </>
  )
}

function Decision({ row, action, onClose }: { row: SettingChangeView; action: Action; onClose: () => void }) {
  const moved = useSupervisionMoved()
  const { message } = App.useApp()
  const words = WORDS[action]
  const { id } = row
  return (
    <ReasonDialog
      open
      title={`${words.button} ${row.code} ${row.title} 的调整`}
      effect={
        <>
          {words.effect}
          <Differences changes={row.changes} />
          <ReasonWithEvidence reason={`理由：${row.reason}`} evidence={row.evidence} />
        </>
      }
      label="意见"
      optional={action !== 'refuse'}
      seenBy="提出人、本级及上级的监管人员、审计管理员"
      okText={words.button}
      danger={action === 'refuse'}
      onCancel={onClose}
      onSubmit={async (opinion) => {
        if (action === 'approve')
          await supervision.approveSettingChange({ id, ...(opinion ? { opinion } : {}) })
        else if (action === 'refuse') await supervision.refuseSettingChange({ id, opinion })
        else await supervision.withdrawSettingChange({ id })
        message.success(words.done)
        onClose()
        await moved()
      }}
    />
  )
}
