import { readAudioSpecificConfig } from '../codecs/aac.ts'
import { ifReadable } from '../codecs/bits.ts'
import { AudioDepacketiser, type Depacketiser } from '../depacketiser.ts'
import type { EsSink } from '../es.ts'
import type { AudioConfig, VideoConfig } from '../frame.ts'
import { PsDemuxer } from '../ps/demuxer.ts'
import { TsDemuxer } from '../ts/demuxer.ts'
import { AacDepacketiser, NalDepacketiser } from './depacketiser.ts'

/** One stream of a description (RFC 4566 §5.14). */
export interface SdpMedia {
  readonly kind: string
  readonly payloadType: number
  /** Upper case: `H264`, `H265`, `PCMA`, `MPEG4-GENERIC`, `MP2P`, … */
  readonly encoding: string
  readonly clockRate: number
  readonly channels: number
  /** Format parameters, names in lower case (RFC 4566 §6 `fmtp`). */
  readonly parameters: Readonly<Record<string, string>>
  /** Where to set it up (RFC 2326 §C.1.1): absolute, or relative to the presentation. */
  readonly control: string | undefined
}

/** Payload types that need no `rtpmap` (RFC 3551 §6). */
const STATIC: Readonly<Record<number, readonly [encoding: string, clockRate: number]>> = {
  0: ['PCMU', 8000],
  8: ['PCMA', 8000],
  33: ['MP2T', 90_000],
}
/** More streams than any camera has. */
const MAX_MEDIA = 32

/** Reads the streams of a description; lines that are not understood are passed over. */
export function readSdp(text: string): SdpMedia[] {
  const sections = text.split(/\r?\n(?=m=)/).slice(text.startsWith('m=') ? 0 : 1)
  return sections.slice(0, MAX_MEDIA).flatMap((section) => readMedia(section.split(/\r?\n/)))
}

function readMedia(lines: readonly string[]): SdpMedia[] {
  const media = /^m=(\w+) \S+ \S+ (\d+)/.exec(lines[0]!)
  if (!media) return []
  const payloadType = Number(media[2])
  const attribute = (name: string) =>
    lines
      .find((line) => line.startsWith(`a=${name}`))
      ?.slice(name.length + 2)
      .trim()
  const map = /^(\S+?)\/(\d+)(?:\/(\d+))?$/.exec(attribute(`rtpmap:${payloadType} `) ?? '')
  const known = STATIC[payloadType]
  const encoding = map?.[1]?.toUpperCase() ?? known?.[0]
  if (!encoding) return []
  return [
    {
      kind: media[1]!,
      payloadType,
      encoding,
      clockRate: Number(map?.[2] ?? known?.[1]),
      channels: Number(map?.[3] ?? 1),
      parameters: readParameters(attribute(`fmtp:${payloadType} `) ?? ''),
      control: attribute('control:'),
    },
  ]
}

function readParameters(text: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null)
  for (const part of text.split(';')) {
    const [name, ...value] = part.trim().split('=')
    if (name) parameters[name.toLowerCase()] = value.join('=')
  }
  return parameters
}

/** What takes the payloads of this stream apart; undefined for an encoding that is not carried. */
export function depacketiserFor(media: SdpMedia): ((sink: EsSink) => Depacketiser) | undefined {
  const { parameters } = media
  const sets = (...names: readonly string[]) =>
    names
      .flatMap((name) => (parameters[name] ?? '').split(',').filter(Boolean))
      .map((set) => Buffer.from(set, 'base64'))
  switch (media.encoding) {
    case 'H264':
      return (sink) => new NalDepacketiser(sink, 'h264', { parameterSets: sets('sprop-parameter-sets') })
    case 'H265':
      return (sink) => {
        return new NalDepacketiser(sink, 'h265', {
          parameterSets: sets('sprop-vps', 'sprop-sps', 'sprop-pps'),
        })
      }
    case 'PCMA':
      return (sink) => new AudioDepacketiser(sink, 'g711a')
    case 'PCMU':
      return (sink) => new AudioDepacketiser(sink, 'g711u')
    case 'MP2P':
    case 'PS':
      return (sink) => new PsDemuxer(sink)
    case 'MP2T':
      return (sink) => new TsDemuxer(sink)
    case 'MPEG4-GENERIC':
      return aacDepacketiser(media)
    default:
      return undefined
  }
}

function aacDepacketiser({ parameters, clockRate, channels }: SdpMedia) {
  const config = ifReadable(() => readAudioSpecificConfig(Buffer.from(parameters['config'] ?? '', 'hex')))
  const sizeLength = Number(parameters['sizelength'] ?? 13)
  const indexLength = Number(parameters['indexlength'] ?? 3)
  // mode AAC-hbr and AAC-lbr (RFC 3640 §3.3.5, §3.3.6)
  if (![8, 16].includes(sizeLength + indexLength)) return undefined
  const format = { sampleRate: clockRate, channels, ...config, sizeLength, indexLength }
  return (sink: EsSink) => new AacDepacketiser(sink, format)
}

/** Payload types that `writeSdp` gives. */
export const VIDEO_PAYLOAD_TYPE = 96
const AAC_PAYLOAD_TYPE = 97

/** Payload type of sound in `writeSdp`. */
export function audioPayloadType(config: AudioConfig): number | undefined {
  if (config.codec === 'g711a') return 8
  if (config.codec === 'g711u') return 0
  return config.codec === 'aac' ? AAC_PAYLOAD_TYPE : undefined
}

/**
 * Description of what an RTSP server offers: controls are `trackID=0` for video and `trackID=1` for sound.
 *
 * @param address shown in `o=` and `c=`
 */
export function writeSdp(
  address: string,
  video: VideoConfig | undefined,
  audio: AudioConfig | undefined,
): string {
  const family = address.includes(':') ? 'IP6' : 'IP4'
  const lines = [
    'v=0',
    `o=- 0 0 IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    'a=control:*',
  ]
  if (video) lines.push(...videoLines(video))
  const type = audio && audioPayloadType(audio)
  if (audio && type !== undefined) lines.push(...audioLines(audio, type))
  return `${lines.join('\r\n')}\r\n`
}

function videoLines({ codec, parameterSets }: VideoConfig): string[] {
  const encoded = parameterSets.map((set) => set.toString('base64'))
  const name = codec === 'h265' ? 'H265' : 'H264'
  const format =
    codec === 'h265'
      ? `sprop-vps=${encoded[0]};sprop-sps=${encoded[1]};sprop-pps=${encoded.slice(2).join(',')}`
      : `packetization-mode=1;profile-level-id=${parameterSets[0]!.toString('hex', 1, 4)};sprop-parameter-sets=${encoded.join(',')}`
  return [
    `m=video 0 RTP/AVP ${VIDEO_PAYLOAD_TYPE}`,
    `a=rtpmap:${VIDEO_PAYLOAD_TYPE} ${name}/90000`,
    `a=fmtp:${VIDEO_PAYLOAD_TYPE} ${format}`,
    'a=control:trackID=0',
  ]
}

function audioLines({ codec, sampleRate, channels, record }: AudioConfig, type: number): string[] {
  const lines = [`m=audio 0 RTP/AVP ${type}`]
  if (codec === 'aac') {
    lines.push(
      `a=rtpmap:${type} MPEG4-GENERIC/${sampleRate}/${channels}`,
      `a=fmtp:${type} streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=${record.toString('hex')}`,
    )
  } else lines.push(`a=rtpmap:${type} ${codec === 'g711a' ? 'PCMA' : 'PCMU'}/8000`)
  return [...lines, 'a=control:trackID=1']
}
