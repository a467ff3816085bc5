import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, type Option, Schema } from "effect"
import { WorkDirectoryError } from "./errors.ts"
import { randomUuid } from "./random.ts"
import type { Holding } from "./wire/RunnerCalls.ts"

/** What a killed runner must find again to give its jobs back. The file is readable by its owner alone. */
const JobRecord = Schema.Struct({
  /** The server the job belongs to: its token goes nowhere else. */
  server: Schema.String,
  uuid: Schema.String,
  jobToken: Schema.Redacted(Schema.String)
})
type JobRecord = typeof JobRecord.Type

const RECORD = "job.json"

const OWNER_ONLY = 0o600
const OWNER_ONLY_FOLDER = 0o700

type Files = FileSystem.FileSystem | Path.Path

/** The folder under which every running job has one of its own. */
const jobsFolder = (workDirectory: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, (path) => path.join(workDirectory, "jobs"))

/** Makes the work directory ready. */
export const prepare = (workDirectory: string): Effect.Effect<void, WorkDirectoryError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(yield* jobsFolder(workDirectory), { recursive: true, mode: OWNER_ONLY_FOLDER })
  }).pipe(Effect.mapError((cause) => new WorkDirectoryError({ directory: workDirectory, cause })))

/** Writes a file that its owner alone can read, so that a crash leaves the old one or the new one. */
export const writePrivate = (
  path: string,
  content: string
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(`${path}.new`, content, { mode: OWNER_ONLY })
    yield* fs.rename(`${path}.new`, path)
  })

/** A new folder for a job, with its record in it. */
export const open = (
  workDirectory: string,
  server: string,
  { jobToken, uuid }: Holding
): Effect.Effect<string, PlatformError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = path.join(yield* jobsFolder(workDirectory), yield* randomUuid)
    yield* fs.makeDirectory(folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
    const record = Schema.encodeSync(Schema.parseJson(JobRecord))({ server, uuid, jobToken })
    yield* writePrivate(path.join(folder, RECORD), record)
    return folder
  })

/** Removes the folder of a job; or all but its record, for the next start to give the job back. */
export const close = (
  folder: string,
  { keepRecord }: { readonly keepRecord: boolean }
): Effect.Effect<void, never, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const names = keepRecord ? (yield* fs.readDirectory(folder)).filter((name) => name !== RECORD) : []
    const doomed = keepRecord ? names.map((name) => path.join(folder, name)) : [folder]
    yield* Effect.forEach(doomed, (one) => fs.remove(one, { recursive: true, force: true }), { discard: true })
  }).pipe(Effect.catchAll((error) => Effect.logWarning("A work folder could not be cleared", error.message)))

/** A folder that an earlier run has left, and the job it was for, when that can still be read. */
export interface Leftover {
  readonly folder: string
  readonly record: Option.Option<JobRecord>
}

const readLeftover = (folder: string): Effect.Effect<Leftover, never, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const text = yield* fs.readFileString(path.join(folder, RECORD))
    return yield* Schema.decode(Schema.parseJson(JobRecord))(text)
  }).pipe(
    Effect.option,
    Effect.map((record) => ({ folder, record }))
  )

/** What earlier runs have left; to be asked before the first job is taken. */
export const leftovers = (workDirectory: string): Effect.Effect<ReadonlyArray<Leftover>, WorkDirectoryError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* jobsFolder(workDirectory)
    const names = yield* fs.readDirectory(folder)
    return yield* Effect.forEach(names, (name) => readLeftover(path.join(folder, name)))
  }).pipe(Effect.mapError((cause) => new WorkDirectoryError({ directory: workDirectory, cause })))
