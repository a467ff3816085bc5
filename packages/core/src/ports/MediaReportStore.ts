import { Context, type Effect } from "effect"
import type { VideoId } from "../domain/Ids.ts"
import type { MediaReport } from "../domain/video/MediaReport.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/** Reads the probe results of videos. `VideoStore` writes them together with the video that has the files. */
export class MediaReportStore extends Context.Tag("@runner-connector/core/MediaReportStore")<
  MediaReportStore,
  {
    /** The reports of the video, ordered by name. None after its removal. */
    readonly ofVideo: (id: VideoId) => Effect.Effect<ReadonlyArray<MediaReport>, PersistenceError>
  }
>() {}
