/** Which structure of the wire was being read. */
export type WireStructure = 'sip' | 'sip-stream' | 'manscdp' | 'sdp' | 'mansrtsp' | 'ptz'

/**
 * What came from outside cannot be read. The only error the readers of this library throw, whatever the bytes are.
 * `offset`: where in the input the fault lies, in bytes (for text given as a string, in characters).
 */
export class MalformedError extends Error {
  readonly structure: WireStructure
  readonly offset: number

  constructor(structure: WireStructure, offset: number, message: string) {
    super(`${structure}, byte ${offset}: ${message}`)
    this.name = 'MalformedError'
    this.structure = structure
    this.offset = offset
  }
}

/** What was asked to be written cannot stand on the wire: a fault of the calling code, never of the other side. */
export class UnwritableError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnwritableError'
  }
}
