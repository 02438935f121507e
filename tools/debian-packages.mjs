/** Programs of the system that tests need: found in PATH, or on Debian installed when we may. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Path of the first of these programs that is there.
 * @param {readonly string[]} names
 * @returns {string | undefined}
 */
export function findProgram(names) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
}

/**
 * Installs packages with apt-get when we are root on Debian or a relative of it; else says what to do.
 * @param {readonly string[]} packages
 * @param {string} purpose what they are for, as in "for …"
 * @param {string} elsewhere what to do on other systems
 */
export function installDebianPackages(packages, purpose, elsewhere) {
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  const haveApt = spawnSync('apt-get', ['--version']).status === 0
  if (!haveApt || process.getuid?.() !== 0) {
    console.error(
      `For ${purpose} ${packages.join(' and ')} must be installed; as root on Debian: ${line}\n${elsewhere}`,
    )
    return
  }
  console.log(`Installing ${packages.join(' and ')} for ${purpose} …`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `apt-get update && ${line}`], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status !== 0)
    console.error(`That failed:\n${(stdout + stderr).trim().split('\n').slice(-8).join('\n')}`)
}
