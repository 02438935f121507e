/** The HTTP server: Fastify hosting the modules' contracts, with problems, security headers, health and metrics. */

import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import { type Actor, anonymous, newId, type Origin, type Services } from '@hengjian/platform/context'
import type { OperationMeta, ProblemDocument } from '@hengjian/platform/contract'
import { isUnavailable } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { AnyContractRouter } from '@orpc/contract'
import { SmartCoercionPlugin } from '@orpc/json-schema'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import { implement, ORPCError, ValidationError } from '@orpc/server'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import { zhCN } from 'zod/locales'
import { admit, callOperation } from './call.ts'
import { addCompression } from './compress.ts'
import { addExports, type ExportOptions, exportPathsOf } from './export-list.ts'
import type { ModuleManifest } from './module.ts'

// Validation messages are read by users.
z.config(zhCN())

/** Who calls: the identity module answers this from the session cookie. */
export interface Authenticator {
  /** The actor of the session token, or null when there is none or it has ended. */
  authenticate(token: string | undefined, origin: Origin): Promise<Actor | null>
  /** Token that writes must send as `x-csrf-token`, bound to the session. */
  csrfToken(sessionId: string): string
}

export interface HttpOptions {
  services: Services
  modules: readonly ModuleManifest[]
  authenticator: Authenticator
  /** Folder of the built console, served at `/`. */
  consoleDir?: string
  /** Answers whether the process can serve (database reachable, schema current). */
  ready: () => Promise<{ ok: boolean; checks: Record<string, string> }>
  /** Metrics of others, served beside our own. */
  metrics?: readonly Registry[]
  /** Calls a minute before 429, asked at each call; as shipped where left out. */
  limits?: () => Promise<CallLimits>
  /** Most rows of one export; 100,000 unless told. */
  exportRowLimitOf?: ExportOptions['rowLimitOf']
}

/** Calls a minute. */
export interface CallLimits {
  /** Of one session. */
  readonly perSession: number
  /** Of one address without a session: a whole office may stand behind it. */
  readonly perAddress: number
}

export const shippedLimits: CallLimits = { perSession: 3000, perAddress: 6000 }

/** Name of the session cookie. */
export const SESSION_COOKIE = 'hengjian_session'

/** Most rows of one export where the installation says nothing else. */
const EXPORT_ROWS = 100_000

interface CallContext {
  request: FastifyRequest
  actor: Actor
  origin: Origin
  reply: FastifyReply
}

/** Set by sign-in and sign-out through the context of the call. */
const cookies = new WeakMap<Origin, (value: string | null) => void>()

/** Set (or clear, with null) the session cookie of the call that `origin` belongs to. */
export function setSessionCookie(origin: Origin, value: string | null): void {
  cookies.get(origin)?.(value)
}

