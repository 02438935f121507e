/**
 * Errors are a catalogue: each module lists its codes once with status and words; `problem` makes the throwable.
 * One mapper (`platform/http`) turns them into RFC 9457 documents.
 */
import { ORPCError } from '@orpc/server'

/** One entry of an error catalogue. `title` is the sentence the user reads (Chinese). */
export interface ErrorEntry {
  readonly code: string
  readonly status: number
  readonly title: string
  /** Seconds after which the same call may succeed; told as `Retry-After`. */
  readonly retryAfter?: number
}

/** What a failed call may say beside the title. */
export interface ProblemOptions {
  /** What exactly was wrong with this call, for the user. */
  detail?: string
  /** Faults by field path. */
  issues?: readonly { path: string; message: string }[]
  /** Machine-readable particulars. */
  data?: unknown
  /** Seconds after which to repeat the call, where the catalogue cannot know. */
  retryAfter?: number
  cause?: unknown
}

/** The one error class of expected failures. Anything else that is thrown is a defect and answers 500. */
export class Problem extends ORPCError<string, unknown> {
  readonly entry: ErrorEntry
  readonly detail: string | undefined
  readonly issues: readonly { path: string; message: string }[] | undefined
  readonly retryAfter: number | undefined

  constructor(entry: ErrorEntry, options: ProblemOptions = {}) {
    super(entry.code, {
      status: entry.status,
      message: entry.title,
      ...(options.data === undefined ? {} : { data: options.data }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    })
    this.entry = entry
    this.detail = options.detail
    this.issues = options.issues
    this.retryAfter = options.retryAfter ?? entry.retryAfter
  }
}

/** Declare a module's errors: keys become `<module>.<key>` codes in snake case as written. */
export function defineErrors<const T extends Record<string, Omit<ErrorEntry, 'code'>>>(
  module: string,
  entries: T,
): { [K in keyof T]: ErrorEntry } {
  return Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, { code: `${module}.${key}`, ...entry }]),
  ) as { [K in keyof T]: ErrorEntry }
}

/** Errors that belong to no module. */
export const platformErrors = defineErrors('platform', {
  invalid_input: { status: 400, title: '提交的内容有误' },
  sign_in_required: { status: 401, title: '请先登录' },
  step_up_required: { status: 403, title: '该操作需要二次验证' },
  forbidden: { status: 403, title: '没有执行该操作的权限' },
  csrf: { status: 403, title: '请求未通过来源校验，请刷新页面后重试' },
  not_found: { status: 404, title: '未找到该记录，或不在您的数据范围内' },
  conflict: { status: 409, title: '记录已被他人修改，请刷新后重试' },
  already_exists: { status: 409, title: '已存在相同的记录' },
  in_progress: { status: 409, title: '同一请求正在办理，请稍候再次提交', retryAfter: 1 },
  export_too_large: { status: 422, title: '符合条件的记录超过一次导出的上限' },
  export_running: { status: 409, title: '您的上一次导出还没有完成，请稍候' },
  too_many_requests: { status: 429, title: '请求过于频繁，请稍后再试' },
  integrity: { status: 500, title: '数据完整性校验未通过，已记录为安全事件' },
  internal: { status: 500, title: '系统内部错误' },
  unavailable: { status: 503, title: '服务暂不可用，请稍后重试', retryAfter: 2 },
})
