import { DateTime, Effect, Option } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { beside } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import { taskFileNames } from "../../domain/studio/StudioTasks.ts"
import { newVideo, type Video } from "../../domain/video/Video.ts"
import type { FileStorage, FileStorageError } from "../../ports/FileStorage.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeInsertVideo } from "../engine/insertVideo.ts"
import type { MissingInput } from "../errors.ts"
import { makeCopyInputs } from "./copyInputs.ts"
import { type Edit, editJob } from "./editPlan.ts"
import type { IntoNew } from "./editRequest.ts"
import { Uploads } from "./Uploads.ts"

/** Adds a video for the result of an edit, with the job, and returns it. The edited video is only read. */
export type MakeNew = (
  video: Video,
  edit: Edit,
  asked: IntoNew
) => Effect.Effect<Video, MissingInput | FileStorageError | PersistenceError>

/**
 * Edits into new videos, over the ports. The new video gets copies of the inputs, so that the old one can be edited,
 * transcoded and removed meanwhile.
 */
export const makeEditIntoNew: Effect.Effect<
  MakeNew,
  never,
  FileStorage | Uploads | VideoStore | RunnerNotifier | AfterCommit | ConnectorConfig
> = Effect.gen(function* () {
  const ids = yield* Identifiers
  const uploads = yield* Uploads
  const copyInputs = yield* makeCopyInputs
  const insertVideo = yield* makeInsertVideo

  return spanned("Editing.editIntoNew")(function* (video, edit, { destination, into: _, ...asked }) {
    const { labels, language, plan, priority, publicUrl, source, tenant } = video
    const id = VideoId.make(yield* ids.uuid)
    const place = {
      destination: Option.getOrElse(destination, () => beside(video.destination, id)),
      baseName: Option.orElse(asked.baseName, () => video.baseName)
    }
    const files = yield* copyInputs(video, edit.inputs, place)
    const now = yield* DateTime.now
    const made = newVideo({
      ...{ id, ...asked, ...place, ...files, language, plan, publicUrl, source, createdAt: now },
      ...{ labels, priority, tenant },
      title: Option.orElse(asked.title, () => video.title),
      fileName: Option.orElse(asked.fileName, () => video.fileName),
      state: "ToEdit"
    })
    // Without a result there is nothing to play. The copy of the old source allows another edit.
    const failed: Edit = { ...edit, previousState: "TranscodingFailed" }
    const job = editJob(yield* ids.uuid, failed, { video: made, keepsSource: false, now })
    const keys = [...Object.values(files).flatMap(Option.toArray), ...taskFileNames(edit.tasks).map(({ key }) => key)]
    const added = Effect.logInfo("A video is edited into a new one").pipe(
      Effect.annotateLogs({ from: video.id, video: id, job: job.id })
    )
    return yield* uploads.handOver(keys, (held) => insertVideo(made, [job], { uploads: held, added }))
  }, Effect.scoped)
})
