import { UnwritableError } from '../errors.ts'

/**
 * The ten digits of `y=` (2022: annex G): 0 live or 1 history, digits 4–8 of the domain's id, four digits unique there.
 *
 * @param serial 0–9999, not in use for another stream of this domain
 */
export function makeSsrc(history: boolean, domain: string, serial: number): string {
  if (!/^\d{8}/.test(domain)) throw new UnwritableError(`domain ${JSON.stringify(domain)}`)
  if (!Number.isInteger(serial) || serial < 0 || serial > 9999) throw new UnwritableError(`serial ${serial}`)
  return `${history ? 1 : 0}${domain.slice(3, 8)}${String(serial).padStart(4, '0')}`
}

/** The RTP SSRC that `y=` says in decimal digits. `null` for 0, for more than 32 bits and for what is no number. */
export function ssrcNumber(text: string | null | undefined): number | null {
  if (!text || !/^\s*\d{1,12}\s*$/.test(text)) return null
  const number = Number(text)
  return number > 0 && number <= 0xffffffff ? number : null
}

/** The ten digits of an RTP SSRC. */
export function ssrcText(ssrc: number): string {
  return String(ssrc >>> 0).padStart(10, '0')
}

/** Which RTP belongs to a stream. */
export interface SsrcExpectation {
  /** SSRC agreed on; `null` when neither side named one. */
  readonly ssrc: number | null
  /** Where it comes from. */
  readonly from: 'answer' | 'offer' | 'nobody'
  /**
   * Whether another SSRC arriving first at this stream's own port is to be taken for it: with a port of its own a stream
   * is known by its port. On a shared port the SSRC, and the source beside it, decide.
   */
  readonly learn: boolean
}

/**
 * Which SSRC holds (pain 7): what the answer says wins, as the lower side chooses for foreign domains (2022); else what
 * was offered. With a port of its own, a stream whose sender keeps to neither is learnt from its first packet.
 */
export function settleSsrc(
  offered: string | null | undefined,
  answered: string | null | undefined,
  ownPort: boolean,
): SsrcExpectation {
  const fromAnswer = ssrcNumber(answered)
  if (fromAnswer !== null) return { ssrc: fromAnswer, from: 'answer', learn: ownPort }
  const fromOffer = ssrcNumber(offered)
  return { ssrc: fromOffer, from: fromOffer === null ? 'nobody' : 'offer', learn: ownPort }
}
