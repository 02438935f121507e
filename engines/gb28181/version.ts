/** Edition of GB/T 28181 a peer speaks. The supplement of 2014 and what came before count as 2016, its common ground. */
export type Edition = '2016' | '2022'

/** Value of `X-GB-ver` (GB/T 28181-2022 annex I): 1.0 = 2011, 1.1 = its supplement, 2.0 = 2016, 3.0 = 2022. */
export type GbVersion = '1.0' | '1.1' | '2.0' | '3.0'

/** Reads `X-GB-ver`; `null` when absent or unknown: such a peer is taken for one of 2016. */
export function readGbVersion(value: string | undefined): GbVersion | null {
  const found = /^\s*(1\.0|1\.1|2\.0|3\.0)\s*$/.exec(value ?? '')
  return found ? (found[1] as GbVersion) : null
}

/** Edition by version; later versions than 3.0 are not known here. */
export function editionOf(version: GbVersion | null): Edition {
  return version === '3.0' ? '2022' : '2016'
}
