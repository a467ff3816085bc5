import { FileKey, FileStorage, VideoStore } from "@runner-connector/core"
import { uploadsFolder } from "@runner-connector/protocol"
import { Context, Effect, Layer, Stream } from "effect"
import { Shutdown } from "./Shutdown.ts"

/** A file that is written to check the storage. Files of this folder are not served. */
const key = FileKey.FileKey.make(`${uploadsFolder}/readyz`)

/** Checks of load balancers write this file at most this often. */
const CHECK_INTERVAL = "2 seconds"

/** Tells load balancers whether to send requests to this process. */
export class Health extends Context.Tag("@runner-connector/example-server/Health")<
  Health,
  {
    /** Whether the database answers, the storage can be written, and the server does not shut down. */
    readonly isReady: Effect.Effect<boolean>
  }
>() {}

export const layer: Layer.Layer<Health, never, VideoStore.VideoStore | FileStorage.FileStorage | Shutdown> =
  Layer.effect(
    Health,
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const storage = yield* FileStorage.FileStorage
      const { hasBegun } = yield* Shutdown
      const works = yield* Effect.all([
        videos.list({ start: 0, count: 1 }),
        Effect.zipRight(storage.write(key, Stream.make(new TextEncoder().encode("ready"))), storage.remove(key))
      ]).pipe(
        Effect.as(true),
        // A storage may not let a write be interrupted.
        Effect.disconnect,
        Effect.timeout("3 seconds"),
        Effect.tapErrorCause((cause) => Effect.logWarning("Not ready for requests", cause)),
        Effect.catchAllCause(() => Effect.succeed(false)),
        Effect.cachedWithTTL(CHECK_INTERVAL)
      )
      return { isReady: Effect.flatMap(hasBegun, (begun) => (begun ? Effect.succeed(false) : works)) }
    })
  )
