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
