import { FileSystem, Path } from "@effect/platform"
import { Clock, Duration, Effect, type Option, Schedule, type Scope } from "effect"
import { WorkDirectoryError } from "./errors.ts"
import type { Download } from "./jobs/JobType.ts"
import { randomUuid } from "./random.ts"

/** How long a file is kept after its last use. It may be kept for twice as long. */
const KEEP = Duration.minutes(1)

/** A kept file. */
export interface Kept extends Download {
  /** The strong entity tag under which the server sent it. */
  readonly etag: string
}

/**
 * Files of jobs that are kept for other jobs, by the resource they were downloaded from. Each is a hard link, which costs no
 * space while a job has the same file.
 */
export interface SourceShelf {
  readonly find: (resource: string) => Kept | undefined
  /** Keeps the file of a job in place of the one of this resource. Keeps nothing where the file system has no hard links. */
  readonly keep: (resource: string, file: Kept) => Effect.Effect<void>
  /** Gives a job the kept file under a new path. None if it is not kept any more. */
  readonly take: (resource: string, kept: Kept, path: string) => Effect.Effect<Option.Option<Download>>
}

type Files = FileSystem.FileSystem | Path.Path

/** An empty folder below the work directory. It is removed with its content at the end, and after a crash at the next start. */
const temporaryFolder = (workDirectory: string): Effect.Effect<string, WorkDirectoryError, Files | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = (yield* Path.Path).join(workDirectory, "sources")
    const remove = fs.remove(folder, { recursive: true, force: true })
    yield* Effect.addFinalizer(() => Effect.ignoreLogged(remove))
    yield* remove
    yield* fs.makeDirectory(folder, { mode: 0o700 })
    return folder
  }).pipe(Effect.mapError((cause) => new WorkDirectoryError({ directory: workDirectory, cause })))

/** Files by their resource, the one whose last use is longest ago first. Dropped ones are removed. */
const makeRecent = (remove: (kept: Kept) => Effect.Effect<void>) => {
  const recent = new Map<string, { readonly kept: Kept; readonly usedAt: number }>()
  const dropWhere = (isDoomed: (resource: string, usedAt: number, index: number) => boolean) =>
    Effect.suspend(() => {
      const doomed = [...recent].filter(([resource, { usedAt }], index) => isDoomed(resource, usedAt, index))
      for (const [resource] of doomed) recent.delete(resource)
      return Effect.forEach(doomed, ([, { kept }]) => remove(kept), { discard: true })
    })
  const use = (resource: string, kept: Kept) =>
    Effect.map(Clock.currentTimeMillis, (usedAt) => {
      recent.delete(resource)
      recent.set(resource, { kept, usedAt })
    })
  return { find: (resource: string) => recent.get(resource)?.kept, size: () => recent.size, dropWhere, use }
}

/** Keeps at most `count` files in a folder of the work directory, until a minute or two after their last use. */
export const make = (
  workDirectory: string,
  count: number
): Effect.Effect<SourceShelf, WorkDirectoryError, Files | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* temporaryFolder(workDirectory)
    const recent = makeRecent((kept) => Effect.ignoreLogged(fs.remove(kept.path, { force: true })))
    const expire = Effect.flatMap(Clock.currentTimeMillis, (now) =>
      recent.dropWhere((_, usedAt) => now - usedAt >= Duration.toMillis(KEEP))
    )
    yield* Effect.forkScoped(Effect.schedule(expire, Schedule.spaced(KEEP)))
    return {
      find: recent.find,
      keep: (resource, file) =>
        Effect.gen(function* () {
          const link = path.join(folder, yield* randomUuid)
          yield* fs.link(file.path, link)
          yield* recent.dropWhere((other) => other === resource)
          yield* recent.use(resource, { ...file, path: link })
          yield* recent.dropWhere((_resource, _usedAt, index) => index < recent.size() - count)
        }).pipe(
          Effect.uninterruptible,
          Effect.catchAll((error) => Effect.logDebug("A source cannot be kept", error.message))
        ),
      take: (resource, kept, to) =>
        Effect.gen(function* () {
          yield* fs.remove(to, { force: true })
          yield* fs.link(kept.path, to)
          if (recent.find(resource) === kept) yield* recent.use(resource, kept)
          return { path: to, content: kept.content }
        }).pipe(Effect.option)
    }
  })
