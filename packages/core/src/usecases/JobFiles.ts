import { Context, Effect, Layer, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/RunnerJob.ts"
import type { Video } from "../domain/Video.ts"
import { FileNotFound } from "../ports/FileStorage.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import { type JobNotProcessing, type UnknownJob, UnknownVideo, VideoNotOfJob } from "./errors.ts"
import { type Claim, Holding } from "./Holding.ts"

/** Which input file is meant. */
export type InputFile = "maxQuality" | "maxQualityAudio" | "preview"

/** Which stored file a runner may download for the job that it holds. */
export class JobFiles extends Context.Tag("@runner-connector/core/JobFiles")<
  JobFiles,
  {
    /**
     * The key of the file. Always the file that the host handed in, never a rendition: a rendition made from a
     * rendition loses twice. `video` is the UUID or the small number.
     */
    readonly find: (
      claim: Claim,
      video: string,
      file: InputFile
    ) => Effect.Effect<
      FileKey,
      UnknownJob | JobNotProcessing | UnknownVideo | VideoNotOfJob | FileNotFound | PersistenceError
    >
  }
>() {}

const names = (video: Video, name: string): boolean =>
  video.id.toLowerCase() === name.toLowerCase() || String(video.number) === name

const keyOf = (video: Video, file: InputFile): Effect.Effect<FileKey, FileNotFound> => {
  if (file !== "preview") return Effect.succeed(video.sourceKey)
  return Effect.mapError(video.thumbnailKey, () => new FileNotFound({ key: video.sourceKey }))
}

const make = Effect.gen(function* () {
  const holding = yield* Holding
  const videos = yield* VideoStore

  const videoOf = (job: RunnerJob) =>
    Option.match(job.videoId, {
      onNone: () => Effect.fail(new UnknownVideo()),
      onSome: (id) =>
        Effect.flatMap(
          videos.find(id),
          Effect.mapError(() => new UnknownVideo())
        )
    })

  /** A video that exists is none of this job's business; one that does not is unknown. */
  const whyNot = (name: string) =>
    Schema.is(VideoId)(name)
      ? Effect.map(videos.find(name), (video) => (Option.isSome(video) ? new VideoNotOfJob() : new UnknownVideo()))
      : Effect.succeed(new VideoNotOfJob())

  return JobFiles.of({
    find: Effect.fn("JobFiles.find")(function* (claim, name, file) {
      const { job } = yield* holding.findProcessing(claim)
      const video = yield* videoOf(job)
      if (!names(video, name)) return yield* Effect.flatMap(whyNot(name), Effect.fail)
      return yield* keyOf(video, file)
    })
  })
})

/** The input files of jobs, over the ports. */
export const layer: Layer.Layer<JobFiles, never, Holding | VideoStore> = Layer.effect(JobFiles, make)
