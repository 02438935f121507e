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
  const match = /^\s*(\d*)\s*:\s*([^,]*?)\s*,\s*(\d*)\s*:\s*(\S*)\s*$/.exec(text ?? '')
  if (!match) return null
  const [, senderId, senderSequence, receiverId, receiverSequence] = match as unknown as string[]
  return {
    sender: { id: senderId!, sequence: senderSequence! },
    receiver: { id: receiverId!, sequence: receiverSequence! },
  }
}
