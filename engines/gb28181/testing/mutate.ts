/** Seeded damage for fuzz tests: the same seed does the same damage. */

/** A small generator of whole numbers below `limit` (xorshift32). */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed * 2654435761 + 1 || 1
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

/** A copy with one to six bytes changed, cut out, doubled or put in. */
export function mutate(bytes: Uint8Array, random: (limit: number) => number): Buffer {
  let out = Buffer.from(bytes)
  for (let times = 1 + random(6); times > 0; times -= 1) {
    const at = random(out.length + 1)
    const length = random(12)
    const piece = Buffer.from(Array.from({ length: random(4) + 1 }, () => random(256)))
    const tail = out.subarray(Math.min(out.length, at + length))
    const damages = [
      () => Buffer.concat([out.subarray(0, at), tail]),
      () => Buffer.concat([out.subarray(0, at), piece, tail]),
      () => Buffer.concat([out.subarray(0, at), piece, out.subarray(at)]),
      () => Buffer.concat([out.subarray(0, at + length), out.subarray(at)]),
      () => out.subarray(0, at),
    ]
    out = damages[random(damages.length)]!()
  }
  return out
}
