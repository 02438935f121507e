import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AudioTrack } from '../audio-track.ts'
import { AudioFrame, storageOf, VideoFrame } from '../frame.ts'
import { decodedHashes, hashesIn, muxedBy, probe, runFfmpeg } from '../testing/ffmpeg.ts'
import { aacSample, g711Sample, reorderedSample, videoSample } from '../testing/samples.ts'
import { framesOf, soundOf } from '../testing/sender.ts'
import { Timeline } from '../timeline.ts'
import { TsDemuxer } from '../ts/demuxer.ts'
import { VideoTrack } from '../video-track.ts'
import { Mp4FileWriter } from './file.ts'
import { LivePlaylist, masterPlaylist, vodPlaylist } from './playlist.ts'
import { type Mp4Segment, Mp4Segmenter, type SegmenterOptions } from './segmenter.ts'

const raw = (codec: 'h264' | 'h265') => (codec === 'h264' ? 'h264' : 'hevc')

function aacFrames(): AudioFrame[] {
  const frames: AudioFrame[] = []
  const adts = aacSample()
  new AudioTrack(new Timeline()).push('aac', adts, 0, adts.length, 0, (frame) => frames.push(frame))
  return frames
}

const inOrder = (...frames: readonly (VideoFrame | AudioFrame)[]) => frames.toSorted((a, b) => a.pts - b.pts)

function segmented(frames: readonly (VideoFrame | AudioFrame)[], options: SegmenterOptions = {}) {
  const inits: { bytes: Buffer; codecs: string }[] = []
  const segments: Mp4Segment[] = []
  const all: Buffer[] = []
  const segmenter = new Mp4Segmenter(
    {
      init(bytes, codecs) {
        inits.push({ bytes, codecs })
        all.push(bytes)
      },
      segment(segment) {
        segments.push(segment)
        all.push(...segment.bytes)
      },
    },
    options,
  )
  for (const frame of frames) frame.kind === 'video' ? segmenter.video(frame) : segmenter.audio(frame)
  segmenter.flush()
  return { inits, segments, segmenter, bytes: Buffer.concat(all) }
}

function filed(frames: readonly (VideoFrame | AudioFrame)[]) {
  const parts: Buffer[] = []
  const writer = new Mp4FileWriter((bytes) => parts.push(bytes))
  for (const frame of frames) frame.kind === 'video' ? writer.video(frame) : writer.audio(frame)
  const patch = writer.finish()
  const bytes = Buffer.concat(parts)
  patch?.bytes.copy(bytes, patch.offset)
  return { bytes, writer, patch }
}

/** Pictures that are not shown in the order of decoding, with the times FFmpeg gives them. */
function reordered(): { frames: VideoFrame[]; stream: Buffer } {
  const ts = reorderedSample()
  const stream = muxedBy(['-f', 'mpegts', '-i', '{in}', '-c', 'copy', '-f', 'h264', '{out}'], 'h264', ts)
  const frames: VideoFrame[] = []
  const track = new VideoTrack()
  const timeline = new Timeline()
  const demuxer = new TsDemuxer({
    videoEs(codec, bytes, start, end, pts, dts) {
      timeline.video(pts, dts, 0, 0)
      frames.push(track.fromAnnexB(codec, bytes, start, end, timeline.pts, timeline.dts)!)
    },
    audioEs() {},
  })
  demuxer.collect(ts)
  demuxer.flush()
  return { frames, stream }
}

