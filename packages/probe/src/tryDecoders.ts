import { type ProbeReport, SourceTracks } from "@runner-connector/core"
import {
  Ffmpeg,
  type FfmpegError,
  type FfmpegFailed,
  MAX_PIXELS,
  type MediaInput,
  PROBE_MEMORY
} from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option } from "effect"

/** A track of the file, by its number. */
export type Track = Pick<SourceTracks.Track, "index" | "kind" | "start">
type Fault = NonNullable<ProbeReport.ProbeStream["undecodable"]>

/** Seconds of a track within which one frame must be decoded. */
const WITHIN = 60

/** A run that takes longer proves nothing. */
const TIMEOUT = "8 seconds"

/** Time limit of all runs together, as a part of the probe's own limit. */
const TOTAL_TIMEOUT = "20 seconds"

/** Maximum number of tracks that are tried one after the other. */
const MAX_ROUNDS = 4

/** FFmpeg's own `av1` decoder, the one in ffmpeg.wasm, needs hardware. */
const lacksDecoder = /no decoder found|Decoder .*not found|\[av1 @/

/** A decoder that FFmpeg lacks is not a fault of the file. */
export const isDecoderMissing = ({ log }: FfmpegFailed): boolean => log.some((line) => lacksDecoder.test(line))

/** One output per track, because FFmpeg ends an output as soon as one of its streams has all its frames. */
const oneFrame = ({ index, kind }: Track): ReadonlyArray<string> => [
  ...["-map", `0:${index}`, kind === "video" ? "-frames:v" : "-frames:a", "1"],
  ...["-f", "null", "-"]
]

/** Decodes until each track has yielded one frame. */
const decode = (input: MediaInput, tracks: ReadonlyArray<Track>, origin: number) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const until = Math.max(...tracks.map(({ start }) => start - origin)) + WITHIN
    yield* ffmpeg({
      inputs: [input],
      timeout: TIMEOUT,
      memoryLimit: PROBE_MEMORY,
      arguments: ({ input }) => [
        ...["-v", "error", "-abort_on", "empty_output_stream", "-threads", "1", "-max_pixels", `${MAX_PIXELS}`],
        ...["-t", String(until), "-i", input(0)],
        ...tracks.flatMap(oneFrame)
      ]
    })
  })

const isProven = (proven: ReadonlyArray<Track>, track: Track): boolean =>
  proven.some(({ index, kind }) => index === track.index && kind === track.kind)

/** Decodes a frame of each of these tracks before the report is known. Returns them if all yield one, and none otherwise. */
export const tryAhead = (
  input: MediaInput,
  tracks: ReadonlyArray<Track>
): Effect.Effect<ReadonlyArray<Track>, never, Ffmpeg> =>
  tracks.length === 0
    ? Effect.succeed([])
    : decode(input, tracks, 0).pipe(
        Effect.as(tracks),
        Effect.orElseSucceed(() => [])
      )

/** The reason why a track yields no frame. None when it yields one, or when there was no time to find out. */
const faultOf = (
  input: MediaInput,
  track: Track,
  origin: number
): Effect.Effect<Option.Option<Fault>, FfmpegError, Ffmpeg> =>
  decode(input, [track], origin).pipe(
    Effect.as(Option.none<Fault>()),
    Effect.catchTag("FfmpegFailed", (failure) =>
      Effect.succeed(Option.some<Fault>(isDecoderMissing(failure) ? "noDecoder" : "noFrames"))
    ),
    Effect.catchIf(
      (error) => error.reason === "timeout",
      () => Effect.succeed(Option.none<Fault>())
    )
  )

const marked = (report: ProbeReport.ProbeReport, faults: ReadonlyMap<number, Fault>): ProbeReport.ProbeReport => ({
  ...report,
  streams: report.streams.map((stream, position) => {
    const undecodable = faults.get(stream.index ?? position)
    return undecodable === undefined ? stream : { ...stream, undecodable }
  })
})

/** The chosen tracks that yield no frame. One run tests both, and further runs follow only after a fault. */
const faultsOf = (input: MediaInput, report: ProbeReport.ProbeReport, proven: ReadonlyArray<Track>) =>
  Effect.gen(function* () {
    const { audio, fileStart, video } = SourceTracks.sourceTracks(report)
    const chosen = Arr.getSomes([video, audio])
    if (chosen.every((track) => isProven(proven, track))) return new Map<number, Fault>()
    const isGood = yield* decode(input, chosen, fileStart).pipe(
      Effect.as(true),
      Effect.catchTag("FfmpegFailed", () => Effect.succeed(false)),
      Effect.catchIf(
        (error) => error.reason === "timeout",
        () => Effect.succeed(false)
      )
    )
    if (isGood) return new Map<number, Fault>()
    const found = yield* Effect.forEach(chosen, (track) =>
      Effect.map(
        faultOf(input, track, fileStart),
        Option.map((fault) => [track.index, fault] as const)
      )
    )
    return new Map(Arr.getSomes(found))
  })

const rounds = (
  input: MediaInput,
  report: ProbeReport.ProbeReport,
  proven: ReadonlyArray<Track>,
  left: number
): Effect.Effect<ProbeReport.ProbeReport, FfmpegError, Ffmpeg> =>
  Effect.flatMap(faultsOf(input, report, proven), (faults) =>
    faults.size === 0 || left === 0 ? Effect.succeed(report) : rounds(input, marked(report, faults), proven, left - 1)
  )

/**
 * Marks the tracks that cannot be decoded: those that would be transcoded, and after each fault the next ones in their place.
 * Leaves the report as it is when the file takes too long. `proven` tracks are not tried again.
 */
export const tryDecoders = (
  input: MediaInput,
  report: ProbeReport.ProbeReport,
  proven: ReadonlyArray<Track>
): Effect.Effect<ProbeReport.ProbeReport, FfmpegError, Ffmpeg> =>
  Effect.timeoutTo(rounds(input, report, proven, MAX_ROUNDS), {
    duration: TOTAL_TIMEOUT,
    onSuccess: (marked) => marked,
    onTimeout: () => report
  })
