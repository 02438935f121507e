/** Personal data masked until asked for; the asking gives a reason, is recorded, and says so. */
import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useEffect, useState } from 'react'
import { ReasonDialog } from './reason-dialog.tsx'

/** Values in clear disappear from the screen after this long. */
const SHOWN_MS = 60_000

/** Clear values of one record, for as long as they may be shown. */
export function useUnmask<T>(reveal: (reason: string) => Promise<T>) {
  const [clear, setClear] = useState<T | null>(null)
  const [asking, setAsking] = useState(false)
  useEffect(() => {
    if (clear === null) return
    const timer = setTimeout(() => setClear(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [clear])
  const dialog = (
    <ReasonDialog
      open={asking}
      title="查看完整个人信息"
      effect="查看将记入审计日志：查看人、时间、对象与理由。一分钟后自动遮蔽。"
      seenBy="审计管理员"
      presets={['办理业务核对身份', '联系申请人', '调查核实']}
      okText="查看"
      onSubmit={async (reason) => {
        setClear(await reveal(reason))
        setAsking(false)
      }}
      onCancel={() => setAsking(false)}
    />
  )
  return { clear, ask: () => setAsking(true), hide: () => setClear(null), dialog }
}

/** The button beside masked values. */
export function UnmaskButton({
  shown,
  onShow,
  onHide,
}: {
  shown: boolean
  onShow: () => void
  onHide: () => void
}) {
  return shown ? (
    <Button size="small" type="text" icon={<EyeInvisibleOutlined />} onClick={onHide}>
      遮蔽
    </Button>
  ) : (
    <Tooltip title="查看将记入审计日志">
      <Button size="small" type="text" icon={<EyeOutlined />} onClick={onShow}>
        显示完整信息
      </Button>
    </Tooltip>
  )
}
