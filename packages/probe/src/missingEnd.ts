import { type ProbeReport, StreamFacts } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type MediaInput } from "@runner-connector/ffmpeg"
import { Effect, Option, Schema } from "effect"

/** Containers whose header states the duration of the media. All others derive or guess it from the data. */
const promising = new Set(["mov", "matroska", "flv", "asf", "wav", "w64", "flac", "aiff", "caf", "mxf"])

/** A shorter missing part is within the tolerance of writers. */
const SECONDS = 1
const PART = 0.1

const positive = (text: unknown): number | undefined => {
  const number = Number(text)
  return number > 0 && Number.isFinite(number) ? number : undefined
}

const isMedia = (stream: ProbeReport.ProbeStream): boolean =>
  (stream.codec_type === "video" || stream.codec_type === "audio") && stream.disposition?.attached_pic !== 1

/** The pause before the end of a track with few frames: the last one starts early and stays. */
const longestPause = (stream: ProbeReport.ProbeStream): number => {
  const [frames, seconds = 1] = (stream.avg_frame_rate ?? "").split("/").map(Number)
  return stream.codec_type === "video" && frames !== undefined && frames > 0 ? (5 * seconds) / frames : 0
}

/** The header of a fragmented MP4 does not cover its fragments. Some writers store the largest number for "unknown". */
const isFragmented = (stream: ProbeReport.ProbeStream, formats: ReadonlyArray<string>): boolean =>
  formats.includes("mov") && stream.nb_frames === undefined

/** FFmpeg finds no packet durations for these codecs, so the last packet seems to end too early. */
const untimed = new Set(["wmalossless"])

/**
 * The second up to which the report declares media data, if any. Uses the tracks' own durations, or the file's duration
 * where tracks have none. Subtitles may lengthen the latter.
 */
export const promisedEnd = (report: ProbeReport.ProbeReport): number | undefined => {
  const formats = (report.format.format_name ?? "").split(",")
  if (!formats.some((name) => promising.has(name))) return undefined
  const whole = positive(report.format.duration)
  const alone = report.streams.every(isMedia)
  const ends = report.streams.filter(isMedia).flatMap((stream) => {
    if (isFragmented(stream, formats) || untimed.has(stream.codec_name ?? "")) return []
    const tagged = Option.getOrUndefined(StreamFacts.taggedDuration(stream, report))
    const own = tagged ?? positive(stream.duration) ?? (alone ? whole : undefined)
    if (own === undefined) return []
    const promise = Math.min(own, whole ?? own)
    return [promise - Math.max(SECONDS, promise * PART, longestPause(stream))]
  })
  const end = Math.max(0, ...ends)
  return end > 0 ? end : undefined
}

const Packets = Schema.Struct({
  packets: Schema.Array(
    Schema.Struct({ pts_time: Schema.NumberFromString, duration_time: Schema.optional(Schema.NumberFromString) })
  )
})

/** A file that takes longer is accepted. */
const TIMEOUT = "15 seconds"

/** Whether packets reach the promised end, found by seeking there. */
const reachedBySeeking = (input: MediaInput, end: number) =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const report = yield* ffprobe({
      input,
      timeout: TIMEOUT,
      arguments: ["-read_intervals", `${end}%${end + 1}`, "-show_entries", "packet=pts_time,duration_time"]
    })
    const { packets } = yield* Schema.decodeUnknown(Packets)(report)
    return packets.some((packet) => packet.pts_time + (packet.duration_time ?? 0) >= end)
  })

/** The second that the media data reaches, found by reading all of it without decoding. */
const lastSecond = (input: MediaInput) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    let last = 0
    yield* ffmpeg({
      inputs: [input],
      timeout: TIMEOUT,
      arguments: ({ input }) => [
        "-copyts",
        "-i",
        input(0),
        ...["-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"]
      ],
      onProgress: (seconds) => Effect.sync(() => (last = Math.max(last, seconds)))
    })
    return last
  })

/**
 * Whether the media data clearly ends before the declared end: by more than a second, more than a tenth, and more than
 * a few frames. Reads a little near the end. Reads the whole file only when nothing was found there, because not every
 * file is seekable. In doubt the file is accepted.
 */
export const isEndMissing = (
  input: MediaInput,
  report: ProbeReport.ProbeReport
): Effect.Effect<boolean, FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const end = promisedEnd(report)
    if (end === undefined) return false
    const counted = report.streams.flatMap(({ packets }) => (packets === undefined ? [] : [packets.end]))
    if (counted.length > 0) return Math.max(...counted) < end
    const reached = yield* reachedBySeeking(input, end).pipe(
      Effect.catchTags({ FfmpegFailed: () => Effect.succeed(false), ParseError: () => Effect.succeed(false) })
    )
    if (reached) return false
    const last = yield* Effect.catchTag(lastSecond(input), "FfmpegFailed", () => Effect.succeed(end))
    return last < end
  }).pipe(
    Effect.catchIf(
      (error) => error.reason === "timeout",
      () => Effect.succeed(false)
    )
  )
