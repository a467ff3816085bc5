import { Schema } from "effect"
import { FileKey } from "./FileKey.ts"
import { VideoId } from "./Ids.ts"

/** Where a video is on its way to being watched. Numbers and labels on the wire are PeerTube's. */
export const VideoState = Schema.Literal("Published", "ToTranscode", "TranscodingFailed")
export type VideoState = typeof VideoState.Type

/** What a probe said of a media file, reduced to what later decisions need. */
export const MediaSummary = Schema.Struct({
  /** Seconds; none when the container does not say. */
  duration: Schema.OptionFromNullOr(Schema.Number),
  /** Bytes. */
  size: Schema.Int,
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** Pixels as shown, that is after rotation; 0 without video. */
  width: Schema.Int,
  height: Schema.Int,
  /** Whole frames a second; 0 without video or when unknown. */
  fps: Schema.Number
})
export type MediaSummary = typeof MediaSummary.Type

/** One rendition of a video: its media file, and the playlist that cuts it into segments. */
export const VideoFile = Schema.Struct({
  /** The result it was made from: names its files. */
  resultId: Schema.UUID,
  /** Short side as probed, even when it differs by a pixel from what was asked; 0 for audio alone. */
  resolution: Schema.Int,
  fps: Schema.Int,
  width: Schema.Int,
  height: Schema.Int,
  /** Bytes of the media file. */
  size: Schema.Int,
  duration: Schema.OptionFromNullOr(Schema.Number),
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** RFC 6381 strings for the master playlist, empty ones left out: video first, then audio. */
  codecs: Schema.Array(Schema.String),
  key: FileKey,
  playlistKey: FileKey
})
export type VideoFile = typeof VideoFile.Type

/** A file that nothing refers to any more; kept for a while for those who still hold its address, then removed. */
export const RetiredFile = Schema.Struct({ key: FileKey, at: Schema.DateTimeUtc })
export type RetiredFile = typeof RetiredFile.Type

/** A video and everything made from it so far. */
export const Video = Schema.Struct({
  id: VideoId,
  /** The small number that hosts show beside the UUID; given by the store. */
  number: Schema.Int,
  state: VideoState,
  /** The file the host handed in. */
  sourceKey: FileKey,
  source: MediaSummary,
  /** The folder that receives what is made. */
  destination: FileKey,
  /** Starts the names of the files made, when the host wants that. */
  baseName: Schema.OptionFromNullOr(Schema.String),
  thumbnailKey: Schema.OptionFromNullOr(FileKey),
  /** Renditions, lowest resolution first. */
  files: Schema.Array(VideoFile),
  /** The master playlist; a new key each time that it is written. */
  playlistKey: Schema.OptionFromNullOr(FileKey),
  retired: Schema.Array(RetiredFile),
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate,
  /** When the last job ended, well or badly. */
  endedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** Grows with every write; a write at an old revision is refused. */
  revision: Schema.Int
})
export type Video = typeof Video.Type

/** What a store needs to make a video. */
export type NewVideo = Omit<Video, "number" | "revision">
