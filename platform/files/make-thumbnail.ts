/** Making a thumbnail in a process of its own, with limits of time and size. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { REFUSED_EXIT } from './thumbnail-limits.ts'

const PROGRAM = fileURLToPath(new URL('./thumbnail-process.ts', import.meta.url))
const LIMIT_MS = 30_000
/** A thumbnail of 320 pixels is far below. */
const LARGEST_THUMBNAIL = 1_048_576
/** Longest image that is looked at, in bytes. */
export const LARGEST_IMAGE = 64 * 1024 ** 2

/** A thumbnail (WebP, longest edge 320), or why there is none, in words for the user. */
export async function makeThumbnail(
  image: Readable,
  limitMs: number = LIMIT_MS,
): Promise<Buffer | { readonly fault: string }> {
  const child = spawn(process.execPath, [PROGRAM], { env: {}, stdio: ['pipe', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  // where the image itself cannot be read, that is the fault to tell
  let unread: unknown
  const watched = async function* () {
    try {
      yield* image
    } catch (error) {
      unread = error
      throw error
    }
  }
  // a process that has seen enough closes its end
  pipeline(watched, child.stdin).catch(() => {})
  const ended = once(child, 'close') as Promise<[code: number | null]>
  const [words, made, [code]] = await Promise.all([text(child.stderr), collected(child.stdout), ended])
  clearTimeout(timer)
  const fault = unread
  image.destroy()
  if (fault) throw fault
  if (code === 0 && made) return made
  return { fault: code === REFUSED_EXIT ? faultOf(words) : '图像处理异常中止，未生成缩略图' }
}

async function collected(stream: Readable): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.length
    if (length <= LARGEST_THUMBNAIL) pieces.push(piece)
  }
  return length <= LARGEST_THUMBNAIL ? Buffer.concat(pieces) : null
}

/** Words of the decoder in words for the user. */
function faultOf(words: string): string {
  if (/pixel limit/i.test(words)) return '图像像素过多，未生成缩略图'
  if (/unsupported image format/i.test(words)) return '内容不是可识别的图像，未生成缩略图'
  if (/timeout/i.test(words)) return '图像处理超时，未生成缩略图'
  return '图像损坏或不完整，未生成缩略图'
}
