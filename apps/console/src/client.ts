/**
 * The one way to the server: a typed client per module contract. Adds the session's anti-forgery token, reads
 * RFC 9457 problems, and asks for the second factor when a call needs it, then repeats the call; so it does when the same
 * request is still being worked on.
 */
import type { ProblemDocument } from '@hengjian/platform/contract'
import { createORPCClient, ORPCError } from '@orpc/client'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { requestStepUp, StepUpCancelled } from './step-up.ts'

/** The server has waited already; as long again, with its `Retry-After`, and once. */
const IN_PROGRESS_MS = 1000

let csrfToken = ''
let onSignedOut: () => void = () => {}

/** The token of the running session; set whenever the session is read. */
export const setCsrfToken = (token: string): void => {
  csrfToken = token
}

/** For the few calls that are not operations (uploads, downloads). */
export const csrfHeaders = (): Record<string, string> => (csrfToken ? { 'x-csrf-token': csrfToken } : {})

/** Called when any call answers that nobody is signed in. */
export const whenSignedOut = (callback: () => void): void => {
  onSignedOut = callback
}

/** Client of a module's contract. */
export function clientOf<C extends AnyContractRouter>(contract: C): JsonifiedClient<ContractRouterClient<C>> {
  const link = new OpenAPILink(contract, {
    url: `${window.location.origin}/api`,
    headers: csrfHeaders,
    fetch: fetchWithProblems,
    customErrorResponseBodyDecoder: (body) => errorOf(body),
    interceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (error) {
          const code = problemOf(error).code
          if (code === 'platform.in_progress') {
            await new Promise((resolve) => setTimeout(resolve, IN_PROGRESS_MS))
            return call.next()
          }
          if (code === 'platform.sign_in_required') onSignedOut()
          if (code !== 'platform.step_up_required') throw error
          await requestStepUp()
          return call.next()
        }
      },
    ],
  })
  return createORPCClient(link)
}

/** Path of an operation below the interface's root, `/transactions`. */
export const pathOf = (operation: { '~orpc': { route: { path?: string } } }): string =>
  operation['~orpc'].route.path ?? ''

/** oRPC reads JSON only under its plain name. */
async function fetchWithProblems(request: Request, init: RequestInit): Promise<Response> {
  const response = await fetch(request, { ...init, credentials: 'same-origin' })
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return response
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  return new Response(response.body, { status: response.status, headers })
}

const isProblem = (value: unknown): value is ProblemDocument =>
  typeof value === 'object' && value !== null && 'code' in value && 'title' in value && 'status' in value

/** A problem document as an error; null for anything else. */
export function errorOf(body: unknown): ORPCError<string, ProblemDocument> | null {
  if (!isProblem(body)) return null
  return new ORPCError(body.code, { status: body.status, message: body.title, data: body })
}

/** What went wrong, as a problem document, whatever was thrown. */
export function problemOf(error: unknown): ProblemDocument {
  if (error instanceof ORPCError) {
    if (isProblem(error.data)) return error.data
    return {
      type: 'about:blank',
      title: '服务器返回了无法识别的内容',
      status: error.status,
      code: 'console.answer',
    }
  }
  if (error instanceof StepUpCancelled)
    return {
      type: 'about:blank',
      title: '未完成二次验证，操作没有执行',
      status: 403,
      code: 'console.step_up_cancelled',
    }
  if (error instanceof TypeError)
    return {
      type: 'about:blank',
      title: '连接不上服务器',
      detail: '请检查网络；已填写的内容还在，恢复后可再次提交。',
      status: 0,
      code: 'console.offline',
    }
  return {
    type: 'about:blank',
    title: '页面出现错误',
    detail: error instanceof Error ? error.message : String(error),
    status: 0,
    code: 'console.fault',
  }
}
