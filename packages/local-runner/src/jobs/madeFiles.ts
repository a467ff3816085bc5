import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect } from "effect"
import { type JobContext, JobFailed, type JobResult, type ResultFile } from "./JobType.ts"

/** Returns the files of a command in the folder of the job as its result. Fails if one of them does not exist. */
export const madeFiles = (
  context: JobContext,
  files: ReadonlyArray<Omit<ResultFile, "path">>
): Effect.Effect<JobResult, JobFailed | PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const located = files.map((file) => ({ ...file, path: path.join(context.directory, file.fileName) }))
    const made = yield* Effect.forEach(located, (file) => fs.exists(file.path))
    if (!made.every(Boolean)) return yield* new JobFailed({ message: "ffmpeg succeeded but created no output" })
    return { fields: {}, files: located }
  })
