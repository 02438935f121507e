/** What our sources import, for the checks of walls and licences. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'vite'

/** Root of the repository. */
export const ROOT = dirname(import.meta.dirname)

/** One import or re-export. */
export interface Import {
  /** What stands in the source. */
  from: string
  /** The file of ours it means, relative to the root. */
  file: string | undefined
  /** Gone when types are erased. */
  typeOnly: boolean
  line: number
}

/** Sources by path relative to the root. */
export type Sources = Map<string, Import[]>

interface OwnPackage {
  folder: string
  exports: Record<string, string>
}

/** All our TypeScript sources with their imports. */
export function readSources(): Sources {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', '*.ts', '*.tsx'], {
    cwd: ROOT,
  })
  const paths = listed
    .toString()
    .split('\0')
    .filter((path) => path && existsSync(join(ROOT, path)))
  const packages = ownPackages()
  return new Map(paths.map((path) => [path, importsOf(path, packages)]))
}

/** Name of each package of ours → its folder and exports. */
function ownPackages(): Map<string, OwnPackage> {
  const { workspaces } = readJson<{ workspaces: string[] }>('package.json')
  const folders = execFileSync('sh', ['-c', `ls -d ${workspaces.join(' ')}`], { cwd: ROOT })
    .toString()
    .trim()
    .split('\n')
  return new Map(
    folders
      .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
      .map(
        (folder) =>
          [
            readJson<{ name: string; exports?: Record<string, string> }>(join(folder, 'package.json')),
            folder,
          ] as const,
      )
      .map(([{ name, exports = {} }, folder]) => [name, { folder, exports }]),
  )
}

function importsOf(path: string, packages: Map<string, OwnPackage>): Import[] {
  const source = readFileSync(join(ROOT, path), 'utf8')
  const { module } = parseSync(path, source)
  const found = [
    ...module.staticImports.map(({ moduleRequest, entries, start }) => ({
      from: moduleRequest.value,
      typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
      start,
    })),
    ...module.staticExports.flatMap(({ entries, start }) => {
      const from = entries.find(({ moduleRequest }) => moduleRequest)?.moduleRequest?.value
      return from ? [{ from, typeOnly: entries.every(({ isType }) => isType), start }] : []
    }),
    ...module.dynamicImports.flatMap(({ moduleRequest, start }) => {
      const text = source.slice(moduleRequest.start, moduleRequest.end).match(/^['"]([^'"]+)['"]$/)?.[1]
      return text ? [{ from: text, typeOnly: false, start }] : []
    }),
  ]
  return found.map(({ from, typeOnly, start }) => ({
    from,
    typeOnly,
    file: resolve(path, from, packages),
    line: source.slice(0, start).split('\n').length,
  }))
}

/** The file an import of ours means. Exports may hold one `*`, such as `./*`. */
function resolve(path: string, from: string, packages: Map<string, OwnPackage>): string | undefined {
  if (from.startsWith('.')) return normalize(join(dirname(path), from))
  const name = from.split('/').slice(0, 2).join('/')
  const own = packages.get(name)
  if (!own) return undefined
  const door = `.${from.slice(name.length)}`
  for (const [pattern, target] of Object.entries(own.exports)) {
    if (pattern === door) return normalize(join(own.folder, target))
    const [before = '', after] = pattern.split('*')
    if (after !== undefined && door.startsWith(before) && door.endsWith(after)) {
      return normalize(
        join(own.folder, target.replaceAll('*', door.slice(before.length, door.length - after.length))),
      )
    }
  }
  return undefined
}

/** A JSON file of the repository; `path` is relative to the root. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T
}
