import { Errors, HostData, Ids, type Persistence, Scheduling, type Video, VideoStore } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"

/** The path parameter of all routes about one video. */
export const VideoParams: Schema.Struct<{ uuid: typeof Ids.VideoId }> = Schema.Struct({ uuid: Ids.VideoId })

/** How urgent a video or a job is, in a request. */
export type GivenPriority = "high" | "normal" | "low" | number

/** `high` (1), `normal` (0), `low` (-1), or a number from -10 to 10. Higher runs first. */
export const PriorityField: Schema.Schema<number, GivenPriority> = Scheduling.PriorityNumber

/** The host's id and facts in a JSON body. */
export const HostFields = Schema.Struct({
  externalId: Schema.optional(HostData.ExternalId),
  metadata: Schema.optional(HostData.GivenMetadata.annotations({ jsonSchema: { type: "object" } }))
})

/** The ids of a new video in an answer. */
export const videoIds = ({ id, number }: Video.Video) => ({ id: number, uuid: id })

type Found = Effect.Effect<Video.Video, Errors.UnknownVideo | Persistence.PersistenceError>

/** Finds the video that a path names, and the video of a job. */
export const makeFindVideo: Effect.Effect<
  {
    readonly byId: (id: Ids.VideoId) => Found
    /** Fails when the video was removed after the job was added. */
    readonly ofJob: (job: { readonly videoId: Option.Option<Ids.VideoId> }) => Found
  },
  never,
  VideoStore.VideoStore
> = Effect.map(VideoStore.VideoStore, ({ find }) => {
  const byId = (id: Ids.VideoId) =>
    Effect.flatMap(
      find(id),
      Effect.mapError(() => new Errors.UnknownVideo())
    )
  return {
    byId,
    ofJob: ({ videoId }) =>
      Option.match(videoId, { onNone: () => Effect.fail(new Errors.UnknownVideo()), onSome: byId })
  }
})
