/** Grant or refuse, with opinion and second factor; who may not is told why. */
import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Skeleton } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { Facts } from '../../../parts/detail-page.tsx'
import { Kbd } from '../../../parts/kbd.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { authorisationQuery, supervision, useSupervisionMoved } from '../api.ts'
import { authorisationStates } from '../labels.ts'

export type Decision = 'grant' | 'refuse'

const WORDS = {
  grant: {
    ok: '同意授权',
    effect: '业务立即恢复办理；授权只对列出的预警有效，出现新的预警须重新授权。',
    presets: ['情况属实，同意办理', '已核实材料，同意办理'],
  },
  refuse: {
    ok: '不予授权',
    effect: '业务随即退办，不能恢复。',
    presets: ['不符合办理条件', '材料存疑，不同意办理'],
  },
} as const

export function AuthorisationDecision({
  id,
  deciding,
  onDeciding,
  onDone,
}: {
  id: string
  deciding: Decision | null
  onDeciding: (decision: Decision | null) => void
  onDone?: () => void
}) {
  const { data } = useQuery(authorisationQuery(id))
  const moved = useSupervisionMoved()
  const { message } = App.useApp()
  if (!data) return <Skeleton active title={false} />
  const renew = async (): Promise<void> => {
    await supervision.renewAuthorisation({ id })
    message.success('已重新提交授权')
    await moved()
  }
  const open = deciding && data.allowed.includes(deciding) ? deciding : null
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <h2 className="hj-h2" style={{ margin: 0 }}>
        授权
        <StateTag state={data.state} labels={authorisationStates} />
      </h2>
      {data.allowed.includes('grant') && (
        <Button type="primary" block onClick={() => onDeciding('grant')}>
          同意授权 <Kbd>G</Kbd>
        </Button>
      )}
      {data.allowed.includes('refuse') && (
        <Button danger block onClick={() => onDeciding('refuse')}>
          不予授权 <Kbd>X</Kbd>
        </Button>
      )}
      {data.allowed.includes('renew') && (
        <Button block onClick={() => void renew()}>
          重新申请授权
        </Button>
      )}
      {data.refusedBecause && <Alert type="info" showIcon title={data.refusedBecause} />}
      <Facts
        columns={1}
        items={[
          { label: '申请人', value: data.handlerName },
          { label: '机构', value: data.unitName ?? data.unitPath },
          { label: '申请时间', value: formatInstant(data.requestedAt) },
          {
            label: '有效期',
            value:
              data.state === 'requested' ? (
                <WorkingDaysLeft dueAt={data.expiresAt} />
              ) : (
                formatInstant(data.expiresAt)
              ),
          },
          { label: '决定人', value: data.decidedByName },
          { label: '决定时间', value: data.decidedAt && formatInstant(data.decidedAt) },
          { label: '意见', value: data.reason },
        ]}
      />
      {open && (
        <ReasonDialog
          open
          title={`${WORDS[open].ok} · ${data.serial}`}
          effect={WORDS[open].effect}
          label="意见"
          seenBy={`经办人 ${data.handlerName}、本机构及上级负责人、监管与审计人员`}
          presets={WORDS[open].presets}
          okText={WORDS[open].ok}
          danger={open === 'refuse'}
          onCancel={() => onDeciding(null)}
          onSubmit={async (reason) => {
            if (open === 'grant') await supervision.grantAuthorisation({ id, reason })
            else await supervision.refuseAuthorisation({ id, reason })
            message.success(`${WORDS[open].ok}：${data.serial}`)
            onDeciding(null)
            onDone?.()
            await moved()
          }}
        />
      )}
    </div>
  )
}
