export { type AmfValue, readAmf0, writeAmf0 } from './amf0.ts'
export { readAudioSpecificConfig, writeAdts, writeAudioSpecificConfig } from './codecs/aac.ts'
export { annexBOf } from './codecs/annexb.ts'
export { decodeG711, encodeG711, type G711Law } from './codecs/g711.ts'
export { MediaError, type MediaErrorCode } from './errors.ts'
export { FlvIngest } from './flv/ingest.ts'
export { FlvStream } from './flv/stream.ts'
export {
  FLV_AUDIO,
  FLV_SCRIPT,
  FLV_VIDEO,
  fitsInFlv,
  flvAudioConfigTag,
  flvAudioTag,
  flvHeader,
  flvMetadataTag,
  flvTag,
  flvVideoConfigTag,
  flvVideoTag,
} from './flv/tag.ts'
export {
  type AudioCodec,
  type AudioConfig,
  AudioFrame,
  CLOCK_RATE,
  type FrameSink,
  type VideoCodec,
  type VideoConfig,
  VideoFrame,
} from './frame.ts'
export { GopCache, type StreamPiece } from './gop-cache.ts'
export { RtpIngest, type RtpIngestOptions } from './ingest.ts'
export { type FilePatch, Mp4FileWriter } from './mp4/file.ts'
export { LivePlaylist, masterPlaylist, type PlaylistSegment, vodPlaylist } from './mp4/playlist.ts'
export {
  type Mp4Segment,
  Mp4Segmenter,
  type SegmenterEvents,
  type SegmenterOptions,
} from './mp4/segmenter.ts'
export { PsDemuxer } from './ps/demuxer.ts'
export { PsMuxer } from './ps/muxer.ts'
export { RTMP, RtmpChunkReader, type RtmpMessage, writeRtmpMessage } from './rtmp/chunk.ts'
export {
  type RtmpRequest,
  type RtmpServerEvents,
  RtmpServerSession,
  rtmpOfFlvTag,
} from './rtmp/server-session.ts'
export { type PacketSink, RtpFramer, writeFramed } from './rtp/framing.ts'
export { isRtcp, RtpHeader, readRtpHeader, writeRtpHeader } from './rtp/header.ts'
export { packetisePs, RTP_PAYLOAD_BYTES, RtpSequencer } from './rtp/packetiser.ts'
export { RtpReceiver, type RtpReceiverOptions, type RtpSink } from './rtp/receiver.ts'
export {
  type ReportBlock,
  type RtcpPacket,
  readRtcp,
  writeReceiverReport,
  writeSenderReport,
} from './rtp/rtcp.ts'
export type { RtspCredentials } from './rtsp/authorization.ts'
export {
  type RtspClientEvents,
  type RtspClientOptions,
  RtspClientSession,
} from './rtsp/client-session.ts'
export {
  type RtspEvents,
  type RtspMessage,
  RtspReader,
  writeInterleaved,
  writeRtspRequest,
  writeRtspResponse,
} from './rtsp/message.ts'
export { packetiseAudio, packetiseVideo } from './rtsp/packetiser.ts'
export {
  audioPayloadType,
  depacketiserFor,
  readSdp,
  type SdpMedia,
  VIDEO_PAYLOAD_TYPE,
  writeSdp,
} from './rtsp/sdp.ts'
export { type RtspServerEvents, RtspServerSession } from './rtsp/server-session.ts'
export { type PayloadKind, sniffPayload } from './sniff.ts'
export { Timeline } from './timeline.ts'
export { TsDemuxer } from './ts/demuxer.ts'
export { TsMuxer } from './ts/muxer.ts'
export { VideoTrack } from './video-track.ts'
export { type GateVerdict, ViewerGate, type ViewerGateOptions } from './viewer-gate.ts'
