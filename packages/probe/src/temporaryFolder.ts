import { lstat, mkdtemp, readdir, rm, utimes } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { FfmpegError } from "@runner-connector/ffmpeg"
import { Clock, Duration, Effect, Layer, Schedule, type Scope } from "effect"

type Purpose = "frame" | "remux" | "cut"

const prefixOf = (purpose: Purpose): string => `runner-connector-${purpose}-`
const prefixes = (["frame", "remux", "cut"] as const).map(prefixOf)

const SIGN_OF_LIFE = Duration.minutes(1)
const SWEEP = Duration.minutes(10)
/** A folder without a sign of life for this time belongs to a killed process. */
const ABANDONED = Duration.hours(1)

/** Moves the time of the folder regularly, by the clock of the file system, which may differ from that of the server. */
const showLife = (folder: string) =>
  Effect.gen(function* () {
    const { mtimeMs } = yield* Effect.promise(() => lstat(folder))
    const difference = mtimeMs - (yield* Clock.currentTimeMillis)
    const touch = Effect.flatMap(Clock.currentTimeMillis, (millis) => {
      const now = new Date(millis + difference)
      return Effect.ignore(Effect.tryPromise(() => utimes(folder, now, now)))
    })
    yield* Effect.forkScoped(Effect.schedule(touch, Schedule.spaced(SIGN_OF_LIFE)))
  })

/** The time of the file system: that of a new folder. */
const fileTime = (parent: string) =>
  Effect.acquireUseRelease(
    Effect.tryPromise(() => mkdtemp(join(parent, prefixOf("frame")))),
    (folder) => Effect.promise(() => lstat(folder)),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  ).pipe(Effect.map(({ mtimeMs }) => mtimeMs))

/**
 * A folder for the output of a program, deleted with the scope. Its name starts with `runner-connector-`. Its time moves
 * every minute, so that no process takes it for abandoned.
 */
export const temporaryFolder = (
  purpose: Purpose,
  parent: string = tmpdir()
): Effect.Effect<string, FfmpegError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => mkdtemp(join(parent, prefixOf(purpose))),
      catch: (cause) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  ).pipe(Effect.tap(showLife))

/** Removes the folders that killed processes have left. A folder of another user stays. */
export const sweepTemporaryFolders = (parent: string = tmpdir()): Effect.Effect<void> =>
  Effect.gen(function* () {
    const oldest = (yield* fileTime(parent)) - Duration.toMillis(ABANDONED)
    const names = yield* Effect.tryPromise(() => readdir(parent))
    const folders = names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
    const sweepOne = (folder: string) =>
      Effect.tryPromise(async () => {
        const found = await lstat(folder)
        if (found.isDirectory() && found.mtimeMs < oldest) await rm(folder, { recursive: true, force: true })
      })
    yield* Effect.forEach(folders, (name) => Effect.ignore(sweepOne(join(parent, name))), { discard: true })
  }).pipe(Effect.catchAll((error) => Effect.logDebug("Cannot look for abandoned temporary folders", error)))

/** Sweeps at once and regularly. One value, so that the probe and the remuxer of a host share one sweeper. */
export const layerSweeping: Layer.Layer<never> = Layer.scopedDiscard(
  Effect.forkScoped(Effect.repeat(sweepTemporaryFolders(), Schedule.spaced(SWEEP)))
)
