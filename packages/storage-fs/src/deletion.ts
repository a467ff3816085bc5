import { lstat, rm, rmdir, unlink } from "node:fs/promises"
import { Effect } from "effect"

// The calls that @effect/platform's FileSystem lacks. Its `remove` looks first and deletes afterwards: it refuses
// an empty folder, and one that is to go with `recursive` takes along whatever was put into it in between.

const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"])
/** POSIX has systems answer EPERM to the unlinking of a folder; Linux says EISDIR. */
const PERHAPS_FOLDER: ReadonlySet<unknown> = new Set(["EISDIR", "EPERM"])

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined)

/** Removes one file, or the link itself, and never a folder. */
export const removeFile = (path: string): Effect.Effect<"removed" | "absent" | "folder", Error> =>
  Effect.tryPromise({
    try: async () => {
      try {
        await unlink(path)
        return "removed"
      } catch (error) {
        if (ABSENT.has(codeOf(error))) return "absent"
        if (PERHAPS_FOLDER.has(codeOf(error)) && (await lstat(path)).isDirectory()) return "folder"
        throw error
      }
    },
    catch: (error) => (error instanceof Error ? error : new Error(String(error)))
  })

/** How often to begin anew with a folder into which files are written while it is removed. */
const FOLDER_TRIES = 10

/** Removes a folder with all that is in it, links themselves instead of where they lead; false when it is none. */
export const removeWholeFolder = (path: string): Effect.Effect<boolean, Error> =>
  Effect.tryPromise({
    try: async () => {
      const isFolder = await lstat(path).then(
        (found) => found.isDirectory(),
        (error) => (ABSENT.has(codeOf(error)) ? false : Promise.reject(error))
      )
      if (isFolder) await rm(path, { recursive: true, force: true, maxRetries: FOLDER_TRIES, retryDelay: 1 })
      return isFolder
    },
    catch: (error) => (error instanceof Error ? error : new Error(String(error)))
  })

/** Removes the folder if it is empty at that very moment; false when it stays, for whatever reason. */
export const removeEmptyFolder = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    rmdir(path).then(
      () => true,
      () => false
    )
  )
