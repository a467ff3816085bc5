import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { Ffmpeg, FfmpegError, FfmpegFailed, FileNames } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import type { WireError } from "../wire/Answers.ts"
import { type JobContext, JobFailed } from "./JobType.ts"
import * as SourceMedia from "./SourceMedia.ts"

/** An input of a command, with its streams. */
export interface Input {
  readonly path: string
  readonly media: SourceMedia.SourceMedia
}

/** Reports of files that are still there. */
const reports = new WeakMap<object, SourceMedia.SourceMedia>()

/** Downloads a file of the job under this name and probes it, unless another job has probed the same file. */
export const fetch = (
  context: JobContext,
  url: string,
  name: string
): Effect.Effect<
  Input,
  JobFailed | WireError | PlatformError | FfmpegFailed | FfmpegError,
  Ffmpeg | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const { content, path } = yield* context.download(url, name)
    const media = reports.get(content) ?? (yield* SourceMedia.probe(path))
    reports.set(content, media)
    return { path, media }
  })

/** All inputs of a command. The time of each starts with the earlier of its selected tracks. */
export const asArguments = (inputs: ReadonlyArray<Pick<Input, "media">>, names: FileNames): ReadonlyArray<string> =>
  inputs.flatMap(({ media }, input) => [
    ...(media.lead > 0 ? ["-itsoffset", `-${media.lead.toFixed(6)}`] : []),
    ...["-i", names.input(input)]
  ])

/** The error for a file without a required stream. */
export const noStream = (kind: "video" | "audio", file = "source"): JobFailed =>
  new JobFailed({ message: `The ${file} has no ${kind} stream` })
