/** FFmpeg, with which the tests of the media engine make their material and judge what it writes. */
import { findProgram, installDebianPackages } from './debian-packages.mjs'

/** Installs FFmpeg with apt-get when it is missing and we may; else says how to get it. The tests that need it then fail and say so too. */
export function ensureFfmpeg() {
  if (findProgram(['ffmpeg']) && findProgram(['ffprobe'])) return
  installDebianPackages(
    ['ffmpeg'],
    'the tests of the media engine',
    'On other systems install FFmpeg 5 or newer with libx264 and libx265.',
  )
}
