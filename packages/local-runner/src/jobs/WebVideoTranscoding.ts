import { spanned } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { randomUuid } from "../random.ts"
import { encode } from "./encode.ts"
import { progressiveMp4 } from "./encoders.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import * as Payload from "./Payload.ts"
import { renditionArguments } from "./Rendition.ts"
import * as RenditionPlan from "./RenditionPlan.ts"

const WebVideoPayload = Schema.Struct({
  input: Payload.VideoInput,
  output: Schema.Struct({
    resolution: Payload.Resolution,
    fps: Payload.FrameRate,
    videoFileCustomUpload: Schema.optional(Payload.CustomUpload)
  })
})

const run = spanned("WebVideoTranscoding.run")(function* (context: JobContext) {
  const { input, output } = yield* Payload.read(WebVideoPayload, context)
  const { duration, inputs, rendition } = yield* RenditionPlan.make(context, input, {
    ...output,
    separatedAudio: false
  })
  const fileName = `${yield* randomUuid}-${output.resolution}.mp4`
  yield* Effect.logInfo("Transcoding").pipe(Effect.annotateLogs({ resolution: output.resolution }))
  yield* encode(context, {
    inputs,
    duration,
    arguments: (names) => [...renditionArguments(rendition, names), ...progressiveMp4, names.output(fileName)]
  })
  return yield* madeFiles(context, [
    { field: "videoFile", fileName, contentType: "video/mp4", customUpload: output.videoFileCustomUpload }
  ])
})

/** Makes one MP4 file for progressive download, with video and audio or with audio only. */
export const webVideoTranscoding: JobType = { name: "vod-web-video-transcoding", run }
