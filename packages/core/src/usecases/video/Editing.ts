import { Context, Effect, Layer } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { toEdit } from "../../domain/studio/EditedVideo.ts"
import { type StudioTasks, taskFileNames } from "../../domain/studio/StudioTasks.ts"
import { VideoStudioTranscoding } from "../../jobs/VideoStudioTranscoding.ts"
import type { FileStorage, FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { MediaProbe, ProbeError } from "../../ports/MediaProbe.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { JobAdmin } from "../admin/JobAdmin.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeAddJobs, type Situation } from "../engine/addJobs.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { makeUnlessKnown } from "../engine/unlessKnown.ts"
import {
  InvalidRequest,
  type MissingInput,
  type UnknownVideo,
  type UnusableMedia,
  VideoBusy,
  type VideoFileNotFound,
  type VideoNotReady
} from "../errors.ts"
import { makeEditIntoNew } from "./editIntoNew.ts"
import { type Edit, type Edited, editJob, planEdit } from "./editPlan.ts"
import {
  decodeOptions,
  decodeTasks,
  type EditIntoNew,
  type EditSame,
  type EditTasks,
  type IntoNew
} from "./editRequest.ts"
import { makeExamineTasks } from "./examineTasks.ts"
import { Uploads } from "./Uploads.ts"

export type { EditIntoNew, EditSame, EditTasks }

/** Why an edit is refused. The files of the tasks stay. */
export type EditingError =
  | InvalidRequest
  | UnknownVideo
  | VideoNotReady
  | VideoBusy
  | MissingInput
  | UnusableMedia
  | VideoFileNotFound
  | ProbeError
  | FileStorageError
  | PersistenceError

/** Edits videos. */
export class Editing extends Context.Tag("@runner-connector/core/Editing")<
  Editing,
  {
    /**
     * Requests an edit of a video that is published or failed. Returns the job without waiting. The files of the tasks
     * belong to the edit and are deleted when it has ended.
     *
     * By default the result becomes the source of the video, and a new transcoding begins. Open jobs block the edit,
     * except captions and storyboards, which are cancelled, because they would show the old source. `keepSource`, or
     * the plan, keeps the old source, unless an earlier edit made it.
     *
     * With `into: "new"` the result becomes the source of a new video, the one of the job. The old video stays as it is
     * and playable, and may be changed or removed at any time. The call copies its source first, which takes as long as
     * the storage needs. A failed edit leaves the new video as `TranscodingFailed` with the copy, so that it can be
     * edited again. When there is a video with the given `externalId`, the call returns the job of its edit instead.
     */
    readonly editVideo: (
      video: VideoId,
      tasks: EditTasks,
      options?: EditSame | EditIntoNew
    ) => Effect.Effect<RunnerJob, EditingError>
  }
>() {}

/** Makes the result of an edit the source of the video itself. */
const makeEditSame = Effect.gen(function* () {
  const ids = yield* Identifiers
  const runnerJobs = yield* JobAdmin
  const addJobs = yield* makeAddJobs
  const uploads = yield* Uploads

  /** Finished jobs are skipped. A completing job blocks the edit, which is detected later. */
  const cancel = (job: RunnerJob) =>
    Effect.catchTag(runnerJobs.cancel(job.id), "UnknownJob", "JobNotCancellable", () => Effect.void)

  return Effect.fnUntraced(function* (seen: Edited, { lengths, tasks }: Edit, { keepSource }: EditSame) {
    yield* Effect.forEach(seen.open, cancel, { discard: true })
    const decide = (held: ReadonlyArray<FileKey>) =>
      Effect.fnUntraced(function* ({ now, open, video }: Situation) {
        const [busy] = open
        const edit = yield* planEdit({ open, video }, tasks, lengths.of)
        if (busy !== undefined) return yield* new VideoBusy({ job: busy.id, type: busy.type })
        const keepsSource = keepSource ?? video.plan.keepSource
        const job = editJob(yield* ids.uuid, edit, { video, keepsSource, now })
        return { video: toEdit(video, now), jobs: [job] as const, uploads: held }
      })
    const files = taskFileNames(tasks).map(({ key }) => key)
    return yield* uploads.handOver(files, (held) => addJobs(seen.video.id, decide(held)))
  })
})

const make = Effect.gen(function* () {
  const store = yield* JobStore
  const knownVideo = yield* makeKnownVideo
  const examineTasks = yield* makeExamineTasks
  const editSame = yield* makeEditSame
  const editIntoNew = yield* makeEditIntoNew
  const unlessKnown = yield* makeUnlessKnown

  const inPlace = Effect.fnUntraced(function* (id: VideoId, tasks: StudioTasks, how: EditSame) {
    const video = yield* knownVideo(id)
    const open = (yield* store.ofVideo(id)).filter((job) => !isTerminal(job))
    const edit = yield* planEdit({ open, video }, tasks, yield* examineTasks(tasks))
    return yield* editSame({ open, video }, edit, how)
  })

  /** The open jobs of the old video do not disturb the new one. */
  const makeNew = Effect.fnUntraced(function* (id: VideoId, tasks: StudioTasks, how: IntoNew) {
    const video = yield* knownVideo(id)
    const edit = yield* planEdit({ open: [], video }, tasks, yield* examineTasks(tasks))
    return yield* editIntoNew(video, edit, how)
  })

  const intoNew = Effect.fnUntraced(function* (id: VideoId, tasks: StudioTasks, how: IntoNew) {
    const made = yield* unlessKnown(how.externalId, makeNew(id, tasks, how))
    const job = (yield* store.ofVideo(made.id)).find(({ type }) => type === VideoStudioTranscoding.name)
    return job ?? (yield* new InvalidRequest({ detail: "The video with this externalId was not made by an edit" }))
  })

  return Editing.of({
    editVideo: spanned("Editing.editVideo")(function* (id, asked, options) {
      const tasks = yield* decodeTasks(asked)
      const how = yield* decodeOptions(options)
      return yield* how.into === "new" ? intoNew(id, tasks, how) : inPlace(id, tasks, how)
    })
  })
})

/** Editing over the ports. */
export const layer: Layer.Layer<
  Editing,
  never,
  JobStore | VideoStore | FileStorage | MediaProbe | RunnerNotifier | JobAdmin | Uploads | AfterCommit | ConnectorConfig
> = Layer.effect(Editing, make)
