/** A definition (or a run's options) that cannot be compiled: which part, and why. */
export class DefinitionFault extends Error {
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.name = 'DefinitionFault'
    this.path = path
    this.reason = reason
  }
}

/** Throw a {@link DefinitionFault}. */
export function fault(path: string, reason: string): never {
  throw new DefinitionFault(path, reason)
}
