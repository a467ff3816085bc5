import { Array as Arr, type DateTime, Effect, Option } from "effect"
import { JobId } from "../../domain/Ids.ts"
import { pending, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { EditableState } from "../../domain/studio/EditedVideo.ts"
import {
  editedDuration,
  type Lengths,
  misfitOf,
  type StudioTasks,
  taskFileNames
} from "../../domain/studio/StudioTasks.ts"
import type { NewVideo, Video } from "../../domain/video/Video.ts"
import { inputsOf, type VideoInputs } from "../../domain/video/VideoInputs.ts"
import { keysInUse } from "../../domain/video/VideoMachine.ts"
import { VideoStudioTranscoding } from "../../jobs/VideoStudioTranscoding.ts"
import { placeFields } from "../../jobs/videoJob.ts"
import { InvalidRequest, MissingInput, UnusableMedia, VideoBusy, VideoNotReady } from "../errors.ts"

/** As in PeerTube: after new videos, before captions. */
const PRIORITY = 150

const isEditable = (state: Video["state"]): state is EditableState =>
  state === "Published" || state === "TranscodingFailed"

/** The data of a valid edit. */
export interface Edit {
  readonly tasks: StudioTasks
  readonly lengths: Lengths
  /** The state of the video after a failed edit. */
  readonly previousState: EditableState
  readonly inputs: VideoInputs
}

/** A video, and those of its open jobs that would disturb the edit. */
export interface Edited {
  readonly video: Video
  readonly open: ReadonlyArray<RunnerJob>
}

/** Refuses invalid edits before anything is changed. */
export const planEdit = Effect.fnUntraced(function* (
  { open, video }: Edited,
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
  return { tasks, lengths, previousState: state, inputs }
})

/** The job that makes the edit. The result becomes the source of the video. */
export const editJob = (
  id: string,
  edit: Edit,
  { keepsSource, now, video }: { readonly video: NewVideo; readonly keepsSource: boolean; readonly now: DateTime.Utc }
): RunnerJob =>
  pending({
    id: JobId.make(id),
    type: VideoStudioTranscoding.name,
    payload: { tasks: edit.tasks },
    requirements: Arr.dedupe(edit.tasks.map(({ name }) => name)),
    privatePayload: {
      videoId: video.id,
      place: placeFields(video),
      maxFailures: video.plan.settings.maxFailures,
      separatedSound: Option.isSome(edit.inputs.sound),
      previousState: edit.previousState,
      expectedDuration: Option.getOrNull(editedDuration(edit.tasks, edit.lengths)),
      keepsSource
    },
    priority: PRIORITY,
    videoId: Option.some(video.id),
    createdAt: now
  })
