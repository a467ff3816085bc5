import { MediaReports, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { Videos } from "../api/Videos.ts"
import { UnknownVideo } from "../errors/index.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { videoId } from "./ids.ts"
import { pageOf } from "./pages.ts"

export const videos = ({ run }: Engine): Videos => ({
  get: (id, options) =>
    run(
      videoId(id).pipe(
        Effect.flatMap((known) => Effect.flatMap(VideoStore.VideoStore, ({ find }) => find(known))),
        Effect.map((found) => toPlain(Option.getOrUndefined(found))),
        Effect.catchIf(
          (error) => error instanceof UnknownVideo,
          () => Effect.succeed(undefined)
        )
      ),
      options
    ),
  reports: (id, options) =>
    run(
      Effect.gen(function* () {
        const { reportsOf } = yield* MediaReports.MediaReports
        return toPlain(yield* reportsOf(yield* videoId(id)))
      }),
      options
    ),
  list: (page, options) =>
    run(
      Effect.gen(function* () {
        const { list } = yield* VideoStore.VideoStore
        return toPlain(yield* list(yield* pageOf(page)))
      }),
      options
    )
})
