import {
  DisplayText,
  Errors,
  FileKey,
  HostData,
  MediaReports,
  type RunnerJob,
  Scheduling,
  VideoAdmin,
  VideoStore
} from "@runner-connector/core"
import { Duration, Effect, Option, Schema } from "effect"
import type { UrlOptions, Videos } from "../api/Videos.ts"
import { UnknownVideo } from "../errors/index.ts"
import { requirePlayback } from "../http/playing.ts"
import { plainJob } from "../plain/plainJob.ts"
import { plainVideo } from "../plain/plainVideo.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { decoded } from "./decoded.ts"
import { videoFilter } from "./filters.ts"
import { videoId } from "./ids.ts"

const durationOf = (
  given: number | string | undefined
): Effect.Effect<Duration.Duration | undefined, Errors.InvalidRequest> =>
  given === undefined
    ? Effect.succeed(undefined)
    : Effect.mapError(
        Duration.decodeUnknown(given),
        () => new Errors.InvalidRequest({ detail: "expiresIn: expected milliseconds, or a duration such as 6 hours" })
      )

const urlsOf = (id: string, { claims, expiresIn }: Omit<UrlOptions, "signal">) =>
  Effect.gen(function* () {
    const web = yield* requirePlayback("videos.urls")
    const found = yield* Effect.flatMap(VideoStore.VideoStore, ({ find }) => Effect.flatMap(videoId(id), find))
    const video = yield* Effect.mapError(found, () => new UnknownVideo({ message: "Unknown video" }))
    const { master, of } = yield* web.urls(video, { claims, expiresIn: yield* durationOf(expiresIn) })
    return { master, of: (key: string) => of(FileKey.FileKey.make(key)) }
  })

const Change = Schema.Struct({
  title: Schema.optional(Schema.NullOr(DisplayText.DisplayText)),
  metadata: Schema.optional(HostData.GivenMetadata),
  priority: Schema.optional(Scheduling.PriorityNumber)
})

const update = (id: string, given: unknown) =>
  Effect.gen(function* () {
    const { metadata, priority, title } = yield* decoded(Change, given)
    const { change } = yield* VideoAdmin.VideoAdmin
    const changed = yield* change(yield* videoId(id), {
      ...(title === undefined ? {} : { title: Option.fromNullable(title) }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(priority === undefined ? {} : { priority })
    })
    return plainVideo(changed)
  })

const cancelJobs = Effect.serviceFunctionEffect(VideoAdmin.VideoAdmin, (admin) => admin.cancelJobs)
const retryJobs = Effect.serviceFunctionEffect(VideoAdmin.VideoAdmin, (admin) => admin.retryJobs)
const plainJobs = (jobs: ReadonlyArray<RunnerJob.RunnerJob>) => jobs.map(plainJob)

export const videos = ({ run }: Engine): Videos => ({
  get: (id, options) =>
    run(
      videoId(id).pipe(
        Effect.flatMap((known) => Effect.flatMap(VideoStore.VideoStore, ({ find }) => find(known))),
        Effect.map((found) => Option.getOrUndefined(Option.map(found, plainVideo))),
        Effect.catchIf(
          (error) => error instanceof UnknownVideo,
          () => Effect.succeed(undefined)
        )
      ),
      options
    ),
  update: (id, change, options) => run(update(id, change), options),
  reports: (id, options) =>
    run(
      Effect.gen(function* () {
        const { reportsOf } = yield* MediaReports.MediaReports
        return toPlain(yield* reportsOf(yield* videoId(id)))
      }),
      options
    ),
  urls: (id, { signal, ...options } = {}) => run(urlsOf(id, options), { signal }),
  cancelJobs: (id, options) => run(Effect.map(Effect.flatMap(videoId(id), cancelJobs), plainJobs), options),
  retryJobs: (id, options) => run(Effect.map(Effect.flatMap(videoId(id), retryJobs), plainJobs), options),
  list: (filter = {}, options) =>
    run(
      Effect.gen(function* () {
        const { list } = yield* VideoStore.VideoStore
        const { data, total } = yield* list(yield* videoFilter(filter))
        return { total, data: data.map(plainVideo) }
      }),
      options
    )
})
