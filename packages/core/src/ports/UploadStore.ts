import { Context, type DateTime, type Effect, Schema } from "effect"
import { FileKey } from "../domain/FileKey.ts"
import type { Upload } from "../domain/Upload.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/** Another upload under this key has not ended. */
export class UploadExists extends Schema.TaggedError<UploadExists>()("UploadExists", { key: FileKey }) {
  override get message(): string {
    return `Another upload to ${this.key} has not ended: use another key`
  }
}

/**
 * The file was, or is being, removed because its upload showed no sign of life for too long. The cause of the
 * `PersistenceError` of a write that was to refer to the file.
 */
export class UploadGone extends Schema.TaggedError<UploadGone>()("UploadGone", { key: FileKey }) {
  override get message(): string {
    return `The file ${this.key} was removed because its upload showed no sign of life: upload it again`
  }
}

/** The limit of unfinished uploads is reached. */
export class UploadsFull extends Schema.TaggedError<UploadsFull>()("UploadsFull", {}) {
  override get message(): string {
    return "Too many uploads are unfinished: finish or cancel some, or try again later"
  }
}

/** Room for an upload whose file is stored in many requests. */
export interface UploadRoom {
  /** Bytes that the file will have. */
  readonly size: number
  /** The most uploads with a size that may be recorded, with this one. */
  readonly maxCount: number
  /** The most bytes that they may have together. */
  readonly maxSize: number
}

/** A request of a process for exclusive write access to the file. */
export interface UploadLock {
  /** The same for each call of one lock, and for no other lock. */
  readonly owner: string
  readonly at: DateTime.Utc
  /** The end of the lock, unless its owner calls again before. */
  readonly until: DateTime.Utc
}

/** `wanted`: the caller has the lock, and another one waits for it. `taken`: another one has it. */
export type LockState = "held" | "wanted" | "taken"

/**
 * Keeps the records of files that are being stored. `VideoStore.insert` and `VideoStore.save` end records: whether a
 * record is there tells whether such a write took effect, even when its answer was lost.
 */
export class UploadStore extends Context.Tag("@runner-connector/core/UploadStore")<
  UploadStore,
  {
    /** Records that a file is about to be stored under the key. */
    readonly insert: (key: FileKey, at: DateTime.Utc) => Effect.Effect<void, UploadExists | PersistenceError>

    /** Does the same when there is room for the file. Abandoned records need none. */
    readonly insertInto: (
      room: UploadRoom,
      key: FileKey,
      at: DateTime.Utc
    ) => Effect.Effect<void, UploadExists | UploadsFull | PersistenceError>

    /**
     * Takes or renews the lock of a record, or marks the lock of another owner as wanted. Gives it up when `until` is not
     * after `at`. A missing record is `held`: nothing is written for it any more.
     */
    readonly lock: (key: FileKey, lock: UploadLock) => Effect.Effect<LockState, PersistenceError>

    /** Whether there is a record that is not abandoned. */
    readonly isAlive: (key: FileKey) => Effect.Effect<boolean, PersistenceError>

    /** Moves `updatedAt` of the record, unless it is abandoned or gone. A moment in the future keeps it until then. */
    readonly touch: (key: FileKey, at: DateTime.Utc) => Effect.Effect<void, PersistenceError>

    /**
     * Marks the record as abandoned and moves its `updatedAt` to the given moment; with `before` only when its last sign
     * of life is older. A record that is abandoned already stays as it is. True when the record is abandoned afterwards.
     * False when it is alive or gone.
     */
    readonly abandon: (
      key: FileKey,
      at: DateTime.Utc,
      before?: DateTime.Utc
    ) => Effect.Effect<boolean, PersistenceError>

    /** Removes the record of an abandoned file, after the file. Removing what is not there is no error. */
    readonly remove: (key: FileKey) => Effect.Effect<void, PersistenceError>

    /** Records without a sign of life since the given moment, oldest first; at most 100. */
    readonly listSilent: (before: DateTime.Utc) => Effect.Effect<ReadonlyArray<Upload>, PersistenceError>
  }
>() {}