/** Build the server; the caller listens and closes. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { services, modules, authenticator } = options
  const { config, log } = services
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    trustProxy: config.trustProxy,
    bodyLimit: 1024 * 1024,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    forceCloseConnections: 'idle',
  })
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: config.cookieSecure,
    referrerPolicy: { policy: 'same-origin' },
  })
  await app.register(rateLimit, { global: false })
  const refuseTooMany = limiterOf(app, options.limits ?? (async () => shippedLimits))
  addMetrics(app, options.metrics ?? [])
  addHealth(app, options)

  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request)
    if (problem.status >= 500) request.log.error({ err: error }, 'call failed')
    if (error instanceof Problem) sayWhenToRetry(reply, error)
    void reply.code(problem.status).type('application/problem+json').send(problem)
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    const type = reply.getHeader('content-type')
    if (reply.statusCode >= 400 && typeof type === 'string' && type.startsWith('application/json'))
      reply.header('content-type', 'application/problem+json')
    return payload
  })
  addCompression(app, ({ actor }) => (actor?.sessionId ? authenticator.csrfToken(actor.sessionId) : null))

  // Set for every request below; an object as default would be shared between requests.
  app.decorateRequest('actor', null as unknown as Actor)
  app.addHook('onRequest', async (request) => {
    request.actor = anonymous
    if (!request.url.startsWith('/api/')) return
    const origin = originOf(request)
    const actor = (await authenticator.authenticate(request.cookies[SESSION_COOKIE], origin)) ?? anonymous
    request.actor = actor
    await refuseTooMany(request)
    guardAgainstForgery(request, actor, authenticator)
  })

  const contract: Record<string, AnyContractRouter> = Object.fromEntries(
    modules.map((module) => [module.name, module.contract]),
  )
  const spec = await openApiOf(contract)
  app.get('/api/openapi.json', async () => spec)
  await addDocs(app)
  const exports: ExportOptions = {
    rowLimitOf: options.exportRowLimitOf ?? (async () => EXPORT_ROWS),
    originOf,
  }
  for (const module of modules) {
    module.routes?.(app, services)
    addExports(app, services, module, exports)
  }

  // oRPC reads the body itself.
  await app.register(async (api) => {
    api.removeAllContentTypeParsers()
    api.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
    const handler = new OpenAPIHandler(routerOf(contract, modules, services), {
      plugins: [new SmartCoercionPlugin({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
      customErrorResponseBodyEncoder: (error) => encode(error),
      interceptors: [
        async (call) => {
          try {
            return await call.next()
          } catch (error) {
            if (!(error instanceof ORPCError) || error.status >= 500)
              log.error({ err: error }, 'operation failed')
            if (error instanceof Problem) sayWhenToRetry(call.context.reply, error)
            throw error
          }
        },
      ],
    })
    api.all('/api/*', async (request, reply) => {
      const origin = originOf(request)
      cookies.set(origin, (value) => {
        const base = { path: '/', httpOnly: true, sameSite: 'strict', secure: config.cookieSecure } as const
        if (value === null) void reply.clearCookie(SESSION_COOKIE, base)
        else void reply.setCookie(SESSION_COOKIE, value, base)
      })
      const context: CallContext = { request, actor: request.actor, origin, reply }
      const { matched } = await handler.handle(request, reply, { prefix: '/api', context })
      if (!matched)
        throw new Problem(platformErrors.not_found, {
          detail: `${request.method} ${request.url.split('?')[0]}`,
        })
    })
  })

  if (options.consoleDir) {
    await app.register(fastifyStatic, {
      root: options.consoleDir,
      preCompressed: true,
      setHeaders: (reply, path) => {
        reply.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        )
      },
    })
    // The console routes in the browser: any other path is its first page.
    app.setNotFoundHandler((request, reply) => {
      if (
        request.method !== 'GET' ||
        request.url.startsWith('/api/') ||
        /\.(js|css|svg|png|ico|map|json|txt|woff2?)$/i.test(request.url.split('?')[0]!)
      )
        throw new Problem(platformErrors.not_found)
      return reply.sendFile('index.html')
    })
  }
  return app
}

function sayWhenToRetry(reply: FastifyReply, { retryAfter }: Problem): void {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
}

/** Signed-in calls count by session, others by address: colleagues behind one address do not stop each other. */
function limiterOf(app: FastifyInstance, limits: () => Promise<CallLimits>) {
  const count = app.createRateLimit({
    timeWindow: '1 minute',
    keyGenerator: ({ actor, ip }) =>
      actor.sessionId === null ? `address ${ip}` : `session ${actor.sessionId}`,
    max: async ({ actor }) => {
      const { perSession, perAddress } = await limits()
      return actor.sessionId === null ? perAddress : perSession
    },
  })
  return async (request: FastifyRequest): Promise<void> => {
    const counted = await count(request)
    if (!counted.isAllowed && counted.isExceeded)
      throw new Problem(platformErrors.too_many_requests, { retryAfter: counted.ttlInSeconds })
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
  }
}

/** Origin of a request. One object per request: the session cookie is set through it. */
const origins = new WeakMap<FastifyRequest, Origin>()
export function originOf(request: FastifyRequest): Origin {
  let origin = origins.get(request)
  if (!origin) {
    origin = { requestId: request.id, clientAddress: request.ip }
    origins.set(request, origin)
  }
  return origin
}

/** A write with a session must carry the session's own token: a foreign page cannot know it. */
function guardAgainstForgery(request: FastifyRequest, actor: Actor, authenticator: Authenticator): void {
  if (request.method === 'GET' || request.method === 'HEAD' || actor.sessionId === null) return
  if (request.headers['x-csrf-token'] !== authenticator.csrfToken(actor.sessionId))
    throw new Problem(platformErrors.csrf)
}

