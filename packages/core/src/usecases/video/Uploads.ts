import { Context, DateTime, Duration, Effect, FiberSet, Layer, Option, type Scope } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { Upload } from "../../domain/Upload.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { afterEnd, HostTransaction } from "../../ports/HostTransaction.ts"
import { PersistenceError } from "../../ports/PersistenceError.ts"
import { type UploadExists, UploadGone, UploadStore } from "../../ports/UploadStore.ts"

/** Stores files before the call that makes a video refer to them, without leaving any behind. */
export class Uploads extends Context.Tag("@runner-connector/core/Uploads")<
  Uploads,
  {
    /**
     * Records the key in the database, so that a file may be stored under it. No file may ever have had this key. The
     * record ends with the call that makes a video or a job refer to the file, such as `transcodeVideo` or `editVideo`.
     * When the scope ends before, the file is removed. When the process dies, upkeep of any process removes it after
     * `uploadSilence`. In both cases upkeep removes it once more after another `uploadSilence`, because a late write may
     * have stored it again. In a transaction of the host the record is written at once, outside of it, and the end of the
     * scope counts after its end.
     */
    readonly hold: (key: FileKey) => Effect.Effect<void, UploadExists | PersistenceError, Scope.Scope>
    /** Holds the key, then moves a local file there. */
    readonly adopt: (
      key: FileKey,
      file: { readonly path: string; readonly contentType: string }
    ) => Effect.Effect<void, UploadExists | PersistenceError | FileStorageError, Scope.Scope>
    /**
     * Runs the write that makes a video or a job refer to the files. The write gets those of the keys that this process
     * holds, and must end their records.
     */
    readonly handOver: <A, E, R>(
      keys: ReadonlyArray<FileKey>,
      write: (held: ReadonlyArray<FileKey>) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E, R>
    /** Removes the file of a listed upload, unless the upload has shown a sign of life since the given moment. */
    readonly sweep: (upload: Upload, before: DateTime.Utc) => Effect.Effect<void, PersistenceError | FileStorageError>
  }
>() {}

/**
 * Removes the file of a silent upload. An abandoned record stays for another period: its process may still live and store
 * the file late, and a storage may finish a request whose answer was lost. The record goes after the last removal.
 */
const makeSweep = Effect.gen(function* () {
  const store = yield* UploadStore
  const storage = yield* FileStorage
  return ({ abandoned, key }: Upload, before: DateTime.Utc) =>
    Effect.gen(function* () {
      if (!(yield* store.abandon(key, yield* DateTime.now, before))) return
      yield* storage.remove(key)
      if (abandoned) return yield* store.remove(key)
      yield* Effect.logDebug("An upload without a video was removed").pipe(Effect.annotateLogs({ key }))
    })
})

/**
 * Removes the file of an upload that ends in this process. A missing record has two causes. A write that refers to the
 * file may have ended it. Without such a write, upkeep removed the file and the record while this process was silent.
 */
const makeDiscard = Effect.gen(function* () {
  const store = yield* UploadStore
  const storage = yield* FileStorage
  return (key: FileKey, mayBeReferredTo: boolean) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const isAbandoned = yield* store.abandon(key, now)
      if (!isAbandoned && mayBeReferredTo) return
      if (!isAbandoned) {
        yield* Effect.catchTag(store.insert(key, now), "UploadExists", () => Effect.void)
        yield* store.abandon(key, now)
      }
      yield* storage.remove(key)
      yield* Effect.logDebug("An upload without a video was removed").pipe(Effect.annotateLogs({ key }))
    }).pipe(
      Effect.catchAllCause((cause) =>
        Effect.logWarning("An upload could not be removed now and is left to upkeep", cause)
      )
    )
})

/** True when the failed write may have taken effect, because only its answer was lost. */
const isUncertain = (error: unknown): boolean =>
  error instanceof PersistenceError && !(error.cause instanceof UploadGone)

/**
 * The keys that this process holds. True while a write that refers to the file runs, and after it
 * unless it took no effect.
 */
type Holding = Map<FileKey, boolean>

const makeHandOver = (holding: Holding): Uploads["Type"]["handOver"] => {
  const mark = (keys: ReadonlyArray<FileKey>, mayBeReferredTo: boolean) =>
    Effect.sync(() => {
      for (const key of keys) holding.set(key, mayBeReferredTo)
    })
  return (keys, write) =>
    Effect.suspend(() => {
      const held = keys.filter((key) => holding.has(key))
      return Effect.zipRight(mark(held, true), write(held)).pipe(
        Effect.tapError((error) => (isUncertain(error) ? Effect.void : mark(held, false)))
      )
    })
}

/**
 * Whatever ends within a transaction of the host, ends after it. Only then it is known whether a video refers to the file,
 * and until then the record is locked.
 */
const makeAfterTransaction = Effect.gen(function* () {
  const transaction = yield* HostTransaction
  const postponed = yield* FiberSet.make<void>()
  return Effect.map(
    transaction,
    Option.match({
      onNone: () => (end: Effect.Effect<void>) => end,
      onSome: (open) => (end: Effect.Effect<void>) => afterEnd(postponed, open, end)
    })
  )
})

const make = Effect.gen(function* () {
  const { uploadSilence } = yield* ConnectorConfig
  const store = yield* UploadStore
  const storage = yield* FileStorage
  const discard = yield* makeDiscard
  const afterTransaction = yield* makeAfterTransaction
  const holding: Holding = new Map()

  const showLife = (key: FileKey) =>
    Effect.flatMap(DateTime.now, (now) => store.touch(key, now)).pipe(
      Effect.catchAll((error) => Effect.logDebug("The sign of life of an upload was not written", error)),
      Effect.delay(Duration.times(uploadSilence, 1 / 4)),
      Effect.forever
    )

  const letGo = (key: FileKey) =>
    Effect.suspend(() => {
      const isReferredTo = holding.get(key) === true
      return holding.delete(key) ? discard(key, isReferredTo) : Effect.void
    })

  const hold: Uploads["Type"]["hold"] = (key) =>
    Effect.gen(function* () {
      const ended = yield* afterTransaction
      yield* store.insert(key, yield* DateTime.now)
      holding.set(key, false)
      yield* Effect.addFinalizer(() => ended(letGo(key)))
      yield* Effect.forkScoped(Effect.interruptible(showLife(key)))
    }).pipe(Effect.uninterruptible)

  return Uploads.of({
    hold,
    adopt: Effect.fn("Uploads.adopt")(function* (key, { contentType, path }) {
      yield* hold(key)
      yield* storage.adopt(key, path, { contentType })
    }),
    handOver: makeHandOver(holding),
    sweep: yield* makeSweep
  })
})

/** Uploads, over the ports. */
export const layer: Layer.Layer<Uploads, never, ConnectorConfig | UploadStore | FileStorage> = Layer.scoped(
  Uploads,
  make
)
