import { HEADROOM, TAILROOM, type VideoFrame } from '../frame.ts'

/**
 * A picture as a byte stream (Annex B), decodable by itself when it is a key frame: parameter sets first. Lengths and
 * start codes take four bytes both, so that only these change. Pictures of other codecs than H.264 and H.265 stay as
 * they are.
 */
export function annexBOf(frame: VideoFrame): Buffer {
  if (!frame.config.format) return frame.data
  const { storage } = frame
  const sets = frame.key ? frame.config.parameterSets : []
  const setBytes = sets.reduce((sum, set) => sum + 4 + set.length, 0)
  const end = storage.length - TAILROOM
  const stream = Buffer.allocUnsafeSlow(setBytes + end - HEADROOM)
  let at = 0
  for (const set of sets) {
    stream.writeUInt32BE(1, at)
    set.copy(stream, at + 4)
    at += 4 + set.length
  }
  storage.copy(stream, at, HEADROOM, end)
  while (at + 4 <= stream.length) {
    const length = stream.readUInt32BE(at)
    stream.writeUInt32BE(1, at)
    at += 4 + length
  }
  return stream
}
