import type { PlatformError } from "@effect/platform/Error"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Schema } from "effect"

/** The folder cannot be created, entered or written to. */
export class UnusableRoot extends Schema.TaggedError<UnusableRoot>()("UnusableRoot", {
  root: Schema.String,
  cause: Schema.Defect
}) {
  override get message(): string {
    const cause = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `The folder ${this.root} cannot be used as a storage: ${cause}`
  }
}

/** The key leads to a forbidden place. The cause of a `FileStorageError`. */
export class KeyRefused extends Schema.TaggedError<KeyRefused>()("KeyRefused", {
  key: FileKey.FileKey,
  /** `reserved`: the folder of unfinished files. `outside`: a symbolic link leads out of the root. */
  reason: Schema.Literal("reserved", "outside")
}) {
  override get message(): string {
    return `The key ${this.key} is refused (${this.reason})`
  }
}

/** The system's own error code, such as `EXDEV`. */
export const codeOf = (error: { readonly cause?: unknown }): unknown =>
  typeof error.cause === "object" && error.cause !== null && "code" in error.cause ? error.cause.code : undefined

export const isNotFound = (error: PlatformError | KeyRefused): boolean =>
  error._tag === "SystemError" && error.reason === "NotFound"

/** No file can exist there: no entry, a file instead of a parent folder, or a name that is too long. */
export const isAbsent = (error: PlatformError | KeyRefused): boolean =>
  error._tag === "SystemError" &&
  (error.reason === "NotFound" || error.reason === "BadResource" || codeOf(error) === "ENAMETOOLONG")

/** Converts an error of the file system to the port's error. */
export const failed =
  (operation: FileStorage.FileStorageError["operation"], key: FileKey.FileKey) =>
  (cause: unknown): FileStorage.FileStorageError =>
    new FileStorage.FileStorageError({ operation, key, cause })
