import { Option, Schema } from "effect"
import { Caption } from "../captions/Captions.ts"
import { Language } from "../captions/Languages.ts"
import { FileKey } from "../FileKey.ts"
import { VideoId } from "../Ids.ts"
import { LiveSession } from "../live/LiveSession.ts"
import { MediaSummary } from "../media/MediaSummary.ts"
import { PublicOrigin } from "../PublicOrigin.ts"
import { Storyboard } from "../storyboard/Storyboard.ts"
import { Chunking } from "./Chunking.ts"
import { Metadata } from "./HostData.ts"
import { renditionFields, VideoRange } from "./RenditionFacts.ts"
import { TranscodingPlan } from "./TranscodingPlan.ts"

export { VideoRange }

/** The state of a video. PeerTube defines the numbers and labels on the wire. */
export const VideoState = Schema.Literal(
  "Published",
  "ToTranscode",
  "TranscodingFailed",
  /** A studio job edits it. Its result becomes the new source. */
  "ToEdit",
  /**
   * Its media are stored elsewhere and not imported. It has only captions. A destination has at most one such video.
   */
  "ToImport",
  "WaitingForLive",
  "LiveEnded"
)
export type VideoState = typeof VideoState.Type

/** A media file made from a video, as probed. */
const mediaFields = {
  /** The attempt that made it. Names its files. */
  attemptId: Schema.UUID,
  ...renditionFields,
  /** Size of the media in bytes. */
  size: Schema.Int,
  duration: Schema.OptionFromNullOr(Schema.Number),
  key: FileKey
}

/** A progressive file: one rendition for download, or for playback without a playlist. */
export const WebVideo = Schema.Struct(mediaFields)
export type WebVideo = typeof WebVideo.Type

/** One of the media files of a rendition that was made in chunks. */
export const MediaPart = Schema.Struct({ key: FileKey, size: Schema.Int })
export type MediaPart = typeof MediaPart.Type

/** One HLS rendition: its media and its playlist. */
export const VideoFile = Schema.Struct({
  ...mediaFields,
  playlistKey: FileKey,
  /**
   * All media files in their order, where the rendition is made in chunks: `key` is the first of them, and the attempt
   * id stands for the whole rendition. None of them is a complete MP4 file of the rendition.
   */
  parts: Schema.optionalWith(Schema.Array(MediaPart), { exact: true })
})
export type VideoFile = typeof VideoFile.Type

/** The storyboard of a video as stored. */
export const StoredStoryboard = Schema.Struct({
  storyboard: Storyboard,
  /** The picture with all tiles. */
  key: FileKey,
  /** The WebVTT thumbnail track. */
  trackKey: FileKey
})
export type StoredStoryboard = typeof StoredStoryboard.Type

/** A file that is no longer used. It is kept for a while, because players may hold its URL, and then deleted. */
export const PendingDeletion = Schema.Struct({
  key: FileKey,
  /** The key names a folder that is deleted with its content. */
  folder: Schema.optionalWith(Schema.Boolean, { exact: true }),
  at: Schema.DateTimeUtc
})
export type PendingDeletion = typeof PendingDeletion.Type

/** A video and everything made from it. */
export const Video = Schema.Struct({
  id: VideoId,
  /** A small number beside the UUID, assigned by the store. */
  number: Schema.Int,
  /** The host's own id, unique among all videos. */
  externalId: Schema.OptionFromNullOr(Schema.String),
  /** The host's own facts. Empty unless given. */
  metadata: Metadata,
  /** The title from the host, unchanged. */
  title: Schema.OptionFromNullOr(Schema.String),
  /** The complete name of the original file, unchanged. Never part of a storage key. */
  fileName: Schema.OptionFromNullOr(Schema.String),
  state: VideoState,
  /** The labels that every job of the video requires of its runner, each once, in alphabetical order. */
  labels: Schema.Array(Schema.String),
  /** The customer of the host who shares the runners with others. */
  tenant: Schema.OptionFromNullOr(Schema.String),
  /** From -10 to 10. 0 is normal. Videos with higher values come first. */
  priority: Schema.Int,
  /** The file from the host. None when it was not kept, and for lives. */
  sourceKey: Schema.OptionFromNullOr(FileKey),
  /**
   * The audio of the source, where it has a file of its own. After a merge, the original audio file. For a source whose
   * audio runners cannot copy, the whole source repacked into MP4.
   */
  soundKey: Schema.OptionFromNullOr(FileKey),
  source: MediaSummary,
  plan: TranscodingPlan,
  /** The folder that receives the files of the video. */
  destination: FileKey,
  /** The prefix of all file names, if the host wants one. */
  baseName: Schema.OptionFromNullOr(Schema.String),
  thumbnailKey: Schema.OptionFromNullOr(FileKey),
  /** HLS renditions, lowest resolution first. */
  files: Schema.Array(VideoFile),
  /** Progressive files, lowest resolution first. */
  webVideos: Schema.Array(WebVideo),
  /** The spoken language. None when unknown. */
  language: Schema.OptionFromNullOr(Language),
  /** Ordered by language. */
  captions: Schema.Array(Caption),
  storyboard: Schema.OptionFromNullOr(StoredStoryboard),
  /** The broadcast, for lives. */
  live: Schema.OptionFromNullOr(LiveSession),
  /** How its renditions are made in chunks. None: it was never meant to be cut. */
  chunking: Schema.OptionFromNullOr(Chunking),
  /** The master playlist. A new key for each version. */
  playlistKey: Schema.OptionFromNullOr(FileKey),
  pendingDeletion: Schema.Array(PendingDeletion),
  /** The origin of the URLs that runners get for the jobs of this video. None: the configured one. */
  publicUrl: Schema.OptionFromNullOr(PublicOrigin),
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate,
  /** When the last awaited job ended, whatever the outcome. */
  endedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** When its removal began. From then on it has no events but `video.deleted`. */
  removalStartedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** Grows with every write. A write at an old revision is rejected. */
  revision: Schema.Int
})
export type Video = typeof Video.Type

/** The fields of a new video. */
export type NewVideo = Omit<Video, "number" | "revision">

type Given = "id" | "source" | "plan" | "destination" | "baseName" | "createdAt"

/** A video without any files. Missing fields are empty. */
export const newVideo = (given: Pick<NewVideo, Given> & Partial<NewVideo>): NewVideo => ({
  state: "ToTranscode",
  externalId: Option.none(),
  metadata: {},
  title: Option.none(),
  fileName: Option.none(),
  labels: [],
  tenant: Option.none(),
  priority: 0,
  sourceKey: Option.none(),
  soundKey: Option.none(),
  thumbnailKey: Option.none(),
  files: [],
  webVideos: [],
  language: Option.none(),
  captions: [],
  storyboard: Option.none(),
  live: Option.none(),
  chunking: Option.none(),
  playlistKey: Option.none(),
  pendingDeletion: [],
  publicUrl: Option.none(),
  updatedAt: given.createdAt,
  endedAt: Option.none(),
  removalStartedAt: Option.none(),
  ...given
})
