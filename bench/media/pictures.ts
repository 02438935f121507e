import { type VideoFrame, VideoTrack } from '@hengjian/media'
import { generator } from '../random.ts'

const START_CODE = Buffer.of(0, 0, 0, 1)
const PARAMETER_SETS = ['674d401fd9005005bb011000000300100000030320f1832480', '68ebccb2'].map((digits) =>
  Buffer.from(digits, 'hex'),
)
/** A key frame every two seconds of 25 frames, as cameras have it, this many times greater than others. */
const GOP = 50
const KEY_SIZE = 6

/**
 * H.264 pictures of 1280×720 as far as a relay looks: true parameter sets, one slice each of bytes as evenly spread as a
 * coder's.
 *
 * @param bytes of a picture on average
 */
export function generatePictures(count: number, bytes: number): VideoFrame[] {
  const track = new VideoTrack()
  const random = generator(7)
  const unit = (bytes * GOP) / (GOP - 1 + KEY_SIZE)
  return Array.from({ length: count }, (_, i) => {
    const key = i % GOP === 0
    const slice = Buffer.alloc(Math.round(unit * (key ? KEY_SIZE : 1)), 1)
    for (let at = 2; at < slice.length; at++) slice[at] = Math.floor(random() * 256)
    preventStartCodes(slice)
    slice[0] = key ? 0x65 : 0x41
    slice[1] = 0x9a
    const units = [...(key ? PARAMETER_SETS : []), slice].flatMap((nal) => [START_CODE, nal])
    const picture = Buffer.concat(units)
    return track.fromAnnexB('h264', picture, 0, picture.length, i * 3600, i * 3600)!
  })
}

/** No start code may stand within a slice. */
function preventStartCodes(slice: Buffer): void {
  for (let at = 2; at < slice.length; at++) {
    if (slice[at - 2] === 0 && slice[at - 1] === 0 && slice[at]! <= 3) slice[at] = 4
  }
  slice[slice.length - 1] = 0x80
}