describe('fragmented MP4', () => {
  it.each(['h264', 'h265'] as const)('VID-11 of %s and AAC is decoded by FFmpeg to the same', (codec) => {
    const { bytes, inits, segments } = segmented(inOrder(...framesOf(videoSample(codec)), ...aacFrames()), {
      seconds: 1,
    })
    expect(decodedHashes(bytes, 'mp4')).toEqual(decodedHashes(videoSample(codec).stream, raw(codec)))
    expect(segments.map(({ start, duration, key }) => [start, duration, key])).toEqual([
      [0, 90_000, true],
      [90_000, 90_000, true],
    ])
    expect(inits).toHaveLength(1)
    const audio = muxedBy(['-i', '{in}', '-map', '0:a', '-c', 'copy', '-f', 'adts', '{out}'], 'aac', bytes)
    expect(audio.equals(aacSample())).toBe(true)
    expect(probe(bytes, 'mp4')).toMatchObject([
      {
        codec_name: raw(codec),
        codec_tag_string: codec === 'h264' ? 'avc1' : 'hvc1',
        width: 320,
      },
      { codec_name: 'aac', sample_rate: '16000' },
    ])
  })

  it('VID-11 names its codecs for browsers', () => {
    expect(segmented(framesOf(videoSample('h265'))).inits[0]!.codecs).toBe('hvc1.1.6.L60.90')
    const { inits } = segmented(inOrder(...framesOf(videoSample('h264')), ...aacFrames()))
    expect(inits[0]!.codecs).toMatch(/^avc1\.42c00[0-9a-f],mp4a\.40\.2$/)
  })

  it('VID-11 makes a segment of each picture where that is asked for', () => {
    const { bytes, segments } = segmented(framesOf(videoSample('h264')), { seconds: 0 })
    expect(segments).toHaveLength(50)
    expect(decodedHashes(bytes, 'mp4')).toEqual(decodedHashes(videoSample('h264').stream, 'h264'))
  })

  it('VID-PAIN-19 leaves out G.711, which browsers do not play, unless it is asked for', () => {
    const frames = inOrder(...framesOf(videoSample('h264')), ...soundOf(g711Sample('alaw')))
    const { segmenter, bytes } = segmented(frames)
    expect(segmenter.left).toBe(50)
    expect(probe(bytes, 'mp4')).toHaveLength(1)
    const kept = segmented(frames, { sounds: ['g711a'] })
    expect(probe(kept.bytes, 'mp4')).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'pcm_alaw' }])
  })

  it('VID-11 begins with a key frame, cuts what grows too great, and sets up the decoder anew', () => {
    const frames = framesOf(videoSample('h264'))
    const joined = segmented(frames.slice(3))
    expect(joined.segmenter.left).toBe(22)
    expect(joined.segments[0]).toMatchObject({ key: true, start: 90_000 })
    const bounded = segmented(frames, { maxBytes: 5000 })
    expect(bounded.segments.length).toBeGreaterThan(4)
    const other = framesOf(videoSample('h264', { size: '318x242', seconds: 1 }))
    const { inits } = segmented([...frames, ...other])
    expect(inits).toHaveLength(2)
  })

  it('VID-11 cuts sound alone, and sound whose picture stays away, so that memory is bounded', () => {
    const long = Array.from({ length: 10 }, (_, i) =>
      aacFrames().map((frame) => new AudioFrame(frame.config, frame.pts + i * 190_080, frame.storage)),
    ).flat()
    expect(segmented(long, { seconds: 4 }).segments.length).toBeGreaterThan(3)
    expect(probe(segmented(long).bytes, 'mp4')).toMatchObject([{ codec_name: 'aac' }])
    const frozen = segmented([framesOf(videoSample('h264'))[0]!, ...long], { maxBytes: 20_000 })
    expect(frozen.segments.length).toBeGreaterThan(3)
  })

  it('VID-11 shows reordered pictures in their order', () => {
    const { frames, stream } = reordered()
    expect(frames.some(({ pts, dts }) => pts > dts + 3600)).toBe(true)
    expect(decodedHashes(segmented(frames, { seconds: 1 }).bytes, 'mp4')).toEqual(
      decodedHashes(stream, 'h264'),
    )
  })
})

describe('MP4 file', () => {
  it.each(['h264', 'h265'] as const)(
    'VID-13 of %s and AAC is decoded by FFmpeg to the same, and lasts as long',
    (codec) => {
      const { bytes } = filed(inOrder(...framesOf(videoSample(codec)), ...aacFrames()))
      expect(decodedHashes(bytes, 'mp4')).toEqual(decodedHashes(videoSample(codec).stream, raw(codec)))
      const audio = muxedBy(['-i', '{in}', '-map', '0:a', '-c', 'copy', '-f', 'adts', '{out}'], 'aac', bytes)
      expect(audio.equals(aacSample())).toBe(true)
      expect(probe(bytes, 'mp4')[0]).toMatchObject({
        duration: '2.000000',
        nb_frames: '50',
        r_frame_rate: '25/1',
      })
    },
  )

  it('VID-PAIN-17 begins at the first key frame and takes its times from the frames', () => {
    const frames = framesOf(videoSample('h264'))
    // as a download at 4× brings them: the times of the recording, from some hour on
    const later = frames.map((frame) => Object.assign(frame, { pts: frame.pts + 9e9, dts: frame.dts + 9e9 }))
    const { bytes, writer } = filed(later.slice(5))
    expect(writer.left).toBe(20)
    expect(probe(bytes, 'mp4')[0]).toMatchObject({ duration: '1.000000', nb_frames: '25', start_pts: 0 })
    expect(decodedHashes(bytes, 'mp4')).toEqual(decodedHashes(videoSample('h264').stream, 'h264').slice(25))
  })

  it('VID-13 keeps G.711 as it came, beginning when it began', () => {
    const frames = framesOf(videoSample('h264'))
    const sound = soundOf(g711Sample('alaw')).slice(5)
    const { bytes } = filed(inOrder(...frames, ...sound))
    const samples = muxedBy(['-i', '{in}', '-map', '0:a', '-c', 'copy', '-f', 'alaw', '{out}'], 'al', bytes)
    expect(samples.equals(g711Sample('alaw').subarray(1600))).toBe(true)
    expect(probe(bytes, 'mp4')[1]).toMatchObject({ codec_name: 'pcm_alaw', start_time: '0.200000' })
  })

  it('VID-13 shows reordered pictures in their order, the first at 0', () => {
    const { frames, stream } = reordered()
    const { bytes } = filed(frames)
    expect(decodedHashes(bytes, 'mp4')).toEqual(decodedHashes(stream, 'h264'))
    expect(probe(bytes, 'mp4')[0]).toMatchObject({ start_time: '0.000000', has_b_frames: 2 })
  })

  it('VID-13 goes on over a change of the decoder setup', () => {
    const small = framesOf(videoSample('h264', { seconds: 1 }))
    const large = framesOf(videoSample('h264', { seconds: 1, size: '318x242' }))
    for (const frame of large) Object.assign(frame, { pts: frame.pts + 90_000, dts: frame.dts + 90_000 })
    const { bytes } = filed([...small, ...large])
    expect(probe(bytes, 'mp4')[0]).toMatchObject({ nb_frames: '50', duration: '2.000000' })
    expect(decodedHashes(bytes, 'mp4')).toHaveLength(50)
  })

  it('VID-13 holds two hours of pictures', () => {
    const [first, second] = framesOf(videoSample('h264'))
    const small = new VideoFrame(first!.config, false, 0, 0, storageOf(Buffer.of(0, 0, 0, 1, 0x41)))
    const writer = new Mp4FileWriter(() => {})
    const count = 25 * 7200
    for (let i = 0; i < count; i++) {
      const { config, storage } = i % 50 === 0 ? first! : small
      writer.video(new VideoFrame(config, i % 50 === 0, i * 3600, i * 3600, storage))
      if (i % 50 === 1) writer.audio(soundOf(second!.data)[0]!)
    }
    expect(writer.finish()?.bytes.readBigUInt64BE()).toBeGreaterThan(0n)
  })

  it('VID-13 is nothing without a picture', () => {
    expect(filed(soundOf(g711Sample('alaw', 1))).patch).toBeUndefined()
  })
})

