/** Licences of everything that is shipped: what the server needs, and what is bundled into the console. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, readJson, readSources } from './source-imports.ts'

/** Licences that ask for no more than keeping a notice. */
const PERMISSIVE = new Set([
  ...['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'Zlib', 'Python-2.0', 'PostgreSQL'],
])

/**
 * Packages of another licence, each for a reason of docs/decisions. libvips (LGPL) comes as shared libraries of its own
 * package, unaltered, and can be replaced by whoever runs the program: that is all its licence asks for.
 * A font under the OFL may be given on with any program and embedded in any document; it may not be sold by itself.
 */
const ACCEPTED = /^(@img\/sharp-|@expo-google-fonts\/)/

/** Packages that name no licence in their package.json, and where it was read. */
const READ_BY_HAND = new Map([['png-js', 'MIT']])

interface Package {
  name?: string
  version?: string
  license?: string
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

type Packages = Record<string, Package>

/** Findings, one line each. */
export function checkLicences(): string[] {
  const { packages } = readJson<{ packages: Packages }>('package-lock.json')
  const findings: string[] = []
  const seen = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const it = packages[path] ?? {}
    const licence = READ_BY_HAND.get(it.name ?? nameOf(path)) ?? it.license ?? licenceInFolder(path)
    if (!it.link && !ACCEPTED.test(nameOf(path)) && !isPermissive(licence))
      findings.push(`${nameOf(path)} ${it.version}: licence ${licence ?? 'not stated'}`)
    for (const name of Object.keys({ ...it.dependencies, ...it.optionalDependencies })) {
      const found = resolve(path, name, packages)
      if (found) visit(found)
    }
  }
  for (const name of shipped()) {
    const found = resolve('', name, packages)
    if (found) visit(found)
  }
  return findings
}

/** Names in the root's dependencies, and those the console's sources import. */
function shipped(): Set<string> {
  const { dependencies, optionalDependencies } = readJson<Package>('package.json')
  const bundled = [...readSources()]
    .filter(([path]) => path.startsWith('apps/console/src/'))
    .flatMap(([, imports]) =>
      imports.filter(({ file, typeOnly }) => !file && !typeOnly).map(({ from }) => packageName(from)),
    )
  return new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...bundled])
}

const packageName = (from: string) =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** As Node does: the nearest node_modules upward. */
function resolve(from: string, name: string, packages: Packages): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const path = `${folder}${folder && '/'}node_modules/${name}`
    if (packages[path]) return path
    if (!folder) return undefined
  }
}

function licenceInFolder(path: string): string | undefined {
  const file = join(path, 'package.json')
  if (!existsSync(join(ROOT, file))) return undefined
  const { license, licenses } = readJson<{
    license?: string | { type: string }
    licenses?: { type: string }[]
  }>(file)
  if (license) return typeof license === 'string' ? license : license.type
  return licenses?.map(({ type }) => type).join(' OR ')
}

/** Reads an SPDX expression: any of what OR joins, all of what AND joins. */
export function isPermissive(licence: string | undefined): boolean {
  if (!licence) return false
  const alternatives = licence.replace(/[()]/g, '').split(/\s+OR\s+/)
  return alternatives.some((all) => all.split(/\s+AND\s+/).every((one) => PERMISSIVE.has(one.trim())))
}

if (import.meta.main) {
  const findings = checkLicences()
  for (const finding of findings) console.log(finding)
  process.exitCode = findings.length > 0 ? 1 : 0
}
