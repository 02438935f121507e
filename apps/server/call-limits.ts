/** How many calls the server takes in a minute: parameters, read at most every five seconds. */
import type { ParameterDefinition, ParameterReader } from '@hengjian/administration'
import { newId, type Services, systemActor } from '@hengjian/platform/context'
import { type CallLimits, runAs, shippedLimits } from '@hengjian/platform/http'

const FRESH_MS = 5_000

const limit = (code: string, title: string, description: string, shipped: number): ParameterDefinition => ({
  code,
  title,
  description,
  type: 'number',
  measure: '次/分钟',
  min: 300,
  max: 1_000_000,
  default: shipped,
  level: 'installation',
  keptBy: 'security',
})

export const limitParameters: readonly ParameterDefinition[] = [
  limit(
    'platform.calls_per_session',
    '每个登录会话的调用次数',
    '超过后该会话在一分钟内被拒绝，同一地址的其他用户不受影响',
    shippedLimits.perSession,
  ),
  limit(
    'platform.calls_per_address',
    '每个地址未登录的调用次数',
    '同一办公出口的所有人共用，宜宽',
    shippedLimits.perAddress,
  ),
]

/** The limits in force. While the database does not answer, those known last. */
export function readLimits(services: Services, reader: ParameterReader): () => Promise<CallLimits> {
  let known = shippedLimits
  let readAt = Number.NEGATIVE_INFINITY
  const origin = { requestId: newId(), clientAddress: '' }
  const read = () =>
    runAs(services, systemActor('limits'), origin, async (ctx) => ({
      perSession: await reader.numberOf(ctx, 'platform.calls_per_session', '/'),
      perAddress: await reader.numberOf(ctx, 'platform.calls_per_address', '/'),
    }))
  return async () => {
    if (performance.now() - readAt > FRESH_MS) {
      readAt = performance.now()
      known = await read().catch((error: unknown) => {
        services.log.warn({ err: error }, 'limits could not be read')
        return known
      })
    }
    return known
  }
}
