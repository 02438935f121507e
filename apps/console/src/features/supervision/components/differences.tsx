/** What a change of a setting changes: from what, to what. */
export function Differences({
  changes,
}: {
  changes: readonly { name: string; title: string; from: string; to: string }[]
}) {
  if (changes.length === 0) return <span className="hj-muted">无变化</span>
  return (
    <>
      {changes.map(({ name, title, from, to }) => (
        <div key={name}>
          <span className="hj-muted">{title}</span> {from} → <strong>{to}</strong>
        </div>
      ))}
    </>
  )
}

/** Why, and the figures of the suggestion that was taken up. */
export function ReasonWithEvidence({ reason, evidence }: { reason: string; evidence: string | null }) {
  return (
    <>
      {reason}
      {evidence && <div className="hj-muted hj-small">依据：{evidence}</div>}
    </>
  )
}
