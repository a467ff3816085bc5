import { Effect, Option } from "effect"
import type { Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"

/** Returns the video with this external id. Makes one when there is none, or no id. */
export type UnlessKnown = <E, R>(
  externalId: Option.Option<string>,
  make: Effect.Effect<Video, E, R>
) => Effect.Effect<Video, E | PersistenceError, R>

/** The lookup over the ports. */
export const makeUnlessKnown: Effect.Effect<UnlessKnown, never, VideoStore> = Effect.map(
  VideoStore,
  ({ findBy }): UnlessKnown =>
    (externalId, make) =>
      Effect.flatMap(
        Effect.transposeMapOption(externalId, (id) => findBy({ externalId: id })),
        (found) => Option.match(Option.flatten(found), { onNone: () => make, onSome: Effect.succeed })
      )
)
