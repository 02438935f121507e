/** GB/T 28181 signalling: bytes and values in, bytes and values out. See README.md. */

// Digest
export {
  answerChallenge,
  type Challenge,
  type Credentials,
  type DigestAlgorithm,
  type DigestInputs,
  type DigestParameters,
  digestResponse,
  readDigestParameters,
  writeChallenge,
} from './auth/digest.ts'
export { checkNonce, makeNonce, type NonceState } from './auth/nonce.ts'
export {
  type DigestCheck,
  type DigestPart,
  type DigestRefusal,
  type DigestVerdict,
  verifyDigest,
} from './auth/verify.ts'
// Catalogues and records
export {
  type CatalogueChange,
  type ChangeLog,
  type ChangeLogLimits,
  createChangeLog,
  diffCatalogue,
  firstNotification,
  notifyItems,
} from './catalogue/changes.ts'
export {
  type Collection,
  type CollectionOptions,
  type CollectionPart,
  type CollectionProgress,
  collectionKey,
  createCollection,
} from './catalogue/collection.ts'
export { catalogueItemKey, recordItemKey } from './catalogue/keys.ts'
export { catalogueParts, type PartLimits, recordParts } from './catalogue/parts.ts'
export { catalogueScope } from './catalogue/scope.ts'
export { type SharePolicy, shareCatalogue } from './catalogue/share.ts'
export {
  buildCatalogueTree,
  type CatalogueNode,
  type CatalogueTree,
  type TreeFault,
  type TreeOrder,
} from './catalogue/tree.ts'
// Control
export { alarmWords, needsReset } from './control/alarm-words.ts'
export {
  MANSRTSP_TYPE,
  type PlaybackAnswer,
  type PlaybackControl,
  type PlaybackWish,
  type PlayTime,
  readPlaybackAnswer,
  readPlaybackControl,
  writePlaybackAnswer,
  writePlaybackControl,
} from './control/playback.ts'
export { type Position, positionsOf } from './control/positions.ts'
export {
  type CruiseAction,
  type PresetAction,
  PTZ_STOP,
  type PtzCommand,
  type PtzReading,
  ptzSpeed,
  readPtz,
  type ScanAction,
  writePtz,
} from './control/ptz.ts'
export { readSnapshotFileId, type SnapshotFileId } from './control/snapshot-file.ts'
// Ids, editions, time, errors
export { type DeviceId, type DeviceKind, readDeviceId } from './device-id.ts'
export {
  beginEnding,
  type CallEffect,
  type CallEnd,
  type CallTold,
  continueEnding,
  type Ending,
  endStray,
} from './dialogs/call.ts'
// Dialogs and calls
export { type CallPurpose, type CallTable, createCallTable, flightKey } from './dialogs/call-table.ts'
export {
  belongsTo,
  type CallEnvironment,
  type Dialog,
  dialogOfCallee,
  dialogOfCaller,
  readDialog,
  requestWithin,
  takeRequest,
} from './dialogs/dialog.ts'
export {
  type IncomingCall,
  type IncomingCallEvent,
  type IncomingCallStep,
  startIncomingCall,
  stepIncomingCall,
} from './dialogs/incoming-call.ts'
export {
  type OutgoingCall,
  type OutgoingCallEvent,
  type OutgoingCallParts,
  type OutgoingCallStep,
  startOutgoingCall,
  stepOutgoingCall,
} from './dialogs/outgoing-call.ts'
export { MalformedError, UnwritableError, type WireStructure } from './errors.ts'
export { formatLocalTime, readLocalTime } from './local-time.ts'
// MANSCDP
export {
  CATALOGUE_EVENTS,
  type CatalogueEvent,
  type CatalogueItem,
  type RecordItem,
} from './manscdp/catalogue-item.ts'
export { type CommandName, isKnownTo } from './manscdp/commands.ts'
export { type ConfigSections, configTypesOf } from './manscdp/config-shapes.ts'
export { type DeviceControlName, deviceControlName, isControlAnswered } from './manscdp/control-shapes.ts'
export {
  type BodyOf,
  type KnownManscdp,
  type Manscdp,
  type ManscdpReading,
  type ManscdpRoot,
  type ManscdpStyle,
  readManscdp,
  type UnknownManscdp,
  writeManscdp,
  writeRefusal,
} from './manscdp/message.ts'
export type { FieldFault } from './manscdp/shape.ts'
export { childrenNamed, readXml, textOf, type XmlDocument, type XmlElement } from './manscdp/xml-read.ts'
export type { XmlEncoding } from './manscdp/xml-write.ts'
// Registration
export {
  acceptRegister,
  challengeRegister,
  type RegisterReading,
  readRegister,
  redirectRegister,
  refuseRegister,
} from './registration/register.ts'
export {
  createUplink,
  stepUplink,
  type Uplink,
  type UplinkAccount,
  type UplinkEffect,
  type UplinkEvent,
  type UplinkRandom,
  type UplinkStep,
  type UplinkTold,
} from './registration/uplink.ts'
// Session descriptions
export { type MediaFormat, readMediaFormat, writeMediaFormat } from './session/media-format.ts'
export {
  type AnswerParts,
  DEFAULT_MEDIA_MODES,
  type MediaMode,
  type MediaWay,
  makeAnswer,
  makeOffer,
  makeTalkOffer,
  nextMediaMode,
  type OfferParts,
  settleWay,
} from './session/offer.ts'
export {
  type MediaDirection,
  type MediaTransport,
  mediaTarget,
  PAYLOADS,
  type PayloadType,
  type Sdp,
  type SdpMedia,
  type SessionName,
} from './session/sdp.ts'
export { readSdp } from './session/sdp-read.ts'
export { SDP_TYPE, type SdpStyle, writeSdp } from './session/sdp-write.ts'
export { makeSsrc, type SsrcExpectation, settleSsrc, ssrcNumber, ssrcText } from './session/ssrc.ts'
export { SUB_STREAM_DIALECTS, type SubStreamDialect } from './session/sub-stream.ts'
export { readSubject, type SubjectEnd, writeSubject } from './session/subject.ts'
// SIP messages
export {
  brokenCoreHeader,
  type CSeq,
  callIdOf,
  contactOf,
  cseqOf,
  fromOf,
  readCSeq,
  toOf,
  topViaOf,
} from './sip/core.ts'
export { explanationOf } from './sip/explanation.ts'
export {
  type Hop,
  makeCancel,
  makeFailureAck,
  makeRequest,
  makeResponse,
  type RequestParts,
  type ResponseParts,
  type SipBody,
  tagsOf,
  viaOfHop,
} from './sip/make-message.ts'
export {
  headerOf,
  headersOf,
  type SipDeviation,
  type SipHeader,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  withHeader,
  withoutHeader,
} from './sip/message.ts'
export { type NameAddress, nameAddress, readNameAddress, writeNameAddress } from './sip/name-address.ts'
export type { Parameters } from './sip/parameters.ts'
export { isKeepAlive, MAX_HEAD_BYTES, readSipMessage } from './sip/read-message.ts'
export { reasonOf } from './sip/reasons.ts'
export {
  type Endpoint,
  observedAddress,
  requestTarget,
  responseTarget,
  rewriteContact,
  stampSource,
  withContactSeen,
} from './sip/routing.ts'
export { createSipStream, type SipStream, type SipStreamItem, type SipStreamLimits } from './sip/stream.ts'
export { readUri, type SipUri, sipUri, writeUri } from './sip/uri.ts'
export { readVia, type Via, writeVia } from './sip/via.ts'
export { UDP_LIMIT_BYTES, writeSipMessage } from './sip/write-message.ts'
// Subscriptions
export {
  type EventPackage,
  readEvent,
  readSubscriptionState,
  type SubscriptionState,
  writeEvent,
  writeSubscriptionState,
} from './subscription/event.ts'
export {
  acceptSubscribe,
  notifySubscriber,
  renewSubscribe,
  type Subscriber,
  type SubscriberStep,
} from './subscription/notifier.ts'
export {
  type Subscription,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionStep,
  type SubscriptionTold,
  type SubscriptionWish,
  startSubscription,
  stepSubscription,
} from './subscription/subscriber.ts'
// Charsets
export { type Charset, charsetOf, decodeAs, decodeText } from './text/charset.ts'
export { encodeGb18030 } from './text/gb18030.ts'
// Transactions
export {
  type ClientEffect,
  type ClientEvent,
  type ClientStep,
  type ClientTold,
  type ClientTransaction,
  startClient,
  stepClient,
} from './transactions/client.ts'
export {
  type LayerEffect,
  type LayerTold,
  TransactionLayer,
} from './transactions/layer.ts'
export {
  type ServerEffect,
  type ServerEvent,
  type ServerStep,
  type ServerTold,
  type ServerTransaction,
  startServer,
  stepServer,
} from './transactions/server.ts'
export { RFC3261_TIMERS, type Timer, type TimerBases, type TransactionEffect } from './transactions/timers.ts'
export { type Edition, editionOf, type GbVersion, readGbVersion } from './version.ts'
export {
  DEFAULT_PLAY_LIMITS,
  type PlayEvent,
  type PlayFault,
  type PlayLimits,
  type PlayStep,
  type PlayTrace,
  playDueMs,
  startPlay,
  stepPlay,
} from './watch/play.ts'
// Presence and plays
export { playFaultWords, playWords } from './watch/play-words.ts'
export {
  checkPresence,
  DEFAULT_HEARTBEAT,
  type Heartbeat,
  hear,
  heartbeatOf,
  isRegistered,
  logOff,
  type Presence,
  type PresenceChange,
  type PresenceStep,
  presenceDueMs,
  renew,
  startPresence,
} from './watch/presence.ts'
