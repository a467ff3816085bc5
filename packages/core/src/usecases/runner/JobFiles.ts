import { Array as Arr, Context, Effect, Layer, Option, Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Video } from "../../domain/video/Video.ts"
import { inputsOf, soundOf } from "../../domain/video/VideoInputs.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { attemptOf } from "../engine/attempt.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import {
  type JobNotProcessing,
  MissingInput,
  type UnknownJob,
  UnknownTaskFile,
  UnknownVideo,
  VideoNotOfJob
} from "../errors.ts"
import { type Claim, JobLease } from "./JobLease.ts"

/** The kind of an input file. */
export type InputFile = "maxQuality" | "maxQualityAudio" | "thumbnail"

/** The files that a runner may download for its job. */
export class JobFiles extends Context.Tag("@runner-connector/core/JobFiles")<
  JobFiles,
  {
    /** The key of the file, see `inputsOf`. `video` is the UUID or the small number. */
    readonly find: (
      claim: Claim,
      video: string,
      file: InputFile
    ) => Effect.Effect<
      FileKey,
      UnknownJob | JobNotProcessing | UnknownVideo | VideoNotOfJob | MissingInput | PersistenceError
    >
    /** The key of a file of a task, by the name in the payload. */
    readonly findTaskFile: (
      claim: Claim,
      video: string,
      name: string
    ) => Effect.Effect<
      FileKey,
      UnknownJob | JobNotProcessing | UnknownVideo | VideoNotOfJob | UnknownTaskFile | PersistenceError
    >
  }
>() {}

const Input = Schema.Struct({ inputId: Schema.UUID })

/** The id of an input that was cut out of the source for this job. */
const inputIdOf = ({ privatePayload }: RunnerJob): Option.Option<string> =>
  Option.map(Schema.decodeUnknownOption(Input)(privatePayload), ({ inputId }) => inputId)

/** A job with an input of its own names only that. */
const names = (video: Video, job: RunnerJob, name: string): boolean =>
  Option.match(inputIdOf(job), {
    onNone: () => video.id.toLowerCase() === name.toLowerCase() || String(video.number) === name,
    onSome: (id) => id.toLowerCase() === name.toLowerCase()
  })

/** Whether it makes an audio rendition. */
const isSound = ({ renditionId }: RunnerJob): boolean => Option.isNone(renditionId)

/** The input that was cut out of the source under this id. */
const cutInput = ({ chunking }: Video, id: string): Option.Option<FileKey> =>
  Option.flatMap(chunking, ({ chunks, sound }) =>
    Option.map(
      Arr.findFirst([...chunks, ...Option.toArray(sound)], (input) => input.id === id),
      ({ key }) => key
    )
  )

const files: Readonly<Record<InputFile, (video: Video) => Option.Option<FileKey>>> = {
  maxQuality: (video) => Option.map(inputsOf(video), ({ media }) => media),
  maxQualityAudio: soundOf,
  thumbnail: (video) => video.thumbnailKey
}

const inputOf = (job: RunnerJob, video: Video, file: InputFile): Option.Option<FileKey> =>
  Option.match(inputIdOf(job), {
    onNone: () => files[file](video),
    // The extracted audio is deleted when the video has ended.
    onSome: (id) => Option.orElse(cutInput(video, id), () => (isSound(job) ? soundOf(video) : Option.none()))
  })

const make = Effect.gen(function* () {
  const lease = yield* JobLease
  const videos = yield* VideoStore
  const knownVideo = yield* makeKnownVideo
  const read = yield* attemptOf

  const videoOf = (job: RunnerJob) =>
    Option.match(job.videoId, {
      onNone: () => Effect.fail(new UnknownVideo()),
      onSome: knownVideo
    })

  /** Distinguishes a video of another job from an unknown one. */
  const whyNot = (name: string) =>
    Schema.is(VideoId)(name)
      ? Effect.map(videos.find(name), (video) => (Option.isSome(video) ? new VideoNotOfJob() : new UnknownVideo()))
      : Effect.succeed(new VideoNotOfJob())

  const findVideo = Effect.fnUntraced(function* (claim: Claim, name: string) {
    const { job } = yield* lease.findProcessing(claim)
    const video = yield* videoOf(job)
    if (!names(video, job, name)) return yield* Effect.flatMap(whyNot(name), Effect.fail)
    return { job, video }
  })

  return JobFiles.of({
    find: spanned("JobFiles.find")(function* (claim, name, file) {
      const { job, video } = yield* findVideo(claim, name)
      return yield* Effect.mapError(inputOf(job, video, file), () => new MissingInput())
    }),
    findTaskFile: spanned("JobFiles.findTaskFile")(function* (claim, name, filename) {
      const { job } = yield* findVideo(claim, name)
      const found = Option.flatMap(read(job), ({ content, type }) =>
        Arr.findFirst(type.taskFiles?.(content) ?? [], (file) => file.name === filename)
      )
      return yield* Effect.mapBoth(found, { onFailure: () => new UnknownTaskFile(), onSuccess: ({ key }) => key })
    })
  })
})

/** Job files over the ports. */
export const layer: Layer.Layer<JobFiles, never, JobLease | VideoStore | JobTypes> = Layer.effect(JobFiles, make)
