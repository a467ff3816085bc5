import type { Errors, Persistence, Video } from "@runner-connector/core"
import { Effect, type Option } from "effect"
import { Reception } from "../http/Reception.ts"
import { documents, type ReadingNeeds } from "./readVideos.ts"
import type { VideoDocument } from "./VideoDocument.ts"

interface Sender {
  readonly request: Request
  readonly ip: Option.Option<string>
}

type Failure = Errors.InvalidRequest | Persistence.PersistenceError

/** Reads documents of videos for the sender of a request. Administrators see messages of runners. */
export interface Reader {
  readonly all: (
    sender: Sender,
    videos: ReadonlyArray<Video.Video>
  ) => Effect.Effect<ReadonlyArray<VideoDocument>, Failure>
  readonly one: (sender: Sender, video: Video.Video) => Effect.Effect<VideoDocument, Failure>
}

/** Reads over the use cases. */
export const makeReader: Effect.Effect<Reader, never, Reception | ReadingNeeds> = Effect.gen(function* () {
  const { admins } = yield* Reception
  const context = yield* Effect.context<ReadingNeeds>()
  const all: Reader["all"] = ({ ip, request }, videos) =>
    // A wrong token is no error here: where videos are open, everybody reads them.
    Effect.flatMap(Effect.isSuccess(admins.check(request, ip)), (showsLogs) =>
      Effect.provide(documents(videos, showsLogs), context)
    )
  return {
    all,
    one: (sender, video) =>
      Effect.flatMap(all(sender, [video]), ([document]) => Effect.orDie(Effect.fromNullable(document)))
  }
})
