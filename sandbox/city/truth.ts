/**
 * The list of what was planted. Counts that depend on everything recorded (rates, volumes) are tallied while rows are
 * made and read when the list is asked for.
 */
import type { Truth } from './types.ts'

export type TruthDraft = Omit<Truth, 'measured' | 'base' | 'sample'> & {
  readonly measure: () => { measured: number | null; base?: number | null; sample?: number | null }
}

export class TruthList {
  private readonly drafts: TruthDraft[] = []

  add(draft: TruthDraft): void {
    this.drafts.push(draft)
  }

  /** An entry whose value is known when it is planted. */
  know(
    entry: Omit<Truth, 'base' | 'sample' | 'mode' | 'trigger'> &
      Partial<Pick<Truth, 'base' | 'sample' | 'mode' | 'trigger'>>,
  ): void {
    const { measured, base = null, sample = null, mode = 'post_hoc', trigger = null, ...rest } = entry
    this.drafts.push({ ...rest, mode, trigger, measure: () => ({ measured, base, sample }) })
  }

  entries(): Truth[] {
    return this.drafts
      .map(({ measure, ...rest }) => {
        const { measured, base = null, sample = null } = measure()
        return { ...rest, measured, base, sample }
      })
      .sort((a, b) => (a.code === b.code ? 0 : a.code < b.code ? -1 : 1))
  }
}

/** Passes of attempts, by key. */
export class Tally {
  private readonly counts = new Map<string, { n: number; k: number }>()

  count(key: string, hit: boolean): void {
    const found = this.counts.get(key)
    if (!found) this.counts.set(key, { n: 1, k: hit ? 1 : 0 })
    else {
      found.n++
      if (hit) found.k++
    }
  }

  size(key: string): number {
    return this.counts.get(key)?.n ?? 0
  }

  hits(key: string): number {
    return this.counts.get(key)?.k ?? 0
  }

  /** Percent of hits; null where nothing was counted. */
  rate(key: string): number | null {
    const found = this.counts.get(key)
    return found ? (100 * found.k) / found.n : null
  }
}
