/** One end of the Subject header. */
export interface SubjectEnd {
  readonly id: string
  /** At most 20 characters; the sender's begins with 0 live or 1 history. The same again restarts the stream. */
  readonly sequence: string
}

/** `<sender>:<sequence>,<receiver>:<sequence>` (2022: annex L). */
export function writeSubject(sender: SubjectEnd, receiver: SubjectEnd): string {
  return `${sender.id}:${sender.sequence},${receiver.id}:${receiver.sequence}`
}

/** Reads a Subject; `null` when it is not of that form. */
export function readSubject(text: string | undefined): { sender: SubjectEnd; receiver: SubjectEnd } | null {
  const [sender, receiver, ...more] = (text ?? '').split(',').map(readEnd)
  return sender && receiver && more.length === 0 ? { sender, receiver } : null
}

function readEnd(text: string): SubjectEnd | null {
  const colon = text.indexOf(':')
  const id = text.slice(0, Math.max(colon, 0)).trim()
  return colon >= 0 && /^\d*$/.test(id) ? { id, sequence: text.slice(colon + 1).trim() } : null
}
