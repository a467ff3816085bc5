import { Context, DateTime, Duration, Effect, FiberSet, Layer, Option, type Scope } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { Upload } from "../../domain/Upload.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { afterEnd, HostTransaction } from "../../ports/HostTransaction.ts"
import { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import {
  type UploadExists,
  UploadGone,
  type UploadRoom,
  UploadStore,
  type UploadsFull
} from "../../ports/UploadStore.ts"
import { makeDiscard, makeSweep } from "./discardUpload.ts"

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
     * Records the key for an upload of many requests, which no process holds between them. Upkeep removes the file when the
     * lifetime has passed since the last `reserve`, `prolong` or `resume`. Fails when the room does not suffice.
     */
    readonly reserve: (
      key: FileKey,
      lifetime: Duration.Duration,
      room: UploadRoom
    ) => Effect.Effect<void, UploadExists | UploadsFull | PersistenceError>
    /** Begins the lifetime of a reserved key again, unless upkeep has removed the upload. */
    readonly prolong: (key: FileKey, lifetime: Duration.Duration) => Effect.Effect<void, PersistenceError>
    /** Whether the key is recorded, and no video refers to the file. */
    readonly isAlive: (key: FileKey) => Effect.Effect<boolean, PersistenceError>
    /**
     * Holds a reserved key, as `hold` does, until the scope ends. The end of the scope removes nothing: prolong or discard
     * the upload.
     */
    readonly resume: (key: FileKey) => Effect.Effect<void, UploadGone | PersistenceError, Scope.Scope>
    /** Removes the file of a reserved key, unless a video refers to it. */
    readonly discard: (key: FileKey) => Effect.Effect<void>
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

/** True when the failed write may have taken effect, because only its answer was lost. */
const isUncertain = (error: unknown): boolean =>
  error instanceof PersistenceError && !(error.cause instanceof UploadGone)

/** The keys that this process holds. True while a write that refers to the file runs, and after it unless it had no effect. */
type HeldKeys = Map<FileKey, boolean>

const makeHandOver = (heldKeys: HeldKeys): Uploads["Type"]["handOver"] => {
  const mark = (keys: ReadonlyArray<FileKey>, mayBeReferredTo: boolean) =>
    Effect.sync(() => {
      for (const key of keys) heldKeys.set(key, mayBeReferredTo)
    })
  return (keys, write) =>
    Effect.suspend(() => {
      const held = keys.filter((key) => heldKeys.has(key))
      return Effect.zipRight(mark(held, true), write(held)).pipe(
        Effect.tapError((error) => (isUncertain(error) ? Effect.void : mark(held, false)))
      )
    })
}

/**
 * Uploads that end within a transaction of the host are released after it. Only then it is known whether a video refers
 * to the file, and until then the record is locked.
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

/** Writes signs of life until it is interrupted. */
const makeShowLife = Effect.gen(function* () {
  const { uploadSilence } = yield* ConnectorConfig
  const store = yield* UploadStore
  return (key: FileKey) =>
    Effect.flatMap(DateTime.now, (now) => store.touch(key, now)).pipe(
      Effect.catchAll((error) => Effect.logDebug("The sign of life of an upload was not written", error)),
      Effect.delay(Duration.times(uploadSilence, 1 / 4)),
      Effect.forever
    )
})

/** Holds keys while scopes are open, and shows the life of their uploads. */
const makeHolds = Effect.fnUntraced(function* (heldKeys: HeldKeys) {
  const showLife = yield* makeShowLife
  const store = yield* UploadStore
  const discard = yield* makeDiscard
  const afterTransaction = yield* makeAfterTransaction

  const letGo = (key: FileKey) =>
    Effect.suspend(() => {
      const isReferredTo = heldKeys.get(key) === true
      return heldKeys.delete(key) ? discard(key, isReferredTo) : Effect.void
    })

  /** Shows life, and lets `handOver` find the key, until the scope ends. */
  const keep = (key: FileKey, end: Effect.Effect<void>) =>
    Effect.gen(function* () {
      heldKeys.set(key, false)
      yield* Effect.addFinalizer(() => end)
      yield* Effect.forkScoped(Effect.interruptible(showLife(key)))
    })

  const hold: Uploads["Type"]["hold"] = (key) =>
    Effect.gen(function* () {
      const ended = yield* afterTransaction
      yield* store.insert(key, yield* DateTime.now)
      yield* keep(key, ended(letGo(key)))
    }).pipe(Effect.uninterruptible)

  const resume: Uploads["Type"]["resume"] = (key) =>
    Effect.gen(function* () {
      if (!(yield* store.isAlive(key))) return yield* new UploadGone({ key })
      yield* keep(
        key,
        Effect.sync(() => void heldKeys.delete(key))
      )
    }).pipe(Effect.uninterruptible)

  return { hold, resume }
})

type Reservations = Pick<Uploads["Type"], "reserve" | "prolong" | "isAlive" | "discard">

/** Keeps uploads that no process holds. */
const makeReservations: Effect.Effect<Reservations, never, ConnectorConfig | UploadStore | FileStorage> = Effect.gen(
  function* () {
    const { uploadSilence } = yield* ConnectorConfig
    const store = yield* UploadStore
    const discard = yield* makeDiscard
    /** The last sign of life that lets upkeep see silence when the lifetime has passed. */
    const until = (lifetime: Duration.Duration) =>
      Effect.map(DateTime.now, (now) => DateTime.addDuration(now, Duration.subtract(lifetime, uploadSilence)))
    return {
      reserve: (key, lifetime, room) => Effect.flatMap(until(lifetime), (at) => store.insertInto(room, key, at)),
      prolong: (key, lifetime) => Effect.flatMap(until(lifetime), (moment) => store.touch(key, moment)),
      isAlive: store.isAlive,
      discard: (key) => discard(key, true)
    }
  }
)

const make = Effect.gen(function* () {
  const storage = yield* FileStorage
  const heldKeys: HeldKeys = new Map()
  const { hold, resume } = yield* makeHolds(heldKeys)
  return Uploads.of({
    hold,
    resume,
    ...(yield* makeReservations),
    adopt: spanned("Uploads.adopt")(function* (key, { contentType, path }) {
      yield* hold(key)
      yield* storage.adopt(key, path, { contentType })
    }),
    handOver: makeHandOver(heldKeys),
    sweep: yield* makeSweep
  })
})

/** Uploads, over the ports. */
export const layer: Layer.Layer<Uploads, never, ConnectorConfig | UploadStore | FileStorage> = Layer.scoped(
  Uploads,
  make
)
