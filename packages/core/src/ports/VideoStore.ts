import { Context, type DateTime, type Effect, type Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import type { VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { MediaReport } from "../domain/video/MediaReport.ts"
import type { NewVideo, Video, VideoState } from "../domain/video/Video.ts"
import type { JobConflict } from "./JobStore.ts"
import type { Page, PageAfterRequest, PersistenceError, Sort } from "./PersistenceError.ts"

/** Another writer changed the video since it was read. Read it again and decide again. */
export class VideoConflict extends Schema.TaggedError<VideoConflict>()("VideoConflict", { id: Schema.String }) {
  override get message(): string {
    return `Video ${this.id} was changed by another writer`
  }
}

/** Another video has this external id. Nothing was written. */
export class ExternalIdTaken extends Schema.TaggedError<ExternalIdTaken>()("ExternalIdTaken", {
  externalId: Schema.String
}) {
  override get message(): string {
    return `There is a video with the externalId ${this.externalId} already`
  }
}

/** What a host knows a video by. */
export type VideoKey = { readonly externalId: string } | { readonly destination: FileKey }

/** The columns by which videos can be sorted. Without a title, the file name counts. */
export type VideoColumn = "createdAt" | "updatedAt" | "title"

/** The filter of a list of videos. Absent members do not narrow it. */
export interface VideoFilter extends PageAfterRequest<VideoId> {
  readonly states?: ReadonlyArray<VideoState>
  /** The id, or a part of the title, the file name or the external id. ASCII letters match in both cases. */
  readonly text?: string
  /** Only lives, or only others. */
  readonly live?: boolean
  /** Newest first when absent. */
  readonly sort?: Sort<VideoColumn>
}

/**
 * Stores videos. A video and the jobs whose results it shows change together: at no moment is a rendition published
 * whose job is open, or a job completed whose rendition is missing.
 */
export class VideoStore extends Context.Tag("@runner-connector/core/VideoStore")<
  VideoStore,
  {
    /**
     * Adds the video with its first jobs, if it has any, and ends the records of the `uploads` that it refers to, all or
     * none. Fails with `UploadGone` as the cause when one of these records is abandoned or not there. Fails for a video
     * in the state `ToImport` whose destination has one already. Of several videos with the same external id one is
     * added, and the others fail with `ExternalIdTaken`. Keeps the reports of its files.
     */
    readonly insert: (
      video: NewVideo,
      jobs: ReadonlyArray<RunnerJob>,
      uploads?: ReadonlyArray<FileKey>,
      reports?: ReadonlyArray<MediaReport>
    ) => Effect.Effect<Video, ExternalIdTaken | PersistenceError>

    readonly find: (id: VideoId) => Effect.Effect<Option.Option<Video>, PersistenceError>

    /** The video with this external id, or the newest one with this destination folder. */
    readonly findBy: (key: VideoKey) => Effect.Effect<Option.Option<Video>, PersistenceError>

    /**
     * Writes the video and the jobs, all or none, each at its revision, which is incremented. `added` are new jobs of
     * the video in the same write. Ends the records of `uploads` as `insert` does. `reports` replace others of their
     * names. A write with reports removes those of files that the video does not have any more.
     */
    readonly save: (
      video: Video,
      jobs: ReadonlyArray<RunnerJob>,
      added?: ReadonlyArray<RunnerJob>,
      uploads?: ReadonlyArray<FileKey>,
      reports?: ReadonlyArray<MediaReport>
    ) => Effect.Effect<void, VideoConflict | JobConflict | PersistenceError>

    /**
     * Removes the video with its reports at its revision, so that no concurrent publication is lost. Its jobs stay for the
     * record. A missing video is no error.
     */
    readonly remove: (video: Pick<Video, "id" | "revision">) => Effect.Effect<void, VideoConflict | PersistenceError>

    readonly list: (filter: VideoFilter) => Effect.Effect<Page<Video>, PersistenceError>

    /**
     * Videos for which a server has something to do: those that have not ended although none of the jobs they wait for is
     * open, unless they are being cut, and those whose chunks need a server although none has shown a sign of life since
     * the given moment (`workSince`). At most 100 of each.
     */
    readonly listUnfinalized: (silentSince: DateTime.Utc) => Effect.Effect<ReadonlyArray<Video>, PersistenceError>

    /** Videos with a file that became a pending deletion before the given time. At most 100. */
    readonly listPendingDeletion: (before: DateTime.Utc) => Effect.Effect<ReadonlyArray<Video>, PersistenceError>
  }
>() {}
