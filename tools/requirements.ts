/**
 * `npm run requirements [-- --json]`: which requirement has a test. IDs are read from the requirements beside the
 * repository where they are present, else those that tests name are listed; titles from all test files.
 */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = join(ROOT, '../shared/requirements')
const TEST_FILES = '{apps,engines,platform,modules,sandbox,tools,bench,e2e}/**/*.{test,e2e}.{ts,tsx}'

/** `SUP-IN-012001`, `SUP-PA-V8.7`, `PLT-21`, `BIZ-9`. */
const ID = /\b[A-Z]{2,4}-(?:IN-\d{6}|PA-[VL]\d+\.\d+|\d+)\b/g
/** What looks like an ID and is none. */
const NO_ID = /^(UTF|SHA|SM|GA|GB|ISO|AES|RFC|UTC)-/
/** Title of a test: the first text after `test(`, `it(`, `describe(` and their variants. */
const TITLE = /\b(?:test|it|describe)(?:\.\w+)*(?:\([^'"`\n]*\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g

/** One requirement with the tests that name it. */
export interface Coverage {
  readonly id: string
  readonly tests: readonly string[]
}

/** IDs in a text. */
export function idsIn(text: string): string[] {
  return [...new Set(text.match(ID))].filter((id) => !NO_ID.test(id))
}

/** Titles of the tests in a source text. */
export function titlesIn(source: string): string[] {
  return [...source.matchAll(TITLE)].map((match) => match[2]!)
}

/**
 * Does a title speak of an ID? A title made from data, `SUP-IN-${code} …`, speaks of those whose code stands as a text
 * in the data.
 */
export function speaksOf(title: string, id: string, data: () => string): boolean {
  if (idsIn(title).includes(id)) return true
  const start = title.match(/\b[A-Z]{2,4}-(?:IN-|PA-)(?=\$\{)/)?.[0]
  return start !== undefined && id.startsWith(start) && data().includes(`'${id.slice(start.length)}'`)
}

/** A test file with the files beside it that it imports: where its data stand. */
function withNeighbours(file: string): string {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const neighbours = [...source.matchAll(/from '(\.\/[^']+\.ts)'/g)].map(([, name]) =>
    join(ROOT, file, '..', name!),
  )
  return [source, ...neighbours.filter(existsSync).map((path) => readFileSync(path, 'utf8'))].join('\n')
}

function requirementIds(): Set<string> | null {
  if (!existsSync(SOURCE)) return null
  const ids = new Set<string>()
  for (const name of readdirSync(SOURCE).sort()) {
    const text = readFileSync(join(SOURCE, name), 'utf8')
    // A requirement is defined where a line begins with its ID; elsewhere it is only referred to.
    if (name.endsWith('.md'))
      for (const [, start] of text.matchAll(/^[-*|#\s]*\**([A-Z]{2,4}-\d+)\b/gm)) ids.add(start!)
    if (name.endsWith('.csv'))
      for (const [, code, mode] of text.matchAll(/^([VL]?[\d.]+),(in_process|post_hoc),/gm))
        ids.add(`SUP-${mode === 'in_process' ? 'IN' : 'PA'}-${code}`)
  }
  return ids
}

/** Every ID with its tests. */
export function coverage(): Coverage[] {
  const tests = globSync(TEST_FILES, { cwd: ROOT, exclude: (path) => /node_modules|dist/.test(path) })
    .sort()
    .flatMap((file) => {
      const source = readFileSync(join(ROOT, file), 'utf8')
      let data: string | undefined
      const dataOf = () => (data ??= withNeighbours(file))
      return titlesIn(source).map((title) => ({ file, title, dataOf }))
    })
  const ids = requirementIds() ?? new Set(tests.flatMap(({ title }) => idsIn(title)))
  return [...ids]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((id) => ({
      id,
      tests: tests
        .filter(({ title, dataOf }) => speaksOf(title, id, dataOf))
        .map(({ file, title }) => `${file}: ${title}`),
    }))
}

function print(list: readonly Coverage[]): void {
  for (const { id, tests } of list) {
    console.log(`${id}${tests.length === 0 ? '  –' : ''}`)
    for (const test of tests) console.log(`    ${test}`)
  }
  const tested = list.filter(({ tests }) => tests.length > 0).length
  console.log(`${tested} of ${list.length} requirements have tests`)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  const list = coverage()
  if (values.json) console.log(JSON.stringify(list))
  else print(list)
}
