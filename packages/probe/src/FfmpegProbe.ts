import { type FileStorage, MediaProbe, ProbeReport } from "@runner-connector/core"
import { Ffmpeg, FfmpegError, type FfmpegFailed, InputBytes, type MediaInput } from "@runner-connector/ffmpeg"
import { type Duration, Effect, Layer, Schema } from "effect"
import { takeFrame } from "./frame.ts"
import { isEndMissing } from "./missingEnd.ts"
import { defaults, type ProbeOptions } from "./ProbeOptions.ts"
import * as Refusal from "./refusals.ts"
import { structureOf } from "./structure.ts"

export type { ProbeOptions } from "./ProbeOptions.ts"

const inputOf = (source: FileStorage.MediaSource): MediaInput =>
  source._tag === "Path" ? { path: source.path } : { url: source.url }

/** Fails when the file is empty or cut off, and says what its structure is otherwise. */
const lookAtStructure = (input: MediaInput) =>
  Effect.gen(function* () {
    const file = yield* InputBytes.open(input)
    if (file.size === 0) return yield* Refusal.empty()
    const structure = yield* structureOf(file)
    return structure === "cut" ? yield* Refusal.cutOff() : structure
  }).pipe(Effect.scoped)

const look = ["-show_format", "-show_streams"]

const probe = (input: MediaInput) =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const structure = yield* lookAtStructure(input)
    const json = yield* Effect.mapError(ffprobe({ input, arguments: look }), (error) =>
      error._tag === "FfmpegFailed" ? Refusal.ofProbe(structure, error) : error
    )
    const report = yield* Effect.orDie(Schema.decodeUnknown(ProbeReport.ProbeReport)(json))
    if (structure !== "whole" && (yield* isEndMissing(input, report))) return yield* Refusal.cutOff()
    return report
  })

/** What the engine lacks is not the file's fault. FFmpeg's own `av1` decoder, the one of ffmpeg.wasm, needs hardware. */
const noDecoder = /no decoder found|Decoder .*not found|\[av1 @/

const ofFrame = (failure: FfmpegFailed) =>
  failure.log.some((line) => noDecoder.test(line))
    ? new FfmpegError({ program: "ffmpeg", reason: "crash", cause: failure })
    : Refusal.noPicture()

const frame = (input: MediaInput, at: Duration.Duration) =>
  Effect.gen(function* () {
    yield* lookAtStructure(input)
    const jpeg = yield* Effect.mapError(takeFrame(input, at), (error) =>
      error._tag === "FfmpegFailed" ? ofFrame(error) : error
    )
    return jpeg ?? (yield* Refusal.noPicture())
  })

const make = (options: ProbeOptions) =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const turns = yield* Effect.makeSemaphore(options.maxConcurrent ?? defaults.maxConcurrent)

    const limited = <A>(
      operation: "probe" | "frame",
      limit: Duration.DurationInput,
      work: Effect.Effect<A, MediaProbe.UnreadableMedia | FfmpegError, Ffmpeg>
    ): Effect.Effect<A, MediaProbe.UnreadableMedia | MediaProbe.ProbeError> =>
      work.pipe(
        Effect.timeoutFail({
          duration: limit,
          onTimeout: () =>
            new FfmpegError({ program: "ffmpeg", reason: "timeout", cause: new Error("the time limit was reached") })
        }),
        Effect.catchTag("FfmpegError", (cause) => new MediaProbe.ProbeError({ operation, cause })),
        turns.withPermits(1),
        Effect.provideService(Ffmpeg, ffmpeg)
      )

    return MediaProbe.MediaProbe.of({
      probe: Effect.fn("MediaProbe.probe")((source) =>
        limited("probe", options.probeTimeout ?? defaults.probeTimeout, probe(inputOf(source)))
      ),
      frame: Effect.fn("MediaProbe.frame")((source, at) =>
        limited("frame", options.frameTimeout ?? defaults.frameTimeout, frame(inputOf(source), at))
      )
    })
  })

/** Looks into files with whatever FFmpeg it is given. */
export const layerWith = (options: ProbeOptions): Layer.Layer<MediaProbe.MediaProbe, never, Ffmpeg> =>
  Layer.effect(MediaProbe.MediaProbe, make(options))

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<MediaProbe.MediaProbe, never, Ffmpeg> = layerWith({})
