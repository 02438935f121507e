/** Columns of a CSV file, read from its first line, so that a wrong mapping is seen before anything is uploaded. */

const HEAD_BYTES = 64 * 1024

/** Names in the header; null for files that are not CSV or whose first line is longer than what is looked at. */
export async function csvHeaderOf(file: File): Promise<string[] | null> {
  if (!/\.(csv|tsv)$/i.test(file.name)) return null
  const bytes = await file.slice(0, HEAD_BYTES).arrayBuffer()
  const text = decoded(bytes).replace(/^\uFEFF/, '')
  const end = text.search(/\r?\n/)
  if (end < 0) return null
  const line = text.slice(0, end)
  const separator = file.name.toLowerCase().endsWith('.tsv') ? '\t' : ','
  return cellsOf(line, separator)
}

/** UTF-8, or GB18030 when it is not; a character cut at the end of the piece does not matter. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!
    if (quoted && char === '"' && line[at + 1] === '"') {
      cell += '"'
      at++
    } else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += char
  }
  return [...cells, cell.trim()]
}
