import { MalformedError, UnwritableError } from '../errors.ts'
import type { Charset } from '../text/charset.ts'
import type { Edition } from '../version.ts'
import { COMMANDS, type CommandName, isKnownTo } from './commands.ts'
import { type FieldFault, readShape, type Shape, type ValuesOf, writeShape } from './shape.ts'
import { readXml, textOf, type XmlElement } from './xml-read.ts'
import { writeXml, type XmlEncoding, type XmlNode } from './xml-write.ts'

/** Roots of MANSCDP (2022 annex A). */
export type ManscdpRoot = 'Control' | 'Query' | 'Notify' | 'Response'

/** Body of a command by its name. */
export type BodyOf<N extends CommandName> = ValuesOf<(typeof COMMANDS)[N]['body']>

/** A message of a known command; `name` tells which, and so the type of `body`. */
export type KnownManscdp<N extends CommandName = CommandName> = {
  [K in N]: {
    readonly name: K
    /** As written, so that an answer repeats it exactly. */
    readonly sn: string
    /** Empty where there is none (Broadcast, damaged messages). */
    readonly deviceId: string
    readonly body: BodyOf<K>
  }
}[N]

/** A message of a command not known here: to be refused by its name, never dropped in silence. */
export interface UnknownManscdp {
  readonly name: 'unknown'
  /** As written. */
  readonly root: string
  readonly cmdType: string
  readonly sn: string
  readonly deviceId: string
  readonly element: XmlElement
}

export type Manscdp = KnownManscdp | UnknownManscdp

export interface ManscdpReading {
  readonly message: Manscdp
  readonly charset: Charset
  /** What was there and could not be used, items of lists among it. */
  readonly faults: readonly FieldFault[]
}

const BY_SMALL_NAME = new Map(
  (Object.keys(COMMANDS) as CommandName[]).map((name) => [name.toLowerCase(), name]),
)

/**
 * Reads a body of `Application/MANSCDP+xml`, in whatever charset and however damaged (pains 4, 5).
 *
 * @throws MalformedError when there is no XML element, or no CmdType in it
 */
export function readManscdp(bytes: Uint8Array): ManscdpReading {
  const { root, charset } = readXml(bytes)
  const cmdType = textOf(root, 'CmdType') ?? root.attributes['CmdType']
  if (!cmdType) throw new MalformedError('manscdp', 0, `${root.name} without CmdType`)
  const sn = textOf(root, 'SN') ?? root.attributes['SN'] ?? ''
  const deviceId = textOf(root, 'DeviceID') ?? ''
  const name = BY_SMALL_NAME.get(`${root.name}/${cmdType}`.toLowerCase())
  if (!name) {
    const message = { name: 'unknown', root: root.name, cmdType, sn, deviceId, element: root } as const
    return { message, charset, faults: [] }
  }
  const faults: FieldFault[] = []
  const body = readShape(COMMANDS[name].body as Shape, root, faults)
  return { message: { name, sn, deviceId, body } as KnownManscdp, charset, faults }
}

export interface ManscdpStyle {
  readonly edition: Edition
  /** Default: what the edition names, GB2312 or GB18030. Some devices want UTF-8. */
  readonly encoding?: XmlEncoding
}

/**
 * Writes a message for a peer: elements its edition does not know are left out.
 *
 * @throws UnwritableError for a command its edition does not know
 */
export function writeManscdp<N extends CommandName>(message: KnownManscdp<N>, style: ManscdpStyle): Buffer {
  const { edition, encoding = edition === '2022' ? 'GB18030' : 'GB2312' } = style
  if (!isKnownTo(edition, message.name)) {
    throw new UnwritableError(`${message.name} is not known to a peer of ${edition}`)
  }
  const [root, cmdType] = message.name.split('/') as [ManscdpRoot, string]
  const content: XmlNode[] = [
    { name: 'CmdType', content: cmdType },
    { name: 'SN', content: message.sn },
    ...(message.deviceId === '' ? [] : [{ name: 'DeviceID', content: message.deviceId }]),
    ...writeShape(COMMANDS[message.name].body as Shape, message.body as ValuesOf<Shape>, edition),
  ]
  return writeXml({ name: root, content }, encoding)
}

/** The refusal of a query or control that cannot be served: a Response of the same name with Result ERROR. */
export function writeRefusal(message: Manscdp, { edition, encoding }: ManscdpStyle): Buffer {
  const cmdType = message.name === 'unknown' ? message.cmdType : message.name.split('/')[1]!
  const content = [
    { name: 'CmdType', content: cmdType },
    { name: 'SN', content: message.sn },
    { name: 'DeviceID', content: message.deviceId },
    { name: 'Result', content: 'ERROR' },
  ]
  return writeXml({ name: 'Response', content }, encoding ?? (edition === '2022' ? 'GB18030' : 'GB2312'))
}
