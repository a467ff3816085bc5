import { Option, Schema } from "effect"
import { Caption } from "../captions/Captions.ts"
import { Language } from "../captions/Languages.ts"
import { FileKey } from "../FileKey.ts"
import { VideoId } from "../Ids.ts"
import { LiveSession } from "../live/LiveSession.ts"
import { MediaSummary } from "../media/MediaSummary.ts"
import { Storyboard } from "../storyboard/Storyboard.ts"
import { TranscodingPlan } from "./TranscodingPlan.ts"

/** Where a video is on its way to being watched. Numbers and labels on the wire are PeerTube's. */
export const VideoState = Schema.Literal(
  "Published",
  "ToTranscode",
  "TranscodingFailed",
  /** It is being changed by a studio job, and comes out as a new source. */
  "ToEdit",
  "WaitingForLive",
  "LiveEnded"
)
export type VideoState = typeof VideoState.Type

/** A media file that was made of a video, as a probe sees it. */
const mediaFields = {
  /** The result it was made from: names its files. */
  attemptId: Schema.UUID,
  /** Short side as probed, even when it differs by a pixel from what was asked; 0 for sound alone. */
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
  key: FileKey
}

/** A progressive file: one rendition that is downloaded, or played without a playlist. */
export const WebVideo = Schema.Struct(mediaFields)
export type WebVideo = typeof WebVideo.Type

/** One HLS rendition of a video: its media file, and the playlist that cuts it into segments. */
export const VideoFile = Schema.Struct({ ...mediaFields, playlistKey: FileKey })
export type VideoFile = typeof VideoFile.Type

/** The storyboard of a video as it is stored. */
export const StoredStoryboard = Schema.Struct({
  storyboard: Storyboard,
  /** The picture with all tiles. */
  key: FileKey,
  /** The WebVTT track that says which tile belongs to which time. */
  trackKey: FileKey
})
export type StoredStoryboard = typeof StoredStoryboard.Type

/** A file that nothing refers to any more; kept for a while for those who still hold its address, then removed. */
export const PendingDeletion = Schema.Struct({
  key: FileKey,
  /** The key names a folder, and all that is in it is meant; a file otherwise. */
  folder: Schema.optionalWith(Schema.Boolean, { exact: true }),
  at: Schema.DateTimeUtc
})
export type PendingDeletion = typeof PendingDeletion.Type

/** A video and everything made from it so far. */
export const Video = Schema.Struct({
  id: VideoId,
  /** The small number that hosts show beside the UUID; given by the store. */
  number: Schema.Int,
  state: VideoState,
  /** The file the host handed in; none when it was not to be kept, and for lives. */
  sourceKey: Schema.OptionFromNullOr(FileKey),
  /**
   * The sound of the source, where it has a file of its own. A source of sound alone is only that, once it has been
   * merged with a picture.
   */
  soundKey: Schema.OptionFromNullOr(FileKey),
  source: MediaSummary,
  plan: TranscodingPlan,
  /** The folder that receives what is made. */
  destination: FileKey,
  /** Starts the names of the files made, when the host wants that. */
  baseName: Schema.OptionFromNullOr(Schema.String),
  thumbnailKey: Schema.OptionFromNullOr(FileKey),
  /** HLS renditions, lowest resolution first. */
  files: Schema.Array(VideoFile),
  /** Progressive files, lowest resolution first. */
  webVideos: Schema.Array(WebVideo),
  /** What is spoken; none when nobody knows. */
  language: Schema.OptionFromNullOr(Language),
  /** In order of their languages. */
  captions: Schema.Array(Caption),
  storyboard: Schema.OptionFromNullOr(StoredStoryboard),
  /** The broadcast, for lives. */
  live: Schema.OptionFromNullOr(LiveSession),
  /** The master playlist; a new key each time that it is written. */
  playlistKey: Schema.OptionFromNullOr(FileKey),
  pendingDeletion: Schema.Array(PendingDeletion),
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate,
  /** When the last awaited job ended, well or badly. */
  endedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** Grows with every write; a write at an old revision is refused. */
  revision: Schema.Int
})
export type Video = typeof Video.Type

/** What a store needs to make a video. */
export type NewVideo = Omit<Video, "number" | "revision">

type Given = "id" | "source" | "plan" | "destination" | "baseName" | "createdAt"

/** A video of which nothing is made yet; what is not said is not there. */
export const newVideo = (given: Pick<NewVideo, Given> & Partial<NewVideo>): NewVideo => ({
  state: "ToTranscode",
  sourceKey: Option.none(),
  soundKey: Option.none(),
  thumbnailKey: Option.none(),
  files: [],
  webVideos: [],
  language: Option.none(),
  captions: [],
  storyboard: Option.none(),
  live: Option.none(),
  playlistKey: Option.none(),
  pendingDeletion: [],
  updatedAt: given.createdAt,
  endedAt: Option.none(),
  ...given
})
