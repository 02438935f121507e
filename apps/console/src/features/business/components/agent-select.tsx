/** Placeholder replaced when the registry's contract is there. */
import { Input } from 'antd'
export function AgentSelect(props: { value?: string; onChange?: (value?: string) => void }) {
  return <Input {...(props as object)} />
}
