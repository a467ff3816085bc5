import { Array as Arr, Context, Effect, Layer, Option, Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { JobId, type VideoId } from "../../domain/Ids.ts"
import { isTerminal, pending, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type EditableState, toEdit } from "../../domain/studio/EditedVideo.ts"
import { editedDuration, type Lengths, misfitOf, StudioTasks, taskFileNames } from "../../domain/studio/StudioTasks.ts"
import type { Video } from "../../domain/video/Video.ts"
import { inputsOf } from "../../domain/video/VideoInputs.ts"
import { keysInUse } from "../../domain/video/VideoMachine.ts"
import { VideoStudioTranscoding } from "../../jobs/VideoStudioTranscoding.ts"
import { placeFields } from "../../jobs/videoJob.ts"
import type { FileStorage, FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { MediaProbe, ProbeError } from "../../ports/MediaProbe.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { JobAdmin } from "../admin/JobAdmin.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeAddJobs, type Situation } from "../engine/addJobs.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import {
  InvalidRequest,
  MissingInput,
  type UnknownVideo,
  UnusableMedia,
  VideoBusy,
  type VideoFileNotFound,
  VideoNotReady
} from "../errors.ts"
import { makeExamineTasks } from "./examineTasks.ts"
import { invalid } from "./transcodeRequest.ts"
import { Uploads } from "./Uploads.ts"

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
     * Requests an edit of a video that is published or failed and has no open jobs except captions and storyboards.
     * Those are cancelled, because they would show the old source. Returns the job without waiting.
     *
     * The files of the tasks belong to the edit and are deleted when it has ended. The result becomes the source of the
     * video, and a new transcoding begins. `keepSource`, or the plan, keeps the old source, unless an earlier edit made
     * it.
     */
    readonly editVideo: (
      video: VideoId,
      tasks: ReadonlyArray<(typeof StudioTasks.Encoded)[number]>,
      options?: { readonly keepSource?: boolean | undefined }
    ) => Effect.Effect<RunnerJob, EditingError>
  }
>() {}

/** As in PeerTube: after new videos, before captions. */
const PRIORITY = 150

const isEditable = (state: Video["state"]): state is EditableState =>
  state === "Published" || state === "TranscodingFailed"

/** The data of a valid edit. */
interface Edit {
  readonly tasks: StudioTasks
  readonly lengths: Lengths
  readonly previousState: EditableState
  readonly separatedSound: boolean
}

/** Refuses invalid edits before anything is changed. */
const planEdit = Effect.fnUntraced(function* (
  { open, video }: Pick<Situation, "open" | "video">,
  tasks: StudioTasks,
  lengthOf: Lengths["of"]
): Effect.fn.Return<Edit, InvalidRequest | VideoNotReady | VideoBusy | MissingInput | UnusableMedia> {
  const { source, state } = video
  if (!isEditable(state)) return yield* new VideoNotReady({ state })
  const busy = open.find((job) => job.awaited || job.state === "Completing")
  if (busy !== undefined) return yield* new VideoBusy({ job: busy.id, type: busy.type })
  const inputs = yield* Effect.mapError(inputsOf(video), () => new MissingInput())
  if (!source.hasVideo) return yield* new UnusableMedia({ reason: "Sound without a picture cannot be edited." })
  const used = new Set([...keysInUse(video), ...Option.toArray(video.sourceKey), ...Option.toArray(video.soundKey)])
  if (taskFileNames(tasks).some(({ key }) => used.has(key))) {
    return yield* new InvalidRequest({
      detail: "A task names a file of the video itself, which would be removed with it"
    })
  }
  const lengths = { source: source.duration, of: lengthOf }
  const misfit = misfitOf(tasks, lengths)
  if (Option.isSome(misfit)) return yield* new InvalidRequest({ detail: misfit.value })
  return { tasks, lengths, previousState: state, separatedSound: Option.isSome(inputs.sound) }
})

const jobOf = (id: string, { now, video }: Situation, edit: Edit, keepsSource: boolean): RunnerJob =>
  pending({
    id: JobId.make(id),
    type: VideoStudioTranscoding.name,
    payload: { tasks: edit.tasks },
    requirements: Arr.dedupe(edit.tasks.map(({ name }) => name)),
    privatePayload: {
      videoId: video.id,
      place: placeFields(video),
      maxFailures: video.plan.settings.maxFailures,
      separatedSound: edit.separatedSound,
      previousState: edit.previousState,
      expectedDuration: Option.getOrNull(editedDuration(edit.tasks, edit.lengths)),
      keepsSource
    },
    priority: PRIORITY,
    videoId: Option.some(video.id),
    createdAt: now
  })

const make = Effect.gen(function* () {
  const store = yield* JobStore
  const knownVideo = yield* makeKnownVideo
  const ids = yield* Identifiers
  const runnerJobs = yield* JobAdmin
  const addJobs = yield* makeAddJobs
  const uploads = yield* Uploads
  const examineTasks = yield* makeExamineTasks

  /** Finished jobs are skipped. A completing job blocks the edit, which is detected later. */
  const cancel = (job: RunnerJob) =>
    Effect.catchTag(runnerJobs.cancel(job.id), "UnknownJob", "JobNotCancellable", () => Effect.void)

  const openJobs = (id: VideoId) => Effect.map(store.ofVideo(id), (jobs) => jobs.filter((job) => !isTerminal(job)))

  const editVideo: Editing["Type"]["editVideo"] = Effect.fn("Editing.editVideo")(function* (id, asked, options) {
    const tasks = yield* Effect.mapError(Schema.decodeUnknown(StudioTasks, { errors: "all" })(asked), invalid)
    const seen = { video: yield* knownVideo(id), open: yield* openJobs(id) }
    const lengthOf = yield* examineTasks(tasks)
    yield* planEdit(seen, tasks, lengthOf)
    yield* Effect.forEach(seen.open, cancel, { discard: true })
    const decide = (held: ReadonlyArray<FileKey>) =>
      Effect.fnUntraced(function* (situation: Situation) {
        const [busy] = situation.open
        const edit = yield* planEdit(situation, tasks, lengthOf)
        if (busy !== undefined) return yield* new VideoBusy({ job: busy.id, type: busy.type })
        const keepsSource = options?.keepSource ?? situation.video.plan.keepSource
        const job = jobOf(yield* ids.uuid, situation, edit, keepsSource)
        return { video: toEdit(situation.video, situation.now), jobs: [job] as const, uploads: held }
      })
    const files = taskFileNames(tasks).map(({ key }) => key)
    return yield* uploads.handOver(files, (held) => addJobs(id, decide(held)))
  })

  return Editing.of({ editVideo })
})

/** Editing over the ports. */
export const layer: Layer.Layer<
  Editing,
  never,
  JobStore | VideoStore | FileStorage | MediaProbe | RunnerNotifier | JobAdmin | Uploads | AfterCommit
> = Layer.effect(Editing, make)
