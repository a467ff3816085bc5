import { PacketTimeline, type ProbeReport } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type MediaInput } from "@runner-connector/ffmpeg"
import { Effect } from "effect"

/** Counting reads the whole file. A file that takes longer keeps its container's durations. */
const TIMEOUT = "30 seconds"

/**
 * Counts the packets of each stream where the container's durations may be guesses. Reads the whole file without
 * decoding, in constant memory. A file that cannot be read completely in time keeps its report.
 */
export const countPackets = (
  input: MediaInput,
  report: ProbeReport.ProbeReport
): Effect.Effect<ProbeReport.ProbeReport, FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    if (!PacketTimeline.mustCount(report)) return report
    const { ffprobeLines } = yield* Ffmpeg
    const timeline = PacketTimeline.make(report)
    const entries = ["-show_entries", PacketTimeline.PACKET_ENTRIES]
    yield* ffprobeLines({ input, timeout: TIMEOUT, arguments: entries }, timeline.add)
    return PacketTimeline.withPackets(report, timeline.counts())
  }).pipe(
    Effect.catchTag("FfmpegFailed", () => Effect.succeed(report)),
    Effect.catchIf(
      (error) => error.reason === "timeout",
      () => Effect.as(Effect.logWarning("A file is too large to count its packets"), report)
    )
  )
