/** Where a benchmark keeps the data it made: another city, or another way of writing it, has a folder of its own. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { factCatalogue } from '@hengjian/business'
import type { Sample } from './analysis/prepare-data.ts'

/** What the data follow from, besides size, seed and the columns of the facts. */
const SOURCES = ['sandbox/city/**/*.ts', 'platform/lake/write-batch.ts']

/** Absolute path of the folder for `sample`; older ones may be deleted. */
export function dataFolder({ seed, vehicles, years, until }: Sample): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const hash = createHash('sm3')
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd })).sort())
    if (!file.endsWith('.test.ts')) hash.update(readFileSync(`${cwd}/${file}`))
  hash.update(JSON.stringify(factCatalogue))
  const version = hash.digest('hex').slice(0, 8)
  return fileURLToPath(
    new URL(`.cache/city-${seed}-${vehicles}-${years}-${until}-${version}`, import.meta.url),
  )
}
