import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect } from "effect"
import { codeOf } from "./errors.ts"

/** Errors of systems that cannot sync this kind of entry, such as folders on Windows. */
const NOT_SYNCABLE: ReadonlySet<unknown> = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP"])

/**
 * Writes a file, or the names in a folder, from the system's caches to the disk. Does nothing where the system cannot do
 * that, or when the folder has been removed.
 */
export const syncPath = (fs: FileSystem.FileSystem, path: string): Effect.Effect<void, PlatformError> =>
  Effect.scoped(Effect.flatMap(fs.open(path, { flag: "r" }), (file) => file.sync)).pipe(
    Effect.uninterruptible,
    Effect.catchIf(
      (error) => error._tag === "SystemError" && (error.reason === "NotFound" || NOT_SYNCABLE.has(codeOf(error))),
      () => Effect.void
    )
  )
