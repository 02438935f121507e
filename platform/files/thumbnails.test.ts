import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32, deflateSync } from 'node:zlib'
import Fastify from 'fastify'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  addDownloadRoute,
  createFileStore,
  type FileStore,
  fileJobs,
  fileLink,
  folderStore,
  thumbnailLink,
} from './index.ts'
import { makeThumbnail } from './make-thumbnail.ts'
import { type FilesWorld, openFilesWorld } from './testing/world.ts'

let world: FilesWorld
let store: FileStore

beforeAll(async () => {
  world = await openFilesWorld()
  store = createFileStore({
    objects: folderStore(join(world.folder, 'files')),
    temporaryFolder: join(world.folder, 'incoming'),
    keys: world.services.keys,
    database: world.services.database,
  })
})
afterAll(() => world.close())

const put = (content: Buffer, mediaType = 'application/octet-stream') =>
  store.put(Readable.from([content]), { mediaType, maxBytes: 100_000_000 })
const thumbnailJob = () =>
  fileJobs({ files: store, references: [], graceDays: async () => 7 }).find(
    ({ definition }) => definition.name === 'files.make-thumbnail',
  )!
const faultOf = async (digest: string) =>
  (
    await world.admin.query<{ thumbnail_fault: string | null }>(
      `SELECT thumbnail_fault FROM file WHERE digest = $1`,
      [Buffer.from(digest, 'hex')],
    )
  ).rows[0]!.thumbnail_fault

/** 800 × 400, left half red, right half blue; as a camera held upright writes it, with its place. */
const photograph = () =>
  sharp({ create: { width: 800, height: 400, channels: 3, background: '#0000ff' } })
    .composite([
      {
        input: { create: { width: 400, height: 400, channels: 3, background: '#ff0000' } },
        ...{ left: 0, top: 0 },
      },
    ])
    .jpeg()
    .withExif({
      IFD0: { Make: 'Camera of Wang' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '25/1 16/1 24/1' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer()

/** A PNG of one colour that says it has these dimensions; 20,000 × 20,000 is 50 kB and 1.6 GB. */
function flatPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const head = Buffer.alloc(4)
    head.writeUInt32BE(data.length)
    const tail = Buffer.alloc(4)
    tail.writeUInt32BE(crc32(body))
    return Buffer.concat([head, body, tail])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

test('PLT-30 an image gets a thumbnail: turned as its EXIF says, and without its EXIF', async () => {
  const photo = await photograph()
  expect(photo.includes('Camera of Wang')).toBe(true)
  expect((await sharp(photo).metadata()).orientation).toBe(6)
  const { digest, mediaType, thumbnail } = await put(photo)
  expect([mediaType, thumbnail]).toEqual(['image/jpeg', 'waiting'])
  const { rows } = await world.admin.query(
    `SELECT payload->>'digest' AS digest FROM outbox WHERE kind = 'files.image-stored'`,
  )
  expect(rows).toContainEqual({ digest })
  await thumbnailJob().run(world.job(), { digest })
  await thumbnailJob().run(world.job(), { digest })
  expect((await store.find(digest)).thumbnail).toBe('made')
  const made = await store.readThumbnail(digest)
  const { width, height, format, exif, xmp, icc } = await sharp(made).metadata()
  expect([width, height, format, exif, xmp, icc]).toEqual([
    ...[160, 320, 'webp'],
    ...[undefined, undefined, undefined],
  ])
  expect(made.includes('Camera of Wang')).toBe(false)
  // turned by a quarter to the right, the left half is above
  const { data } = await sharp(made).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [data[(y * 160 + x) * 3]! > 200, data[(y * 160 + x) * 3 + 2]! > 200]
  expect([at(80, 40), at(80, 280)]).toEqual([
    [true, false],
    [false, true],
  ])
})

test('PLT-30 a thumbnail lies sealed, goes by its own link, and only as long as it is what was made', async () => {
  const { digest } = await put(await photograph())
  await thumbnailJob().run(world.job(), { digest })
  const path = join(world.folder, 'files/thumbnails', digest.slice(0, 2), digest.slice(2, 4), digest)
  expect(readFileSync(path).includes('WEBP')).toBe(false)
  const app = Fastify()
  addDownloadRoute(app, world.services, store)
  const file = { digest, name: '现场.jpg' }
  const small = await app.inject({ url: thumbnailLink(world.services, file) })
  const whole = await app.inject({ url: fileLink(world.services, file) })
  expect([small.headers['content-type'], whole.headers['content-type']]).toEqual(['image/webp', 'image/jpeg'])
  expect(small.rawPayload.length).toBeLessThan(whole.rawPayload.length)
  // the thumbnail of another image in its place
  const other = await put(
    await sharp(await photograph())
      .negate()
      .jpeg()
      .toBuffer(),
  )
  await thumbnailJob().run(world.job(), { digest: other.digest })
  await world.admin.query(
    `UPDATE file SET thumbnail_digest = (SELECT thumbnail_digest FROM file WHERE digest = $2) WHERE digest = $1`,
    [Buffer.from(digest, 'hex'), Buffer.from(other.digest, 'hex')],
  )
  await expect(store.readThumbnail(digest)).rejects.toThrow('the content is not what its address says')
  await app.close()
})

test('PLT-30 hostile images are refused with the reason, and the next one is served', async () => {
  const photo = await photograph()
  const hostile: [string, Buffer, string][] = [
    ['bomb', flatPng(20_000, 20_000), '图像像素过多，未生成缩略图'],
    ['lies about its size', flatPng(2_000_000_000, 2_000_000_000 % 7), '图像'],
    ['truncated', photo.subarray(0, photo.length >> 1), '图像损坏或不完整，未生成缩略图'],
    ['head alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), '图像'],
    [
      'another format behind the head',
      Buffer.from('\xff\xd8\xff<svg xmlns="http://www.w3.org/2000/svg"/>', 'latin1'),
      '图像',
    ],
  ]
  for (const [what, content, words] of hostile) {
    const { digest } = await put(content)
    await thumbnailJob().run(world.job(), { digest })
    expect((await store.find(digest)).thumbnail, what).toBe('refused')
    expect(await faultOf(digest), what).toContain(words)
  }
  expect(Buffer.isBuffer(await makeThumbnail(Readable.from([photo])))).toBe(true)
})

test('PLT-30 what is no image in truth has no thumbnail made, and what claims to be one is not taken', async () => {
  await expect(put(Buffer.from('<svg/>'), 'image/png')).rejects.toMatchObject({
    ...{ code: 'files.file_type_mismatch', status: 415 },
  })
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
  expect((await put(svg, 'image/svg+xml')).thumbnail).toBe('none')
  // nor does the process that decodes take other formats, whoever sends them
  expect(await makeThumbnail(Readable.from([svg]))).toEqual({
    fault: '内容不是可识别的图像，未生成缩略图',
  })
})

test('PLT-30 an image that takes too long ends its process, not ours', async () => {
  const stuck = new Readable({ read() {} })
  stuck.push(Buffer.from('\xff\xd8\xff', 'latin1'))
  expect(await makeThumbnail(stuck, 400)).toEqual({ fault: '图像处理异常中止，未生成缩略图' })
})

test('PLT-30 an image that cannot be read is tried again instead of being refused', async () => {
  const broken = new Readable({
    read() {
      this.destroy(new Error('the store is away'))
    },
  })
  await expect(makeThumbnail(broken)).rejects.toThrow('the store is away')
})
