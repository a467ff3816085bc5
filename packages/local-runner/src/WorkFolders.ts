import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, type Option, Schema } from "effect"
import { WorkDirectoryError } from "./errors.ts"
import { randomUuid } from "./random.ts"
import type { Lease } from "./wire/RunnerCalls.ts"

/** The record that a restarted runner needs to give back a job. Only the owner can read the file. */
const JobRecord = Schema.Struct({
  /** The server of the job. Its token is never sent to another server. */
  server: Schema.String,
  uuid: Schema.String,
  jobToken: Schema.Redacted(Schema.String)
})
type JobRecord = typeof JobRecord.Type

const RECORD = "job.json"

const OWNER_ONLY = 0o600
const OWNER_ONLY_FOLDER = 0o700

type Files = FileSystem.FileSystem | Path.Path

/** The folder that contains one folder per running job. */
const jobsFolder = (workDirectory: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, (path) => path.join(workDirectory, "jobs"))

/** Creates the work directory. */
export const prepare = (workDirectory: string): Effect.Effect<void, WorkDirectoryError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(yield* jobsFolder(workDirectory), { recursive: true, mode: OWNER_ONLY_FOLDER })
  }).pipe(Effect.mapError((cause) => new WorkDirectoryError({ directory: workDirectory, cause })))

/**
 * Writes a file that only the owner can read. The write is atomic: after a crash the file has either its old or its new
 * content.
 */
export const writePrivate = (
  path: string,
  content: string
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(`${path}.new`, content, { mode: OWNER_ONLY })
    yield* fs.rename(`${path}.new`, path)
  })

/** Creates the folder of a job and writes its record. */
export const open = (
  workDirectory: string,
  server: string,
  { jobToken, uuid }: Lease
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

/** Removes the folder of a job. With `keepRecord`, keeps only the record, so that the next start gives the job back. */
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

/** A folder left by an earlier run, and its job if the record is readable. */
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

/** Lists the folders of earlier runs. Call it before the first job is accepted. */
export const leftovers = (workDirectory: string): Effect.Effect<ReadonlyArray<Leftover>, WorkDirectoryError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* jobsFolder(workDirectory)
    const names = yield* fs.readDirectory(folder)
    return yield* Effect.forEach(names, (name) => readLeftover(path.join(folder, name)))
  }).pipe(Effect.mapError((cause) => new WorkDirectoryError({ directory: workDirectory, cause })))
