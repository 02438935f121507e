/**
 * Builds the console into apps/console/dist when one of the files it was built from has changed. Vite tells which
 * files those were; their digests are kept in node_modules/.cache.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

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
  record(
    [...modules].filter(
      (path) => path.startsWith(ROOT) && !path.includes('/node_modules/') && existsSync(path),
    ),
  )
  console.log(`Console built in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
  return true
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
