/** A camera's day with a platform, both sides made of this library, over a net that loses every fifth message. */
import { describe, expect, it } from 'vitest'
import {
  acceptRegister,
  type CatalogueItem,
  catalogueItemKey,
  catalogueParts,
  challengeRegister,
  checkNonce,
  createCollection,
  createUplink,
  type KnownManscdp,
  type LayerTold,
  makeNonce,
  makeRequest,
  makeResponse,
  readDigestParameters,
  readManscdp,
  readRegister,
  refuseRegister,
  type SipRequest,
  stepUplink,
  type Uplink,
  type UplinkEvent,
  type UplinkTold,
  verifyDigest,
  writeManscdp,
} from './index.ts'
import { randomFrom } from './testing/mutate.ts'
import { createNet, type Net, type Side } from './testing/net.ts'
import { DEVICE, DOMAIN, SERVER } from './testing/sip-text.ts'

const SECRET = Buffer.alloc(32, 1)
const items: CatalogueItem[] = Array.from({ length: 120 }, (_, n) => ({
  deviceId: `3402000000132${String(n + 1).padStart(7, '0')}`,
  name: `东门摄像机 ${n + 1}`,
  parentId: DEVICE,
  status: 'ON',
}))

let serial = 0
function messageOf(from: Side, sender: string, receiver: string, bytes: Buffer): SipRequest {
  serial += 1
  const { transport, address: host, port } = from.endpoint
  return makeRequest({
    method: 'MESSAGE',
    uri: `sip:${receiver}@${DOMAIN}`,
    hop: { transport, host, port },
    branch: `z9hG4bK${serial}`,
    from: `<sip:${sender}@${DOMAIN}>;tag=${serial}`,
    to: `<sip:${receiver}@${DOMAIN}>`,
    callId: `m${serial}`,
    cseq: 20,
    body: { type: 'Application/MANSCDP+xml', bytes },
  })
}

/** The platform: registers who knows the password, collects catalogues, answers every message. */
function platform(net: Net, password: string) {
  const side = net.a
  const collection = createCollection<CatalogueItem>({ keyOf: catalogueItemKey, nowMs: 0 })
  const heard: string[] = []
  const register = (request: SipRequest) => {
    const { authorization, expires } = readRegister(request)!
    const tagged = { toTag: 'p', version: '3.0' } as const
    const nonce = readDigestParameters(authorization ?? '')?.['nonce']
    if (!authorization || !nonce || checkNonce(SECRET, nonce, 0, 60_000) !== 'fresh') {
      return challengeRegister(
        request,
        { realm: DOMAIN, nonce: makeNonce(SECRET, 0), algorithm: 'SM3', qop: true },
        tagged,
      )
    }
    const check = {
      authorization,
      method: 'REGISTER',
      requestUri: request.uri,
      user: DEVICE,
      realm: DOMAIN,
      password,
    }
    const verdict = verifyDigest(check)
    return verdict.ok
      ? acceptRegister(request, { ...tagged, expires, nowMs: 0 })
      : refuseRegister(request, 403, { ...tagged, reason: verdict.refusal })
  }
  side.onTold = (event) => {
    if (event.kind !== 'request') return
    const { request } = event
    if (request.method === 'REGISTER') return net.run(side, side.layer.respond(request, register(request)))
    net.run(side, side.layer.respond(request, makeResponse(request, 200, { toTag: 'p' })))
    const { message, faults } = readManscdp(request.body)
    heard.push(message.name)
    if (message.name !== 'Response/Catalog') return
    const { sumNum, items: some } = message.body
    collection.add({ sumNum, items: some as CatalogueItem[], broken: faults.length }, 0)
  }
  const say = (message: KnownManscdp) =>
    net.run(
      side,
      side.layer.request(
        messageOf(side, SERVER, DEVICE, writeManscdp(message, { edition: '2022' })),
        net.b.endpoint,
      ),
    )
  return { collection, heard, say }
}

