import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect } from "effect"
import { type JobContext, JobFailed, type JobResult, type ResultFile } from "./JobType.ts"

/** The files that a command has left in the folder of the job, as its result; fails when one of them is not there. */
export const madeFiles = (
  context: JobContext,
  files: ReadonlyArray<Omit<ResultFile, "path">>
): Effect.Effect<JobResult, JobFailed | PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const located = files.map((file) => ({ ...file, path: path.join(context.directory, file.fileName) }))
    const made = yield* Effect.forEach(located, (file) => fs.exists(file.path))
    if (!made.every(Boolean)) return yield* new JobFailed({ message: "ffmpeg ended well but made no output" })
    return { fields: {}, files: located }
  })
