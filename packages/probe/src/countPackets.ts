import { type Mp4Packets, PacketTimeline, type ProbeReport } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type MediaInput } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option } from "effect"

/** Counting reads the whole file. A file that takes longer keeps its container's durations. */
const TIMEOUT = "30 seconds"

const isOfKind = ({ codec_type: type }: ProbeReport.ProbeStream, kind: Mp4Packets.TrackPackets["kind"]): boolean =>
  kind === "other" ? type !== "video" && type !== "audio" : type === kind

/** The counts by stream, if the boxes describe exactly the streams of the report, and all of them by fragments. */
const ofBoxes = (
  { streams }: ProbeReport.ProbeReport,
  boxes: ReadonlyArray<Mp4Packets.TrackPackets>
): Option.Option<ReadonlyMap<number, ProbeReport.PacketCount>> =>
  Option.all(
    Arr.zipWith(streams, boxes, (stream, { kind, packets }) =>
      isOfKind(stream, kind) && stream.nb_frames === undefined ? packets : Option.none()
    )
  ).pipe(
    Option.filter((counts) => counts.length === streams.length && counts.length === boxes.length),
    Option.map((counts) => new Map(counts.map((count, index) => [index, count])))
  )

/** The counts of FFmpeg, which reads the whole file without decoding, in constant memory. */
const byReading = (input: MediaInput, report: ProbeReport.ProbeReport) =>
  Effect.gen(function* () {
    const { ffprobeLines } = yield* Ffmpeg
    const timeline = PacketTimeline.make(report)
    const entries = ["-show_entries", PacketTimeline.PACKET_ENTRIES]
    yield* ffprobeLines({ input, timeout: TIMEOUT, arguments: entries }, timeline.add)
    return timeline.counts()
  })

/**
 * Counts the packets of each stream where the container's durations may be guesses: by the boxes of a fragmented MP4 file,
 * otherwise by reading the whole file. A file that cannot be read completely in time keeps its report.
 */
export const countPackets = (
  input: MediaInput,
  report: ProbeReport.ProbeReport,
  boxes: ReadonlyArray<Mp4Packets.TrackPackets>
): Effect.Effect<ProbeReport.ProbeReport, FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    if (!PacketTimeline.mustCount(report)) return report
    const known = ofBoxes(report, boxes)
    const counts = Option.isSome(known) ? known.value : yield* byReading(input, report)
    return PacketTimeline.withPackets(report, counts)
  }).pipe(
    Effect.catchTag("FfmpegFailed", () => Effect.succeed(report)),
    Effect.catchIf(
      (error) => error.reason === "timeout",
      () => Effect.as(Effect.logWarning("A file is too large to count its packets"), report)
    )
  )