function routerOf(
  contract: Record<string, AnyContractRouter>,
  modules: readonly ModuleManifest[],
  services: Services,
) {
  // The router is assembled from manifests whose types were checked where they were defined.
  // biome-ignore lint/suspicious/noExplicitAny: as said
  const open: any = implement(contract as any)
  // Who may not call learns nothing of what the input should have been: it is validated last.
  const implementer = open.$context().$config({ initialInputValidationIndex: Number.POSITIVE_INFINITY })
  const router: Record<string, Record<string, unknown>> = {}
  for (const module of modules) {
    const routes: Record<string, unknown> = {}
    for (const [key, handler] of Object.entries(module.handlers)) {
      const definition = (
        module.contract[key] as unknown as {
          '~orpc': { meta: OperationMeta; route: { operationId?: string } }
        }
      )['~orpc']
      const operation = {
        id: definition.route.operationId ?? `${module.name}.${key}`,
        meta: definition.meta,
        handler,
      }
      routes[key] = implementer[module.name][key]
        .use(async ({ context, next }: { context: CallContext; next: () => Promise<unknown> }) => {
          await admit(services, operation, context.actor, context.origin)
          return next()
        })
        .handler(({ input, context }: { input: unknown; context: CallContext }) =>
          callOperation(services, operation, context.actor, context.origin, input),
        )
    }
    router[module.name] = routes
  }
  return implementer.router(router)
}

/** An error as the fields of a problem document. */
function encode(error: ORPCError<string, unknown>): ProblemDocument {
  const base = {
    type: `urn:hengjian:problem:${error.code}`,
    title: error.message,
    status: error.status,
    code: error.code,
  }
  if (error instanceof Problem)
    return {
      ...base,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...(error.issues === undefined ? {} : { issues: [...error.issues] }),
      ...(error.data === undefined ? {} : { data: error.data }),
    }
  if (error.cause instanceof ValidationError && error.status === 400) {
    const entry = platformErrors.invalid_input
    return {
      type: `urn:hengjian:problem:${entry.code}`,
      title: entry.title,
      status: entry.status,
      code: entry.code,
      issues: error.cause.issues.map((issue) => ({
        path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
        message: issue.message,
      })),
    }
  }
  if (error.status === 404) return documentOf(platformErrors.not_found)
  if (error.status >= 500) return documentOf(platformErrors.internal)
  return { ...base, code: `platform.${error.code.toLowerCase()}` }
}

const documentOf = (entry: { code: string; title: string; status: number }): ProblemDocument => ({
  type: `urn:hengjian:problem:${entry.code}`,
  title: entry.title,
  status: entry.status,
  code: entry.code,
})

function problemOf(error: unknown, request: FastifyRequest): ProblemDocument {
  if (error instanceof ORPCError) return { ...encode(error), instance: request.id }
  const status = (error as { statusCode?: number }).statusCode
  if (status !== undefined && status >= 400 && status < 500)
    return {
      ...documentOf(platformErrors.invalid_input),
      status,
      detail: (error as Error).message,
      instance: request.id,
    }
  const entry = isUnavailable(error) ? platformErrors.unavailable : platformErrors.internal
  return { ...documentOf(entry), instance: request.id }
}

/** The OpenAPI 3.1 description of contracts by module name. */
export async function openApiOf(contract: Record<string, AnyContractRouter>): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const description = await generator.generate(contract, {
    info: {
      title: '衡鉴 Hengjian',
      version: '0.1.0',
      description: '业务办理与综合监管平台接口。错误一律为 RFC 9457 问题文档。',
    },
    servers: [{ url: '/api' }],
  })
  return { ...description, paths: { ...description.paths, ...exportPathsOf(contract) } }
}

async function addDocs(app: FastifyInstance): Promise<void> {
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  await app.register(async (docs) => {
    await docs.register(fastifyStatic, { root, prefix: '/api/docs/', decorateReply: false, index: false })
    docs.get('/api/docs/hengjian.js', async (_request, reply) =>
      reply
        .type('text/javascript')
        .send(
          "window.ui = SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true })",
        ),
    )
    docs.get('/api/docs', async (_request, reply) =>
      reply
        .type('text/html')
        .send(
          '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>衡鉴 接口文档</title>' +
            '<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head><body><div id="swagger-ui"></div>' +
            '<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/hengjian.js"></script></body></html>',
        ),
    )
  })
}

function addHealth(app: FastifyInstance, options: HttpOptions): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const state = await options.ready()
    return reply
      .code(state.ok ? 200 : 503)
      .send({ status: state.ok ? 'ready' : 'not ready', checks: state.checks })
  })
}

function addMetrics(app: FastifyInstance, others: readonly Registry[]): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'hengjian_http_request_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'hengjian_http_failures_total',
    help: 'Answers of 500 and above',
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    duration.observe({ method: request.method, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
    if (reply.statusCode >= 500) failures.inc()
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await Registry.merge([registry, ...others]).metrics()),
  )
}
