/**
 * A process of its own that makes one thumbnail: image on standard input, WebP on standard output. What a hostile
 * image can break ends here; this process knows no keys and no addresses. Ends with 65 and the reason on standard
 * error where no picture can be made.
 */
import { writeFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { LARGEST_PIXELS, REFUSED_EXIT, THUMBNAIL_EDGE } from './thumbnail-limits.ts'

/** Decoders for the types that are taken; all others stay shut, whatever the content claims to be. */
const DECODERS = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp']

async function thumbnailOf(image: Buffer): Promise<Buffer> {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: DECODERS })
  sharp.cache(false)
  sharp.concurrency(1)
  const reader = sharp(image, { limitInputPixels: LARGEST_PIXELS, failOn: 'error', animated: false })
  // turned as its EXIF says, then without EXIF, for nothing of it is asked to be kept
  return reader
    .autoOrient()
    .resize({ width: THUMBNAIL_EDGE, height: THUMBNAIL_EDGE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .timeout({ seconds: 10 })
    .toBuffer()
}

if (import.meta.main) {
  // when memory runs out, the system takes this process and not another
  if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '1000')
  try {
    process.stdout.write(await thumbnailOf(await buffer(process.stdin)))
  } catch (error) {
    process.stderr.write((error as Error).message)
    process.exitCode = REFUSED_EXIT
  }
}
