import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect } from "effect"
import { codeOf } from "./errors.ts"

/** Codes of systems that cannot open this kind of file for syncing, such as folders on Windows. */
const NOT_SYNCABLE: ReadonlySet<unknown> = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP"])

/**
 * Syncs a file, or the names in a folder, to the disk. Does nothing where that is unsupported, or when the folder was
 * removed meanwhile.
 */
export const syncPath = (fs: FileSystem.FileSystem, path: string): Effect.Effect<void, PlatformError> =>
  Effect.scoped(Effect.flatMap(fs.open(path, { flag: "r" }), (file) => file.sync)).pipe(
    Effect.uninterruptible,
    Effect.catchIf(
      (error) => error._tag === "SystemError" && (error.reason === "NotFound" || NOT_SYNCABLE.has(codeOf(error))),
      () => Effect.void
    )
  )
