/** A failed call in the user's words: what happened, what to do; field faults go to their fields. */
import type { ProblemDocument } from '@hengjian/platform/contract'
import { Alert, Button, type FormInstance } from 'antd'
import { useState } from 'react'
import { problemOf } from '../client.ts'

/** Faults that a form has no field for, and everything that is not a field fault, stay in the alert. */
export function ProblemAlert({
  error,
  onRetry,
  labels = {},
}: {
  error: unknown
  onRetry?: (() => void) | undefined
  labels?: Readonly<Record<string, string>>
}) {
  if (!error) return null
  const problem = problemOf(error)
  return (
    <Alert
      type={problem.status === 403 || problem.status === 404 ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={problem.title}
      description={describe(problem, labels)}
      action={onRetry && <Button onClick={onRetry}>重试</Button>}
      style={{ marginBottom: 12 }}
    />
  )
}

function describe(problem: ProblemDocument, labels: Readonly<Record<string, string>>) {
  if (!problem.detail && !problem.issues?.length && !problem.instance) return null
  return (
    <>
      {problem.detail && <div>{problem.detail}</div>}
      {problem.issues?.length ? (
        <ul style={{ margin: 0, paddingInlineStart: 18 }}>
          {problem.issues.map((issue) => (
            <li key={`${issue.path}:${issue.message}`}>
              {issue.path ? `${labels[issue.path] ?? issue.path}：` : ''}
              {issue.message}
            </li>
          ))}
        </ul>
      ) : null}
      {problem.status >= 500 && problem.instance && (
        <div className="hj-small hj-muted">请求编号 {problem.instance}（报修时请提供）</div>
      )}
    </>
  )
}

/** Put the server's faults on the form's fields, several to a field where there are. Whether all found their field. */
function showIssues(form: FormInstance, error: unknown): boolean {
  const byPath = Map.groupBy(problemOf(error).issues ?? [], ({ path }) => path)
  let all = byPath.size > 0
  for (const [path, issues] of byPath) {
    const name = path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    if (form.getFieldInstance(name) === undefined) all = false
    else form.setFields([{ name, errors: issues.map(({ message }) => message) }])
  }
  return all
}

/** Submit state of a form: busy, the error to show, and the faults put on fields. */
export function useSubmit<T>(form: FormInstance | null, send: (values: T) => Promise<void>) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const submit = async (values: T): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await send(values)
    } catch (thrown) {
      const shown = form ? showIssues(form, thrown) : false
      setError(shown ? null : thrown)
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, setError, submit }
}
