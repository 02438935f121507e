/**
 * Builds the console into apps/console/dist when one of the files it was built from has changed. Vite tells which
 * files those were; their digests are kept in node_modules/.cache.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { readSources } from './source-imports.ts'

const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)

const ROOT = dirname(import.meta.dirname)
const CONSOLE = join(ROOT, 'apps', 'console')
const RECORD = join(ROOT, 'node_modules', '.cache', 'hengjian', 'console.json')

/** Builds where needed. @returns whether it built */
async function buildConsole(): Promise<boolean> {
  if (isCurrent()) return false
  const began = Date.now()
  console.log('Building the console …')
  const { build } = await import('vite')
  const modules = new Set<string>()
  await build({
    root: CONSOLE,
    logLevel: 'warn',
    plugins: [
      {
        name: 'record-inputs',
        generateBundle() {
          for (const id of this.getModuleIds()) modules.add(id.replace(/\?.*/, ''))
        },
      },
    ],
  })
  await compressAssets(join(CONSOLE, 'dist'))
  const own = [...modules].filter(
    (path) => path.startsWith(ROOT) && !path.includes('/node_modules/') && existsSync(path),
  )
  record([...own, ...behindContracts(own)])
  console.log(`Console built in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
  return true
}

/** What compresses well goes out as it is stored here, compressed once and well, instead of at every request. */
async function compressAssets(folder: string): Promise<void> {
  const files = globSync('**/*.{js,css,html,svg,json}', { cwd: folder }).map((name) => join(folder, name))
  await Promise.all(
    files.map(async (file) => {
      const content = readFileSync(file)
      if (content.length < 1_400) return
      writeFileSync(`${file}.br`, await compressBrotli(content))
      writeFileSync(`${file}.gz`, await compressGzip(content, { level: 9 }))
    }),
  )
}

/** The build takes the routes of a contract, and Vite does not see what they were read from. */
function behindContracts(paths: string[]): string[] {
  const sources = readSources()
  const found = new Set<string>()
  const visit = (path: string) => {
    for (const { file } of sources.get(path) ?? []) {
      if (!file || found.has(file)) continue
      found.add(file)
      visit(file)
    }
  }
  for (const path of paths) if (/\/modules\//.test(path)) visit(relative(ROOT, path))
  return [...found].map((path) => join(ROOT, path))
}

function isCurrent(): boolean {
  if (!existsSync(join(CONSOLE, 'dist', 'index.html')) || !existsSync(RECORD)) return false
  const { inputs } = JSON.parse(readFileSync(RECORD, 'utf8')) as { inputs: Record<string, string> }
  const own = ownFiles()
  return (
    own.every((path) => path in inputs) &&
    Object.entries(inputs).every(([path, digest]) => digestOf(path) === digest)
  )
}

function record(modules: string[]) {
  const paths = new Set([...modules.map((path) => relative(ROOT, path)), ...ownFiles()])
  const inputs = Object.fromEntries([...paths].sort().map((path) => [path, digestOf(path)]))
  mkdirSync(dirname(RECORD), { recursive: true })
  writeFileSync(RECORD, JSON.stringify({ inputs }, null, 1))
}

/** Files that decide besides the modules Vite reports: the console's own, public ones included, and the versions. */
function ownFiles(): string[] {
  const files = globSync('**/*', { cwd: CONSOLE, withFileTypes: true, exclude: ['dist', 'node_modules'] })
  const own = files
    .filter((file) => file.isFile())
    .map((file) => relative(ROOT, join(file.parentPath, file.name)))
  return ['package-lock.json', ...own.filter((path) => !/\.test\.tsx?$/.test(path))]
}

function digestOf(path: string): string | undefined {
  const file = join(ROOT, path)
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined
}

if (import.meta.main) {
  try {
    await buildConsole()
  } catch (error) {
    console.error(`The console could not be built.\n${(error as Error).message}`)
    process.exitCode = 1
  }
}
