import { describe, expect, it } from 'vitest'
import { NO_TIME } from './es.ts'
import { Timeline } from './timeline.ts'

const WRAP = 2 ** 33

/** Times of pictures with the given PES times, 40 ms of arrival apart. */
function times(line: Timeline, raw: readonly number[], dts: readonly number[] = []): number[][] {
  return raw.map((pts, i) => {
    line.video(pts, dts[i] ?? NO_TIME, i * 3600, i * 40)
    return [line.pts, line.dts]
  })
}
const decoding = (line: Timeline, raw: readonly number[]) => times(line, raw).map(([, dts]) => dts)

describe('one timeline', () => {
  it('VID-10 begins at 0 and goes on over the wrap of 33 bits', () => {
    expect(decoding(new Timeline(), [WRAP - 3600, 0, 3600])).toEqual([0, 3600, 7200])
  })

  it('VID-PAIN-14 goes on after a seek, backwards and forwards, and counts the breaks', () => {
    const line = new Timeline()
    expect(decoding(line, [0, 3600, 90_000_000, 90_003_600, 500, 4100])).toEqual([
      0, 3600, 7200, 10_800, 14_400, 18_000,
    ])
    expect(line.breaks).toBe(2)
  })

  it('VID-10 keeps sound beside the picture, also over a seek', () => {
    const line = new Timeline()
    const heard: number[] = []
    for (const base of [1_000_000, 90_000_000]) {
      for (let i = 0; i < 3; i++) {
        line.video(base + i * 3600, NO_TIME, 0, 0)
        heard.push(line.audio(base + i * 3600 + 100, 3600) - line.pts)
      }
    }
    expect(heard).toEqual([100, 100, 100, 100, 100, 100])
  })

  it('VID-10 lets sound whose times have nothing to do with the picture begin where the picture is', () => {
    const line = new Timeline()
    times(line, [0, 3600, 7200])
    expect(line.audio(5_000_000_000, 1800)).toBe(7200)
    expect(line.audio(5_000_001_800, 1800)).toBe(9000)
  })

  it('VID-10 lets sound without times, or whose time stands still, follow itself', () => {
    const line = new Timeline()
    expect([5, 5, 5, NO_TIME].map((pts) => line.audio(pts, 1800))).toEqual([0, 1800, 3600, 5400])
  })

  it('VID-10 keeps sound that is stamped in bursts beside the picture, without breaks', () => {
    const line = new Timeline()
    for (let i = 0; i < 500; i++) {
      line.video(1000 + i * 3600, NO_TIME, i, i * 40)
      // four times 10 ms that claim to be of the same moment
      const heard = [0, 0, 90, 90].map((late) => line.audio(1000 + i * 3600 + late, 900))
      expect(heard).toEqual(heard.toSorted((a, b) => a - b))
      expect(Math.abs(heard[0]! - line.pts)).toBeLessThan(3600)
    }
    expect(line.breaks).toBe(0)
  })

  it('VID-10 shows pictures in the order of their PTS and decodes them in the order they come', () => {
    const line = new Timeline()
    expect(times(line, [7200, 18_000, 10_800, 14_400], [0, 3600, 7200, 10_800])).toEqual([
      [7200, 0],
      [18_000, 3600],
      [10_800, 7200],
      [14_400, 10_800],
    ])
    const noDts = times(new Timeline(), [0, 10_800, 3600, 7200, 21_600])
    expect(noDts.map(([pts]) => pts)).toEqual([0, 10_800, 3600, 7200, 21_600])
    expect(noDts.map(([, dts]) => dts)).toEqual([0, 10_800, 10_801, 10_802, 21_600])
  })

  it('VID-10 takes RTP’s times when PES times stand still, and those of arrival when these run at 8 kHz', () => {
    const line = new Timeline()
    const rtp = decoding(
      line,
      Array.from({ length: 20 }, () => 77),
    )
    expect(rtp.slice(-2)).toEqual([rtp.at(-3)! + 3600, rtp.at(-3)! + 7200])
    const slow = new Timeline()
    let last = 0
    for (let i = 0; i < 120; i++) {
      slow.video(NO_TIME, NO_TIME, i * 320, i * 40)
      if (i > 60) expect(slow.dts - last).toBe(3600)
      last = slow.dts
    }
  })

  it('VID-10 never goes back in decoding time', () => {
    const line = new Timeline()
    const raw = [0, 3600, 3600, 3000, 7200, 1, 90_000_000, 2, 3, 3, 3, 3, 3, 3]
    const given = decoding(line, raw)
    expect(given).toEqual(given.toSorted((a, b) => a! - b!))
    expect(new Set(given).size).toBe(given.length)
  })
})
