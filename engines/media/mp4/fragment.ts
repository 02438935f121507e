import { type AudioConfig, HEADROOM, TAILROOM, type VideoConfig } from '../frame.ts'
import { box, fullBox, u32, u32s, u64 } from './box.ts'
import { AUDIO_TRACK, movie, VIDEO_TRACK } from './tracks.ts'

/** One sample of a fragment. */
export interface FragmentSample {
  /** A frame's storage; its data are the sample. */
  readonly storage: Buffer
  /** 90 kHz ticks. */
  readonly duration: number
  readonly key: boolean
  /** PTS less DTS, 90 kHz ticks. */
  readonly compositionOffset: number
}

/** The samples of one track in a fragment. */
export interface FragmentRun {
  readonly track: number
  /** Decoding time of the first sample, 90 kHz ticks. */
  readonly start: number
  readonly samples: readonly FragmentSample[]
}

/** Offsets count from the `moof` (§8.8.7.1). */
const BASE_IS_MOOF = 0x020000
/** `trun` tells data offset, and of each sample duration, size, flags, composition offset (§8.8.8). */
const RUN_FLAGS = 0xf01
/** sample_depends_on 2: a picture that needs no other; 1 and non-sync: one that does (§8.8.3.1). */
const KEY_FLAGS = 0x02000000
const OTHER_FLAGS = 0x01010000

/** `ftyp` and `moov` without samples (§8.8.1): what stands before all fragments. */
export function initSegment(video: VideoConfig | undefined, audio: AudioConfig | undefined): Buffer {
  const empty = [
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  ]
  const tracks = [
    ...(video ? [{ id: VIDEO_TRACK, configs: [video], duration: 0, sampleTables: empty }] : []),
    ...(audio ? [{ id: AUDIO_TRACK, configs: [audio], duration: 0, sampleTables: empty }] : []),
  ]
  const extends_ = box('mvex', ...tracks.map(({ id }) => fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0))))
  return Buffer.concat([fileType('iso5', ['iso5', 'iso6', 'mp41']), movie(tracks, 0, extends_)])
}

/** §4.3 */
export function fileType(major: string, compatible: readonly string[]): Buffer {
  return box('ftyp', Buffer.from(major), u32(0x200), Buffer.from(compatible.join('')))
}

/**
 * `moof` and `mdat` (§8.8.4). The samples are not copied: the answer is a list to be written in order.
 *
 * @param sequence of this fragment in its stream, from 1
 */
export function fragment(sequence: number, runs: readonly FragmentRun[]): Buffer[] {
  const sizes = runs.map(({ samples }) => samples.reduce((sum, sample) => sum + dataBytes(sample), 0))
  const moofBytes = movieFragment(sequence, runs, sizes, 0).length
  const moof = movieFragment(sequence, runs, sizes, moofBytes + 8)
  const mdat = Buffer.alloc(8)
  mdat.writeUInt32BE(sizes.reduce((sum, size) => sum + size, 8))
  mdat.write('mdat', 4, 'latin1')
  const data = runs.flatMap(({ samples }) =>
    samples.map(({ storage }) => storage.subarray(HEADROOM, storage.length - TAILROOM)),
  )
  return [Buffer.concat([moof, mdat]), ...data]
}

const dataBytes = ({ storage }: FragmentSample) => storage.length - HEADROOM - TAILROOM

function movieFragment(
  sequence: number,
  runs: readonly FragmentRun[],
  sizes: readonly number[],
  dataOffset: number,
): Buffer {
  let offset = dataOffset
  const tracks = runs.map((run, i) => {
    const samples = run.samples.flatMap((sample) => [
      sample.duration,
      dataBytes(sample),
      sample.key ? KEY_FLAGS : OTHER_FLAGS,
      sample.compositionOffset,
    ])
    const box_ = box(
      'traf',
      fullBox('tfhd', 0, BASE_IS_MOOF, u32(run.track)),
      fullBox('tfdt', 1, 0, u64(run.start)),
      fullBox('trun', 1, RUN_FLAGS, u32(run.samples.length, offset), u32s(samples)),
    )
    offset += sizes[i]!
    return box_
  })
  return box('moof', fullBox('mfhd', 0, 0, u32(sequence)), ...tracks)
}
