/** Asks for the second factor whenever a call needs it; who has none yet enrols here. */
import { Alert, Input, Modal } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { ProblemAlert } from '../parts/problem-alert.tsx'
import { identity, useSession } from '../session.ts'
import { listenForStepUp, settleStepUp } from '../step-up.ts'

const TotpEnrolment = lazy(() => import('./totp-enrolment.tsx'))

export function StepUpDialog() {
  const [asking, setAsking] = useState(false)
  useEffect(() => listenForStepUp(setAsking), [])
  const { totpEnrolled } = useSession()
  const content = useRef<HTMLDivElement>(null)
  return (
    <Modal
      open={asking}
      title="二次验证"
      footer={null}
      width={420}
      zIndex={1400}
      onCancel={() => settleStepUp(false)}
      // The dialog takes the focus for itself when it opens; the first field is where it belongs.
      afterOpenChange={(open) => {
        if (open) content.current?.querySelector('input')?.focus()
      }}
      destroyOnHidden
    >
      <div ref={content}>
        {totpEnrolled ? (
          <CodeQuestion />
        ) : (
          <Suspense>
            <Alert
              type="info"
              showIcon
              style={{ marginBottom: 12 }}
              title="该操作需要动态口令，您还没有绑定。"
              description="绑定一次即可，之后用手机上的身份验证器取 6 位口令。"
            />
            <TotpEnrolment onDone={() => settleStepUp(true)} />
          </Suspense>
        )}
      </div>
    </Modal>
  )
}

function CodeQuestion() {
  const [error, setError] = useState<unknown>(null)
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const check = async (entered: string): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await identity.stepUp({ code: entered })
      settleStepUp(true)
    } catch (thrown) {
      setError(thrown)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <p style={{ marginTop: 0 }}>请输入身份验证器显示的 6 位动态口令。通过后 10 分钟内不再询问。</p>
      <ProblemAlert error={error} />
      <Input.OTP
        autoFocus
        length={6}
        value={code}
        disabled={busy}
        formatter={(text) => text.replace(/\D/g, '')}
        onChange={(entered) => {
          setCode(entered)
          void check(entered)
        }}
      />
    </>
  )
}
