import { Context, DateTime, Duration, Effect, FiberSet, Layer, Option, type Scope } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { HostTransaction, type OpenTransaction } from "../../ports/HostTransaction.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { type UploadExists, UploadStore } from "../../ports/UploadStore.ts"

/** Stores files before the call that makes a video refer to them, without leaving any behind. */
export class Uploads extends Context.Tag("@runner-connector/core/Uploads")<
  Uploads,
  {
    /**
     * Records the key in the database, so that a file may be stored under it. The record ends with the call that makes
     * a video or a job refer to the file, such as `transcodeVideo` or `editVideo`. When the scope ends before, the file
     * is removed. When the process dies, upkeep of any process removes it after `uploadSilence`. In a transaction of the
     * host the record is written at once, outside of it, and the end of the scope counts after its end.
     */
    readonly hold: (key: FileKey) => Effect.Effect<void, UploadExists | PersistenceError, Scope.Scope>
    /** Holds the key, then moves a local file there. */
    readonly adopt: (
      key: FileKey,
      file: { readonly path: string; readonly contentType: string }
    ) => Effect.Effect<void, UploadExists | PersistenceError | FileStorageError, Scope.Scope>
    /** Those of the keys that this process holds: the write that refers to them must end their records. */
    readonly held: (keys: ReadonlyArray<FileKey>) => ReadonlyArray<FileKey>
    /** Removes the file if its upload has shown no sign of life since the given moment. */
    readonly sweep: (key: FileKey, before: DateTime.Utc) => Effect.Effect<void, PersistenceError | FileStorageError>
  }
>() {}

/** Removes a file that no video refers to. The record goes last: while it is there, the removal can be repeated. */
const makeDiscard = Effect.gen(function* () {
  const store = yield* UploadStore
  const storage = yield* FileStorage
  return (key: FileKey, before?: DateTime.Utc) =>
    Effect.gen(function* () {
      if (!(yield* store.abandon(key, before))) return
      yield* storage.remove(key)
      yield* store.remove(key)
      yield* Effect.logDebug("An upload without a video was removed").pipe(Effect.annotateLogs({ key }))
    })
})

const make = Effect.gen(function* () {
  const { uploadSilence } = yield* ConnectorConfig
  const store = yield* UploadStore
  const storage = yield* FileStorage
  const discard = yield* makeDiscard
  const transaction = yield* HostTransaction
  const postponed = yield* FiberSet.make<void>()
  const holding = new Set<FileKey>()

  const showLife = (key: FileKey) =>
    Effect.flatMap(DateTime.now, (now) => store.touch(key, now)).pipe(
      Effect.catchAll((error) => Effect.logDebug("The sign of life of an upload was not written", error)),
      Effect.delay(Duration.times(uploadSilence, 1 / 4)),
      Effect.forever
    )

  const letGo = (key: FileKey) =>
    Effect.suspend(() => {
      holding.delete(key)
      return Effect.catchAllCause(discard(key), (cause) =>
        Effect.logWarning("An upload could not be removed now and is left to upkeep", cause)
      )
    })

  /** Only the end of a transaction tells whether a video refers to the file. Until then its record is locked. */
  const letGoAfter = (key: FileKey, { ended, outside }: OpenTransaction) =>
    Effect.asVoid(FiberSet.run(postponed, outside(Effect.zipRight(Effect.interruptible(ended), letGo(key)))))

  const hold: Uploads["Type"]["hold"] = (key) =>
    Effect.gen(function* () {
      const open = yield* transaction
      yield* store.insert(key, yield* DateTime.now)
      holding.add(key)
      yield* Effect.addFinalizer(() =>
        Option.match(open, { onNone: () => letGo(key), onSome: (one) => letGoAfter(key, one) })
      )
      yield* Effect.forkScoped(Effect.interruptible(showLife(key)))
    }).pipe(Effect.uninterruptible)

  return Uploads.of({
    hold,
    adopt: Effect.fn("Uploads.adopt")(function* (key, { contentType, path }) {
      yield* hold(key)
      yield* storage.adopt(key, path, { contentType })
    }),
    held: (keys) => keys.filter((key) => holding.has(key)),
    sweep: discard
  })
})

/** Uploads, over the ports. */
export const layer: Layer.Layer<Uploads, never, ConnectorConfig | UploadStore | FileStorage> = Layer.scoped(
  Uploads,
  make
)
