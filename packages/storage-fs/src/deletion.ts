import { lstat, rm, rmdir, unlink } from "node:fs/promises"
import { Effect } from "effect"

// Calls that @effect/platform's FileSystem lacks. Its `remove` checks first and deletes afterwards. It refuses an empty
// folder, and with `recursive` it deletes files that were added in between.

const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"])
/** Errors for unlinking a folder: EPERM by POSIX, EISDIR on Linux. */
const PERHAPS_FOLDER: ReadonlySet<unknown> = new Set(["EISDIR", "EPERM"])

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined)

/** Removes one file or link, never a folder. */
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

/** Retries for a folder that receives files while it is removed. */
const FOLDER_TRIES = 10

/** Removes a folder and its content. Links are removed, not followed. False when it is no folder. */
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

/** Removes the folder if it is empty. False when it stays for any reason. */
export const removeEmptyFolder = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    rmdir(path).then(
      () => true,
      () => false
    )
  )
