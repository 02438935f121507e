/** How a device wants to be told which of its streams is meant. */
export type SubStreamDialect =
  /** 2022: `a=streamnumber:1`. */
  | 'streamnumber'
  /** `a=stream:1`. */
  | 'stream'
  /** `a=streamprofile:1`. */
  | 'streamprofile'
  /** `a=streamMode:SUB`. */
  | 'streamMode'

export const SUB_STREAM_DIALECTS: readonly SubStreamDialect[] = [
  'streamnumber',
  'stream',
  'streamprofile',
  'streamMode',
]

/** The attribute of SDP that asks for stream 0 (main), 1 (sub) or a further one, without `a=`. */
export function writeSubStream(dialect: SubStreamDialect, stream: number): string {
  const value = dialect === 'streamMode' ? (stream === 0 ? 'MAIN' : 'SUB') : String(stream)
  return `${dialect}:${value}`
}

/** The stream an attribute asks for; `null` when it is another attribute. */
export function readSubStream(name: string, value: string): number | null {
  const dialect = SUB_STREAM_DIALECTS.find((it) => it.toLowerCase() === name.toLowerCase())
  if (!dialect) return null
  if (/^main$/i.test(value)) return 0
  if (/^sub$/i.test(value)) return 1
  return /^\d{1,2}$/.test(value) ? Number(value) : null
}
