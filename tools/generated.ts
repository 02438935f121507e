/**
 * Files that are made from the sources and committed. Each entry's command writes its files; `npm run check` runs
 * them all and complains when one was not what was committed.
 */

/** One generator. */
export interface Generated {
  name: string
  /** Arguments for Node, run in the root of the repository. */
  command: string[]
  /** Files and folders it writes, relative to the root. */
  writes: string[]
}

/** Add a generator here. */
export const GENERATED: Generated[] = [
  { name: 'API description', command: ['tools/generate/api.ts'], writes: ['docs/api'] },
  {
    name: 'table of indicators',
    command: ['tools/generate-indicator-table.ts'],
    writes: ['docs/indicators.md'],
  },
]
