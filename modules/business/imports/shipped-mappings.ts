/** Mappings that come with the program: files beside this folder, and one for each fact whose columns are our own. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { factCatalogue } from '../facts.ts'
import { type Mapping, parseMapping } from './mapping.ts'
import { isFactName, targetsOf } from './targets.ts'

const FOLDER = fileURLToPath(new URL('../mappings', import.meta.url))

/** Mapping of a file whose header has the names of a fact's columns; `source_key` names a row for ever. */
export function nativeMapping(fact: string): Mapping {
  const columns = [...targetsOf(fact).values()].filter(({ name }) => name !== 'source')
  return parseMapping({
    name: `native-${fact.replaceAll('_', '-')}`,
    title: `本系统格式（${fact}）`,
    about: '列名即事实表列名；个人信息按明文给出，入库时加密。',
    fact,
    source: 'native',
    columns: Object.fromEntries(
      columns.map(({ name, required }) => [name, { from: name, optional: !required }]),
    ),
  })
}

/** Every shipped mapping by name. */
export function shippedMappings(): ReadonlyMap<string, Mapping> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => parseMapping(JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'))))
  const native = Object.keys(factCatalogue).filter(isFactName).map(nativeMapping)
  return new Map([...files, ...native].map((mapping) => [mapping.name, mapping]))
}
