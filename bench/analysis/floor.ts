/** What DuckDB needs only to read, once, the columns that the questions of a run name: no run can be faster. */
import { factCatalogue } from '@hengjian/business'
import type { Lake } from '@hengjian/platform/lake'
import type { Question, Span } from './ask.ts'

/** Seconds; the second of two readings. What happened is read over the span, what stands as a whole. */
export async function scanOnce(
  lake: Lake,
  scope: Parameters<Lake['query']>[0],
  questions: readonly Question[],
  { from, to }: Span,
): Promise<number> {
  const statements = questions.flatMap(({ lake: { findings, shares } }) => [findings, shares?.sql ?? ''])
  let seconds = 0
  for (let reading = 0; reading < 2; reading++) {
    seconds = await lake.session(scope, async (ask) => {
      const began = performance.now()
      for (const name of lake.facts) {
        const { columns, standing } = factCatalogue[name]!
        const readers = statements.filter((sql) => sql.includes(`"${name}"`))
        const named = Object.keys(columns).filter((column) =>
          readers.some((sql) => sql.includes(`."${column}"`)),
        )
        if (named.length === 0) continue
        const read = named.map((column) => `bit_xor(hash("${column}"))`).join(', ')
        const within = standing
          ? ''
          : ` WHERE occurred_at >= TIMESTAMP '${from}' AND occurred_at < TIMESTAMP '${to}'`
        await ask(`SELECT ${read} FROM "${name}"${within}`)
      }
      return (performance.now() - began) / 1000
    })
  }
  return seconds
}
