import type { Job, Video, VideoChange, VideoFilter, VideoReports } from "../model.ts"
import type { Claims } from "../options/PlaybackOptions.ts"
import type { CallOptions } from "./CallOptions.ts"
import type { Page } from "./Page.ts"

/** The options of `videos.urls`. */
export interface UrlOptions extends CallOptions {
  /** How long signed URLs work, in milliseconds or as a text. Default: the option `lifetime`. */
  readonly expiresIn?: number | string | undefined
  /** What signed URLs state about their viewer. */
  readonly claims?: Claims | undefined
}

/** The URLs of one video. */
export interface VideoUrls {
  /** The current master playlist. Its path stays the same when the video gets new renditions. */
  readonly master: string
  /** A file by its key, such as `video.thumbnailKey`. */
  readonly of: (key: string) => string
}

/** The videos. */
export interface Videos {
  /** The video as it is now. Undefined when there is none with this id. */
  readonly get: (id: string, options?: CallOptions) => Promise<Video | undefined>
  /**
   * Changes the title, the metadata or the priority of a video. Missing values stay as they are. A new priority also moves
   * the jobs of the video that are not completed.
   */
  readonly update: (id: string, change: VideoChange, options?: CallOptions) => Promise<Video>
  /** What ffprobe reports of the source and of each rendition. */
  readonly reports: (id: string, options?: CallOptions) => Promise<VideoReports>
  /**
   * The URLs for players, signed if `playback` says so. Make new ones for each page, because they may expire. Rejects with
   * `InvalidOptions` without the option `playback`.
   */
  readonly urls: (id: string, options?: UrlOptions) => Promise<VideoUrls>
  /** Cancels the open jobs of the video. Returns those that it cancelled. */
  readonly cancelJobs: (id: string, options?: CallOptions) => Promise<ReadonlyArray<Job>>
  /** Retries the failed and cancelled jobs of the video. Returns those that it retried. */
  readonly retryJobs: (id: string, options?: CallOptions) => Promise<ReadonlyArray<Job>>
  /** Newest first, unless `sort` says otherwise. 15 unless `count` says otherwise. */
  readonly list: (filter?: VideoFilter, options?: CallOptions) => Promise<Page<Video>>
}
