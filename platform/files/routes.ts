/** HTTP of files: streaming uploads, and downloads by signed link. */
import type { Readable } from 'node:stream'
import type { Actor, Origin, Services } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { authorise, originOf, runAs } from '@hengjian/platform/http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { fileErrors } from './errors.ts'
import type { FileStore } from './file-store.ts'
import { isShown } from './media-type.ts'
import { readClaim, signClaim } from './signed-claim.ts'

const LINK_MINUTES = 5
const UPLOAD_HOURS = 24

const link = z.object({ digest: z.string(), name: z.string(), part: z.enum(['content', 'thumbnail']) })
const receipt = z.object({ digest: z.string(), bytes: z.number(), name: z.string(), actorId: z.string() })

/** What the holder of an upload's receipt uploaded. */
export type UploadReceipt = z.infer<typeof receipt>

/** Address of a file for the next five minutes. Whoever asks for it must have been allowed the record it belongs to. */
export const fileLink = (services: Services, file: { digest: string; name: string }): string =>
  linkTo(services, { ...file, part: 'content' })

/** The same for the thumbnail of an image; it shows the image, and takes the same rights. */
export const thumbnailLink = (services: Services, file: { digest: string; name: string }): string =>
  linkTo(services, { ...file, part: 'thumbnail' })

function linkTo(services: Services, { digest, name, part }: z.infer<typeof link>): string {
  const until = new Date(services.clock.now().getTime() + LINK_MINUTES * 60_000)
  return `/api/files/${signClaim(services.keys, 'file link', { digest, name, part }, until)}`
}

/** Read the receipt of an upload, which is good for its uploader alone. @throws Problem `files.link_expired` */
export function readUpload(services: Services, actor: Actor, token: string): UploadReceipt {
  const claim = readClaim(services.keys, 'upload', receipt, token, services.clock.now())
  if (!claim || claim.actorId !== actor.id) throw new Problem(fileErrors.link_expired)
  return claim
}

/** `GET /api/files/<token>`: a file by its signed link. */
export function addDownloadRoute(app: FastifyInstance, services: Services, store: FileStore): void {
  // a wildcard, because parameters of a path are limited to 100 characters
  app.get<{ Params: { '*': string } }>('/api/files/*', async (request, reply) => {
    const claim = readClaim(services.keys, 'file link', link, request.params['*'], services.clock.now())
    if (!claim) throw new Problem(fileErrors.link_expired)
    const { bytes, mediaType, scan } = await store.find(claim.digest)
    if (scan === 'infected') throw new Problem(fileErrors.file_infected)
    void reply.header('cache-control', 'private, max-age=300')
    if (claim.part === 'thumbnail')
      return reply.type('image/webp').send(await store.readThumbnail(claim.digest))
    const how = isShown(mediaType) ? 'inline' : 'attachment'
    return reply
      .header('content-type', mediaType)
      .header('content-length', bytes)
      .header('content-disposition', `${how}; filename*=UTF-8''${encodeURIComponent(claim.name)}`)
      .send(store.read(claim.digest))
  })
}

/**
 * `PUT <path>?name=`: a stream of bytes into the store; answers `{ upload, bytes, digest, scan }`, `upload` being a receipt
 * that an operation of the same user takes within a day.
 */
export function addUploadRoute(
  app: FastifyInstance,
  services: Services,
  store: FileStore,
  options: { path: `/api/${string}`; permission: string; maxBytes: number },
): void {
  void app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers()
    // the body is the file: hand it on unread
    uploads.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    uploads.put<{ Querystring: { name?: string }; Body: Readable | undefined }>(
      options.path,
      { bodyLimit: options.maxBytes },
      async (request) => {
        const { actor, body } = request
        authorise(
          { permission: options.permission, stepUp: false, transaction: 'write' },
          actor,
          services.clock.now(),
        )
        const name = request.query.name?.trim()
        if (!name || name.length > 255 || !body)
          throw new Problem(platformErrors.invalid_input, {
            issues: [{ path: name ? 'body' : 'name', message: name ? '没有内容' : '请给出文件名' }],
          })
        const mediaType = request.headers['content-type'] ?? 'application/octet-stream'
        const stored = await store
          .put(body, { mediaType, maxBytes: options.maxBytes })
          .catch(async (error: unknown) => {
            await recordRefusal(services, actor, originOf(request), error)
            throw error
          })
        const { digest, bytes, scan } = stored
        const until = new Date(services.clock.now().getTime() + UPLOAD_HOURS * 3_600_000)
        const claim: UploadReceipt = { digest, bytes, name, actorId: actor.id }
        return { upload: signClaim(services.keys, 'upload', claim, until), bytes, digest, scan }
      },
    )
  })
}

/** Who tried to hand in what the scanner found is in the audit log. */
async function recordRefusal(
  services: Services,
  actor: Actor,
  origin: Origin,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Problem) || error.code !== fileErrors.file_infected.code) return
  await runAs(services, actor, origin, (ctx) =>
    ctx.audit.record({ action: 'files.upload', result: 'refused', reason: `${error.code} ${error.detail}` }),
  )
}
