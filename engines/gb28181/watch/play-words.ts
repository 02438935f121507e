import type { PlayFault, PlayStep, PlayTrace } from './play.ts'

const STEPS: Record<PlayStep, string> = {
  requested: '已请求',
  port: '已分配收流端口',
  invited: '已发送邀请',
  trying: '设备已收到邀请',
  answered: '设备已应答',
  acknowledged: '已确认',
  connected: '媒体连接已建立',
  packet: '收到首个数据包',
  'key-frame': '收到首个关键帧',
}

const FAULTS: Record<PlayFault, readonly [what: string, hint: string]> = {
  'no-port': ['没有可用的收流端口', '请检查媒体服务是否运行、端口范围是否用尽'],
  'not-sent': ['邀请未能发出', '请检查设备是否在线、信令服务的网络'],
  'no-100': ['设备未回应邀请', '请检查设备是否在线、地址是否变化、防火墙是否放行信令端口'],
  'no-200': ['设备收到邀请但未应答', '设备可能繁忙或正在重启，请稍后再试'],
  'ack-not-sent': ['应答未能确认', '请检查设备应答中的联系地址是否可达'],
  'no-tcp': ['媒体连接未建立', '请检查防火墙是否放行收流端口，或为该设备改用其他传输方式'],
  'no-rtp': ['设备已应答但未发送视频数据', '请检查收流地址是否为设备可达的地址、防火墙是否放行收流端口'],
  'no-key-frame': ['收到视频数据但没有关键帧', '请检查设备的编码格式与关键帧间隔，或请求关键帧'],
  busy: ['设备忙，已达到可提供的路数', '请关闭该设备的其他播放后再试'],
  'not-supported': ['设备不支持请求的码流或传输方式', '请为该设备改用其他码流或传输方式'],
  'unknown-channel': ['设备不认识该通道', '请刷新目录，核对通道编码'],
  forbidden: ['设备拒绝访问', '请核对设备的接入配置与权限'],
  unavailable: ['设备暂时不可用', '请稍后再试，或检查通道是否断线'],
  refused: ['设备拒绝了邀请', '请查看设备返回的说明'],
  'media-lost': ['视频中断', '请检查设备网络，系统将自动重新请求'],
  'device-ended': ['设备结束了发送', '如非录像播放完毕，请检查设备'],
}

/** A fault in the user's words: what happened, and what to look at. */
export function playFaultWords(fault: PlayFault): { readonly what: string; readonly hint: string } {
  const [what, hint] = FAULTS[fault]
  return { what, hint }
}

/** The trace in the user's words: one line a step with milliseconds since the wish, and how it ended. */
export function playWords(trace: PlayTrace): string[] {
  const begin = trace.steps[0]!.atMs
  const lines = trace.steps.map(
    ({ step, atMs, note }) => `${STEPS[step]}${note ? `（${note}）` : ''} +${atMs - begin} 毫秒`,
  )
  if (trace.state === 'playing') return [...lines, '正在播放']
  if (trace.state === 'stopped') return [...lines, '已停止']
  if (trace.state === 'starting' || !trace.fault) return lines
  const { what, hint } = playFaultWords(trace.fault)
  return [...lines, `失败：${what}${trace.said ? `（${trace.said}）` : ''}。${hint}。`]
}
