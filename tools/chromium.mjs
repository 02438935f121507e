/** The browser for the journeys: found, or on Debian installed when we may. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
/** Chromium draws Chinese only with a font that has it. */
const PACKAGES = ['chromium', 'fonts-noto-cjk']

/**
 * Path of a Chromium, installing it with apt-get when it is missing and we are root on Debian or a relative of it.
 * @returns {string | undefined} undefined after saying how to get one
 */
export function ensureChromium() {
  const missing = [...(findChromium() ? [] : [PACKAGES[0]]), ...(hasChineseFont() ? [] : [PACKAGES[1]])]
  if (missing.length > 0) install(missing)
  return findChromium()
}

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  const folders = (process.env.PATH ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
}

function hasChineseFont() {
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== ''
}

function install(packages) {
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  const haveApt = spawnSync('apt-get', ['--version']).status === 0
  if (!haveApt || process.getuid?.() !== 0) {
    console.error(
      `For the tests in the browser ${packages.join(' and ')} must be installed; as root on Debian: ${line}\n` +
        'On other systems install Chromium or Chrome (or set CHROMIUM to its path) and a Chinese font.',
    )
    return
  }
  console.log(`Installing ${packages.join(' and ')} for the tests in the browser …`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `apt-get update && ${line}`], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status !== 0)
    console.error(`That failed:\n${(stdout + stderr).trim().split('\n').slice(-8).join('\n')}`)
}