/** The camera: registers, answers a query for its catalogue part by part, the next when the last was answered. */
function camera(net: Net, password: string) {
  const side = net.b
  const account = {
    ...{ id: DEVICE, domain: DOMAIN, user: DEVICE, password, upperId: SERVER, upperDomain: DOMAIN },
    ...{ upper: net.a.endpoint, expires: 3600, version: '3.0' as const },
    hop: { transport: 'UDP' as const, host: side.endpoint.address, port: 5060 },
  }
  const next = () => `z9hG4bK-${(serial++).toString()}`
  const told: UplinkTold[] = []
  let uplink: Uplink = createUplink(account, 'registration')
  let parts: Buffer[] = []
  let lastPart: SipRequest | null = null
  const say = (bytes: Buffer): SipRequest => {
    const request = messageOf(side, DEVICE, SERVER, bytes)
    net.run(side, side.layer.request(request, net.a.endpoint))
    return request
  }
  const step = (event: UplinkEvent) => {
    const result = stepUplink(uplink, event, account, { branch: next, tag: next, cnonce: next })
    uplink = result.uplink
    for (const effect of result.effects) {
      if (effect.do === 'tell') told.push(effect.event)
      if (effect.do === 'request') net.run(side, side.layer.request(effect.request, effect.target))
    }
  }
  const onResponse = (event: Extract<LayerTold, { kind: 'response' }>) => {
    if (event.request.method === 'REGISTER') return step({ kind: 'response', response: event.response })
    const part = event.request === lastPart ? parts.shift() : undefined
    if (part) lastPart = say(part)
  }
  side.onTold = (event) => {
    if (event.kind === 'response') onResponse(event)
    if (event.kind !== 'request') return
    net.run(side, side.layer.respond(event.request, makeResponse(event.request, 200, { toTag: 'c' })))
    const { message } = readManscdp(event.request.body)
    if (message.name !== 'Query/Catalog') return
    parts = catalogueParts({ sn: message.sn, deviceId: DEVICE }, items, { edition: '2022' }, { bytes: 900 })
    lastPart = say(parts.shift()!)
  }
  return {
    told,
    start: () => step({ kind: 'start' }),
    say: (it: KnownManscdp) => say(writeManscdp(it, { edition: '2022' })),
  }
}

describe('a camera and a platform', () => {
  const lossy = () => {
    const net = createNet()
    const random = randomFrom(28181)
    net.lose = () => random(5) === 0
    return net
  }

  it('VID-1 VID-2 VID-PAIN-03 registers by SM3, is heard, and its whole catalogue arrives though every fifth message is lost', () => {
    const net = lossy()
    const upper = platform(net, '12345678')
    const device = camera(net, '12345678')
    device.start()
    net.wait(30_000)
    expect(device.told).toMatchObject([
      { kind: 'registered', expires: 3600, date: '1970-01-01T08:00:00.000', version: '3.0' },
    ])
    device.say({ name: 'Notify/Keepalive', sn: '1', deviceId: DEVICE, body: { status: 'OK' } })
    upper.say({ name: 'Query/Catalog', sn: '2', deviceId: DEVICE, body: {} })
    net.wait(300_000)
    expect(upper.heard.filter((name) => name === 'Notify/Keepalive')).toHaveLength(1)
    expect(upper.collection.progress).toMatchObject({
      state: 'complete',
      received: 120,
      duplicates: 0,
      broken: 0,
    })
    expect(upper.collection.items()).toEqual(items)
    expect([net.a.layer.size, net.b.layer.size]).toEqual([0, 0])
  })

  it('VID-PAIN-01 with a wrong password it is told 403, and does not loop', () => {
    const net = lossy()
    platform(net, '12345678')
    const device = camera(net, 'wrong')
    device.start()
    net.wait(30_000)
    expect(device.told).toEqual([{ kind: 'failed', status: 403, reason: 'password' }])
  })
})
