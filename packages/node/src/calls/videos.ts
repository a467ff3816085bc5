import { MediaReports, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { UnknownVideo } from "../errors/index.ts"
import type { Video, VideoReports } from "../model.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { CallOptions, Engine } from "../runtime/Engine.ts"
import { videoId } from "./ids.ts"
import { type Page, type PageOptions, pageOf } from "./pages.ts"

/** The videos. */
export interface Videos {
  /** The video as it is now. Undefined when there is none with this id. */
  readonly get: (id: string, options?: CallOptions) => Promise<Video | undefined>
  /** What ffprobe reports of the source and of each rendition. */
  readonly reports: (id: string, options?: CallOptions) => Promise<VideoReports>
  /** Newest first. */
  readonly list: (page?: PageOptions, options?: CallOptions) => Promise<Page<Video>>
}

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
