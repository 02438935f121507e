/** A value of a cell; null and undefined leave it empty. */
export type Cell = string | number | null | undefined

/** A sheet that is written row by row; what it has written it does not keep. */
export interface Sheet {
  add(rows: readonly (readonly Cell[])[]): Promise<void>
  /** Write what still belongs to the file. Nothing may be added after. */
  end(): Promise<void>
}

/** Takes the next bytes of the file; resolves when there is room for more. */
export type WriteBytes = (bytes: Uint8Array) => Promise<unknown>
