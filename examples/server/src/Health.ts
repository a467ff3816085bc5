import { FileKey, FileStorage, VideoStore } from "@runner-connector/core"
import { Effect } from "effect"

const anyKey = FileKey.FileKey.make("healthz")

/** Whether the database and the storage answer in time. */
export const isHealthy: Effect.Effect<boolean, never, VideoStore.VideoStore | FileStorage.FileStorage> = Effect.gen(
  function* () {
    const videos = yield* VideoStore.VideoStore
    const storage = yield* FileStorage.FileStorage
    yield* videos.list({ start: 0, count: 1 })
    yield* Effect.catchTag(storage.stat(anyKey), "FileNotFound", () => Effect.void)
    return true
  }
).pipe(
  Effect.timeout("3 seconds"),
  Effect.tapErrorCause((cause) => Effect.logWarning("Not healthy", cause)),
  Effect.orElseSucceed(() => false)
)
