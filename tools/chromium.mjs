/** The browser for the journeys: found, or on Debian installed when we may. */
import { spawnSync } from 'node:child_process'
import { findProgram, installDebianPackages } from './debian-packages.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
/** Chromium draws Chinese only with a font that has it. */
const PACKAGES = ['chromium', 'fonts-noto-cjk']

/**
 * Path of a Chromium, installing it with apt-get when it is missing and we are root on Debian or a relative of it.
 * @returns {string | undefined} undefined after saying how to get one
 */
export function ensureChromium() {
  const missing = [...(findChromium() ? [] : [PACKAGES[0]]), ...(hasChineseFont() ? [] : [PACKAGES[1]])]
  if (missing.length > 0) {
    installDebianPackages(
      missing,
      'the tests in the browser',
      'On other systems install Chromium or Chrome (or set CHROMIUM to its path) and a Chinese font.',
    )
  }
  return findChromium()
}

const findChromium = () => process.env.CHROMIUM || findProgram(NAMES)

function hasChineseFont() {
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== ''
}
