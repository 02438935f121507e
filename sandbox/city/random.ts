/**
 * Randomness without `Math.random`: the same seed must give the same city on every machine. `hash` gives an entity its
 * traits from its index alone; `Random` (sfc32, a small fast chaotic generator with 128 bits of state) drives
 * processes, one stream per process and month so that none depends on how far another has run.
 */

/** 32-bit mix of up to four integers; every bit of each changes about half of the result. */
export function hash(seed: number, a: number, b = 0, c = 0): number {
  let h = seed ^ 0x9e3779b9
  h = Math.imul(h ^ a, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15) ^ b, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x27d4eb2f)
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, stream: number, part = 0, section = 0) {
    this.a = hash(seed, stream, part, section)
    this.b = hash(this.a, stream + 1, section, part)
    this.c = hash(this.b, section, part, stream)
    for (let i = 0; i < 12; i++) this.next()
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor((this.next() / 4294967296) * n)
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.next() / 4294967296
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = list[i]!
      list[i] = list[j]!
      list[j] = held
    }
    return list
  }
}

/** A one-to-one map of [0, size) onto itself that scatters neighbours; different `salt`, different map. */
export function scatter(size: number, salt: number): (k: number) => number {
  const step = coprime(size, 7919 + (salt % 99991))
  const start = salt % size
  return (k) => ((k % size) * step + start) % size
}

function coprime(size: number, from: number): number {
  for (let step = Math.max(1, from % size); ; step++) if (gcd(step, size) === 1) return step
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
