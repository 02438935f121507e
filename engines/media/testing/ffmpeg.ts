/** The foreign programs that engine tests compare with: FFmpeg's, of the Debian package `ffmpeg`. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MISSING =
  'FFmpeg is missing: these tests compare with it. As root on Debian: apt-get install -y --no-install-recommends ffmpeg ' +
  '(`npm test` tries that itself); elsewhere install FFmpeg 5 or newer with libx264 and libx265.'

/** Runs `ffmpeg` or `ffprobe` and answers with its output. @throws Error with its messages when it fails or is missing */
export function runFfmpeg(args: readonly string[], { input, program = 'ffmpeg' }: RunOptions = {}): Buffer {
  const quiet = program === 'ffmpeg' ? ['-hide_banner', '-nostdin', '-y'] : ['-hide_banner']
  const stdin = input ? ['-hide_banner', '-y'] : quiet
  const { error, status, stdout, stderr } = spawnSync(program, [...stdin, '-v', 'error', ...args], {
    input,
    maxBuffer: 256 * 2 ** 20,
  })
  if (error) throw new Error('code' in error && error.code === 'ENOENT' ? MISSING : error.message)
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stderr}`)
  return stdout
}

interface RunOptions {
  readonly input?: Buffer
  readonly program?: 'ffmpeg' | 'ffprobe'
}

/** A folder for files that a program must be able to seek in; gone when `work` ends. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hengjian-media-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const decoded = new WeakMap<Buffer, string[]>()

/** Hash of each decoded picture, in order of showing. @param format what the bytes are, of FFmpeg's names */
export function decodedHashes(bytes: Buffer, format: string): string[] {
  const known = decoded.get(bytes)
  if (known) return known
  const listing = inFolder((folder) => {
    const file = join(folder, `in.${format}`)
    writeFileSync(file, bytes)
    const input = ['-threads', '1', '-f', format, '-i', file, '-map', '0:v']
    // -vsync: no picture is to be left out or doubled for the sake of the times
    return runFfmpeg([...input, '-vsync', 'passthrough', '-f', 'framemd5', '-'])
  })
  decoded.set(bytes, hashesIn(listing))
  return decoded.get(bytes)!
}

/** What ffprobe says of each stream. */
export function probe(bytes: Buffer, format: string): Record<string, unknown>[] {
  return inFolder((folder) => {
    const file = join(folder, `in.${format}`)
    writeFileSync(file, bytes)
    const said = runFfmpeg(['-f', format, '-i', file, '-show_streams', '-of', 'json'], { program: 'ffprobe' })
    return (JSON.parse(said.toString()) as { streams: Record<string, unknown>[] }).streams
  })
}

/** What FFmpeg writes in a container that needs a file. */
export function muxedBy(args: readonly string[], extension: string, input: Buffer): Buffer {
  return inFolder((folder) => {
    const source = join(folder, 'in')
    const target = join(folder, `out.${extension}`)
    writeFileSync(source, input)
    runFfmpeg(args.map((arg) => (arg === '{in}' ? source : arg === '{out}' ? target : arg)))
    return readFileSync(target)
  })
}

/** Runs `ffmpeg` while this process goes on, for tests in which it talks with us. @throws Error with its messages when it fails */
export async function talkingFfmpeg(args: readonly string[]): Promise<Buffer> {
  const child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-y', '-v', 'error', ...args])
  const output: Buffer[] = []
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', () => reject(new Error(MISSING)))
    child.once('close', resolve)
  }).finally(() => clearTimeout(timer))
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')}\n${said}`)
  return Buffer.concat(output)
}

/** Hashes in a listing of FFmpeg's `framemd5`. */
export const hashesIn = (listing: Buffer): string[] =>
  [...listing.toString().matchAll(/^\d.*,\s*([0-9a-f]{32})$/gm)].map(([, hash]) => hash!)

/** Puts inputs where FFmpeg can read them while this process goes on. */
export function inFiles(...inputs: readonly Buffer[]): { files: string[]; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hengjian-media-'))
  const files = inputs.map((bytes, i) => {
    const file = join(folder, `in${i}`)
    writeFileSync(file, bytes)
    return file
  })
  return { files, remove: () => rmSync(folder, { recursive: true }) }
}
