/** Two endpoints and a net between them that loses what it is told to, on a clock that is moved by hand. */
import {
  type Endpoint,
  type LayerEffect,
  type LayerTold,
  readSipMessage,
  type SipMessage,
  TransactionLayer,
  writeSipMessage,
} from '../index.ts'

export interface Side {
  readonly layer: TransactionLayer
  readonly endpoint: Endpoint
  readonly told: LayerTold[]
  /** Every message it sent, `INVITE`, `ACK`, `200`, … with the time in milliseconds. */
  readonly sent: [atMs: number, what: string][]
  /** Called with what the layer tells. */
  onTold: (event: LayerTold) => void
}

export interface Net {
  readonly a: Side
  readonly b: Side
  /** Messages for which this is true are lost. */
  lose: (from: Side, message: SipMessage) => boolean
  run(side: Side, effects: readonly LayerEffect[]): void
  /** Sends outside of transactions (ACK of a 2xx). */
  send(side: Side, message: SipMessage): void
  /** Does something after this time. */
  later(ms: number, act: () => void): void
  /** Moves the clock, firing what is due. */
  wait(ms: number): void
}

/** Delay of every message in milliseconds. */
const TRAVEL_MS = 10

export function createNet(transport: 'UDP' | 'TCP' = 'UDP'): Net {
  let now = 0
  const queue: { at: number; act: () => void }[] = []
  const side = (address: string): Side => ({
    layer: new TransactionLayer(),
    endpoint: { transport, address, port: 5060 },
    told: [],
    sent: [],
    onTold: () => {},
  })
  const net: Net = {
    a: side('192.0.2.1'),
    b: side('192.0.2.2'),
    lose: () => false,
    run(from, effects) {
      for (const effect of effects) {
        if (effect.do === 'send') net.send(from, effect.message)
        if (effect.do === 'tell') {
          from.told.push(effect.event)
          from.onTold(effect.event)
        }
        if (effect.do === 'start-timer') {
          const { key, timer, afterMs } = effect
          net.later(afterMs, () => net.run(from, from.layer.fire(key, timer)))
        }
      }
    },
    send(from, message) {
      from.sent.push([now, message.kind === 'request' ? message.method : String(message.status)])
      if (net.lose(from, message)) return
      const to = from === net.a ? net.b : net.a
      const bytes = writeSipMessage(message)
      net.later(TRAVEL_MS, () => net.run(to, to.layer.receive(readSipMessage(bytes), from.endpoint)))
    },
    later(ms, act) {
      queue.push({ at: now + ms, act })
    },
    wait(ms) {
      const until = now + ms
      for (;;) {
        queue.sort((one, other) => one.at - other.at)
        if (!queue[0] || queue[0].at > until) break
        const next = queue.shift()!
        now = next.at
        next.act()
      }
      now = until
    },
  }
  return net
}
