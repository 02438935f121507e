/** Opens the whole explanation of a warning: what was measured against what, and the records behind it. */
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Skeleton } from 'antd'
import { useState } from 'react'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { supervision, supervisionKeys } from '../api.ts'
import { Explanation } from './explanation.tsx'

export function ExplanationLink({ warningId, transactionId }: { warningId: string; transactionId: string }) {
  const [open, setOpen] = useState(false)
  const { data, error, isPending } = useQuery({
    queryKey: [...supervisionKeys.warnings, 'of', transactionId],
    enabled: open,
    queryFn: async () => (await supervision.findWarnings({ transactionId, limit: 200 })).items,
  })
  const warning = data?.find(({ id }) => id === warningId)
  return (
    <>
      <Button type="link" size="small" style={{ padding: 0, height: 'auto' }} onClick={() => setOpen(true)}>
        为什么提示？
      </Button>
      <Drawer open={open} size={680} title="预警依据" onClose={() => setOpen(false)}>
        <ProblemAlert error={error} />
        {isPending && <Skeleton active />}
        {warning && <Explanation explanation={warning.explanation} />}
      </Drawer>
    </>
  )
}
