import { FullReport, MediaProbe, ProbeReport, SourceTracks, spanned } from "@runner-connector/core"
import {
  Ffmpeg,
  FfmpegError,
  type FfmpegFailed,
  InputBytes,
  type LiveInput,
  MAX_PIXELS,
  type MediaInput
} from "@runner-connector/ffmpeg"
import { type Duration, Effect, Layer, Schema } from "effect"
import { countPackets } from "./countPackets.ts"
import { markEncrypted } from "./encryption.ts"
import { decodedTracks, entriesOf } from "./firstPackets.ts"
import { takeFrame } from "./frame.ts"
import { lookAhead, type Packets } from "./lookAhead.ts"
import { inputOf } from "./mediaInput.ts"
import { isEndMissing } from "./missingEnd.ts"
import { defaults, type ProbeOptions } from "./ProbeOptions.ts"
import * as Refusal from "./refusals.ts"
import { type Structure, structureOf } from "./structure.ts"
import { layerSweeping } from "./temporaryFolder.ts"
import { isDecoderMissing, tryDecoders } from "./tryDecoders.ts"

export type { ProbeOptions } from "./ProbeOptions.ts"

/** Fails when the file is empty or truncated. Returns its structure otherwise. */
const lookAtStructure = (input: MediaInput) =>
  Effect.gen(function* () {
    const file = yield* InputBytes.open(input)
    if (file.size === 0) return yield* Refusal.empty()
    const structure = yield* structureOf(file)
    return structure === "cut" ? yield* Refusal.cutOff() : structure
  }).pipe(Effect.scoped)

const look = ["-show_format", "-show_streams", "-show_chapters"]

/** RTMP servers let players wait forever for a stream that nobody sends. */
const LIVE_TIMEOUT = "20 seconds"

/** The facts that decisions need, and the complete output for people. */
const readReport = (json: unknown) =>
  Effect.map(Effect.orDie(Schema.decodeUnknown(ProbeReport.ProbeReport)(json)), (report) => ({
    ...report,
    full: FullReport.limited(json)
  }))

/** Probes a live stream, which has no structure and no end. A live on the air sends data within seconds. */
const probeLive = (input: LiveInput) =>
  Effect.gen(function* () {
    const { engine, ffprobe } = yield* Ffmpeg
    if (engine !== "native") return yield* Refusal.noLives()
    const json = yield* ffprobe({ input, arguments: look, timeout: LIVE_TIMEOUT }).pipe(
      Effect.catchTag("FfmpegFailed", Refusal.silentLive),
      Effect.catchIf((error) => error._tag === "FfmpegError" && error.reason === "timeout", Refusal.silentLive)
    )
    return yield* readReport(json)
  })

const isTooLarge = ({ height = 0, width = 0 }: ProbeReport.ProbeStream): boolean => width * height > MAX_PIXELS

/** What ffprobe says of a file. Refuses pictures that would take too much memory. */
const reportOf = (json: unknown) =>
  Effect.filterOrElse(
    Effect.map(readReport(json), (report) => markEncrypted(report, json)),
    ({ streams }) => !streams.some(isTooLarge),
    Refusal.tooLarge
  )

/** Reads the headers of the file. */
const readTracks = (input: MediaInput, structure: Structure) =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const json = yield* ffprobe({ input, arguments: [...look, ...entriesOf({ decode: false })] }).pipe(
      Effect.catchTag("FfmpegFailed", (failure) => Refusal.ofProbe(structure, failure))
    )
    return yield* reportOf(json)
  })

/** Frames that take longer are decoded by themselves. */
const DECODE_TIMEOUT = "8 seconds"

/**
 * Reads the headers of a fragmented file and decodes its first frames. Most results of runners are such files, and starting a
 * second program costs more than everything else in their check. Other files may consist of keyframes, of which one suffices.
 */
const readAndDecode = (input: MediaInput) =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const json = yield* ffprobe({
      input,
      arguments: [...look, ...entriesOf({ decode: true })],
      timeout: DECODE_TIMEOUT
    })
    const report = yield* reportOf(json)
    const decoded = decodedTracks(json)
    return { report, proven: SourceTracks.sourceTracks(report).all.filter(({ index }) => decoded.has(index)) }
  })

/** The report, and the tracks that have yielded a frame. */
const readFile = (input: MediaInput, structure: Structure) =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const alone = Effect.map(readTracks(input, structure), (report) => ({ report, proven: [] }))
    if (engine !== "native" || structure !== "fragmented") return yield* alone
    return yield* readAndDecode(input).pipe(
      Effect.catchTag("FfmpegFailed", () => alone),
      Effect.catchIf(
        (error) => error._tag === "FfmpegError" && error.reason === "timeout",
        () => alone
      )
    )
  })

const probeFile = (input: MediaInput, packets: Packets | undefined) =>
  Effect.gen(function* () {
    const structure = yield* lookAtStructure(input)
    const ahead = yield* lookAhead(input, structure, packets)
    const { proven, report: tracks } = yield* readFile(input, structure)
    const report = yield* countPackets(input, tracks, yield* ahead.boxes)
    if (structure !== "whole" && (yield* isEndMissing(input, report))) return yield* Refusal.cutOff()
    return yield* tryDecoders(input, report, [...proven, ...(yield* ahead.proven)])
  }).pipe(Effect.scoped)

const probe = (input: MediaInput | LiveInput, packets: Packets | undefined) =>
  "live" in input ? probeLive(input) : probeFile(input, packets)

const ofFrame = (failure: FfmpegFailed) =>
  isDecoderMissing(failure)
    ? new FfmpegError({ program: "ffmpeg", reason: "crash", cause: failure })
    : Refusal.noPicture()

const frame = (input: MediaInput | LiveInput, at: Duration.Duration, known?: ProbeReport.ProbeReport) =>
  Effect.gen(function* () {
    if ("live" in input) return yield* Refusal.noPicture()
    const report = known ?? (yield* readTracks(input, yield* lookAtStructure(input)))
    const jpeg = yield* Effect.mapError(takeFrame(input, report, at), (error) =>
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
      probe: spanned("MediaProbe.probe")((source, packets) =>
        limited("probe", options.probeTimeout ?? defaults.probeTimeout, probe(inputOf(source), packets))
      ),
      frame: spanned("MediaProbe.frame")((source, at, report) =>
        limited("frame", options.frameTimeout ?? defaults.frameTimeout, frame(inputOf(source), at, report))
      )
    })
  })

/** Probes files with the given FFmpeg. */
export const layerWith = (options: ProbeOptions): Layer.Layer<MediaProbe.MediaProbe, never, Ffmpeg> =>
  Layer.merge(Layer.effect(MediaProbe.MediaProbe, make(options)), layerSweeping)

/** `layerWith` with default options. */
export const layer: Layer.Layer<MediaProbe.MediaProbe, never, Ffmpeg> = layerWith({})
