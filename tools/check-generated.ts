/** Runs the generators: what they write must be what already stands there. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GENERATED, type Generated } from './generated.ts'

const ROOT = dirname(import.meta.dirname)

function complaintsAbout({ name, command, writes }: Generated): string[] {
  const before = contentsOf(writes)
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) return [`${name}: the generator failed\n${stdout}${stderr}`]
  const after = contentsOf(writes)
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path} (${name}) was out of date and has been written anew: commit it`)
}

/** Digest of each file in these places. */
function contentsOf(places: string[]): Map<string, string> {
  const files = places
    .filter((place) => existsSync(join(ROOT, place)))
    .flatMap((place) =>
      statSync(join(ROOT, place)).isDirectory() ? globSync(`${place}/**/*`, { cwd: ROOT }) : [place],
    )
    .filter((path) => statSync(join(ROOT, path)).isFile())
  return new Map(
    files.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(ROOT, path)))
        .digest('hex'),
    ]),
  )
}

const complaints = GENERATED.flatMap(complaintsAbout)
for (const complaint of complaints) console.log(complaint)
process.exitCode = complaints.length > 0 ? 1 : 0
