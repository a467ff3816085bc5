import type { Video, VideoReports } from "../model.ts"
import type { CallOptions } from "./CallOptions.ts"
import type { Page, PageOptions } from "./Page.ts"

/** The videos. */
export interface Videos {
  /** The video as it is now. Undefined when there is none with this id. */
  readonly get: (id: string, options?: CallOptions) => Promise<Video | undefined>
  /** What ffprobe reports of the source and of each rendition. */
  readonly reports: (id: string, options?: CallOptions) => Promise<VideoReports>
  /** Newest first. */
  readonly list: (page?: PageOptions, options?: CallOptions) => Promise<Page<Video>>
}