describe('HLS playlists', () => {
  const segment = (n: number, more = {}) => ({ uri: `${n}.m4s`, seconds: 2, map: 'init.mp4', ...more })

  it('VID-11 a recording is played by FFmpeg from its playlist', () => {
    const { inits, segments } = segmented(framesOf(videoSample('h264')), { seconds: 1 })
    const folder = mkdtempSync(join(tmpdir(), 'hengjian-hls-'))
    try {
      writeFileSync(join(folder, 'init.mp4'), inits[0]!.bytes)
      const listed = segments.map(({ bytes, duration }, i) => {
        writeFileSync(join(folder, `${i}.m4s`), Buffer.concat(bytes))
        return segment(i, { seconds: duration / 90_000, timeMs: 1_800_000_000_000 + i * 1000 })
      })
      writeFileSync(join(folder, 'list.m3u8'), vodPlaylist(listed))
      const args = ['-allowed_extensions', 'ALL', '-i', join(folder, 'list.m3u8'), '-vsync', 'passthrough']
      const hashes = hashesIn(runFfmpeg([...args, '-f', 'framemd5', '-']))
      expect(hashes).toEqual(decodedHashes(videoSample('h264').stream, 'h264'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('VID-11 a live window slides, keeps its numbers, and tells breaks', () => {
    const list = new LivePlaylist(3)
    const gone = [0, 1, 2, 3, 4].flatMap((n) =>
      list.add(segment(n, n === 1 ? { discontinuity: true, map: 'b.mp4' } : {})),
    )
    expect(gone.map(({ uri }) => uri)).toEqual(['0.m4s', '1.m4s'])
    expect(list.render()).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-TARGETDURATION:2',
        '#EXT-X-MEDIA-SEQUENCE:2',
        '#EXT-X-DISCONTINUITY-SEQUENCE:1',
        '#EXT-X-MAP:URI="init.mp4"',
        '#EXTINF:2.000,',
        '2.m4s',
        '#EXTINF:2.000,',
        '3.m4s',
        '#EXTINF:2.000,',
        '4.m4s',
        '',
      ].join('\n'),
    )
    list.add(segment(5, { seconds: 3.6 }))
    list.end()
    expect(list.render()).toMatch(/TARGETDURATION:4\n.*#EXT-X-ENDLIST\n$/s)
  })

  it('VID-11 a master playlist says what a player must be able to do', () => {
    const text = masterPlaylist({
      uri: 'v.m3u8',
      codecs: 'avc1.42c01e',
      bitsPerSecond: 4e6,
      width: 1280,
      height: 720,
    })
    expect(text).toContain(
      '#EXT-X-STREAM-INF:BANDWIDTH=4000000,CODECS="avc1.42c01e",RESOLUTION=1280x720\nv.m3u8\n',
    )
  })
})
