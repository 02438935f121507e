/** Warnings of a transaction in-line: what was found, in one sentence; the handler acknowledges prompts here. */
import { WarningOutlined } from '@ant-design/icons'
import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { useHotkeys } from '../../../parts/use-hotkeys.ts'
import { useCan } from '../../../session.ts'
import { supervision } from '../../supervision/api.ts'
import { ExplanationLink } from '../../supervision/components/explanation-link.tsx'
import { type Transaction, useTransactionMoved } from '../api.ts'

export function TransactionWarnings({
  transaction,
}: {
  transaction: Pick<Transaction, 'id' | 'warnings' | 'actions'>
}) {
  const moved = useTransactionMoved()
  const can = useCan()
  const { message } = App.useApp()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const open = transaction.warnings.filter(({ effect, state }) => effect === 'prompt' && state === 'shown')
  const mayAcknowledge = can('supervision.warning.acknowledge') && transaction.actions.includes('acknowledge')
  const acknowledge = async (ids: readonly string[]): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      for (const id of ids) await supervision.acknowledgeWarning({ id })
      message.success('已确认预警提示')
      await moved()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const all = mayAcknowledge && open.length > 0 ? () => void acknowledge(open.map(({ id }) => id)) : undefined
  useHotkeys({ c: all })
  if (transaction.warnings.length === 0) return null
  return (
    <section aria-label="预警提示" style={{ display: 'grid', gap: 8, marginBottom: 12 }}>
      <ProblemAlert error={error} />
      {transaction.warnings.map((warning) => (
        <Alert
          key={warning.id}
          type={warning.effect === 'authorise' ? 'error' : 'warning'}
          showIcon
          icon={<WarningOutlined />}
          title={
            <span>
              {warning.effect === 'authorise' ? '需授权' : '业务提示'}：{warning.title}
              <span className="hj-muted hj-small"> {warning.code}</span>
            </span>
          }
          description={
            <>
              {warning.sentence}{' '}
              {can('supervision.warning.find') && (
                <ExplanationLink warningId={warning.id} transactionId={transaction.id} />
              )}
            </>
          }
          action={
            warning.effect === 'prompt' &&
            (warning.state === 'acknowledged' ? (
              <span className="hj-muted">已确认</span>
            ) : (
              mayAcknowledge && (
                <Button size="small" loading={busy} onClick={() => void acknowledge([warning.id])}>
                  已阅，确认
                </Button>
              )
            ))
          }
        />
      ))}
    </section>
  )
}
